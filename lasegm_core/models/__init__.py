"""The networks: each has a file in `networks/` and a row in the registry.

`registry` has the rows; listing them loads no torch. `building` has `build`, `weights/` what is
published. `common` holds what networks share, `auxiliary` the heads that only training uses.
`loading` opens a user's own network, in the forms that `own/` knows.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "registry": ["REGISTRY", "Entry", "architecture", "checked", "entry", "is_ours"],
        "building": ["build"],
        "networks.space": ["short_name"],
        "loading": ["load_network"],
        "own.network": ["Network"],
    },
)
