"""The networks: each has a file in `networks/` and a row in the registry.

`registry` has the rows; listing them loads no torch. `building` has `build`, `weights/` what is
published. `input_scale` names networks with a smaller input, `scaled` makes them. `common` holds
what networks share, `auxiliary` the heads that only training uses. `loading` opens a user's own
network, in the forms that `own/` knows.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "input_scale": ["short_name", "with_scale"],
        "registry": [
            *("REGISTRY", "Entry", "architecture", "checked", "entry", "is_listed", "is_ours"),
        ],
        "building": ["build"],
        "loading": ["load_network"],
        "own.network": ["Network"],
    },
)
