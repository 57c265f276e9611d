"""Training: recipes as data, the loop, checkpoints, devices, and evaluation into counts.

`recipes` has the paper's two recipes and what is changed of them; `profiles` says how long the
networks of each data set are trained, `variants` what is compared of ToyStreet's training. `loop`
trains, `evaluation` predicts and counts, `step_cost` times a few steps.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "recipes": ["Profile", "Recipe", "recipe"],
        "profiles": ["PROFILES", "profile"],
        "loop": ["fit"],
        "evaluation": ["evaluate"],
        "pairs": ["scored_pairs"],
    },
)
