"""Training: recipes as data, the loop, checkpoints, devices, and evaluation into counts.

`recipes` has the paper's two recipes and each profile's changes to them. `loop` trains,
`evaluation` predicts and counts, `step_cost` times a few steps for a plan.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "recipes": ["PROFILES", "Profile", "Recipe", "profile", "recipe"],
        "loop": ["fit"],
        "evaluation": ["evaluate", "scored_pairs"],
    },
)
