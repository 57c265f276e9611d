"""The networks: a row of the registry each, a file each in `networks/`; listing loads no torch.

`registry` has the rows and `build`; `common` is what networks share, `auxiliary` the heads for
training alone; `loading` opens a user's own network.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "registry": ["REGISTRY", "Entry", "architecture", "build", "checked", "entry", "is_ours"],
        "networks.space": ["short_name"],
        "loading": ["Network", "load_network"],
    },
)
