"""The paper's two training recipes, and what a profile changes of them."""

from dataclasses import dataclass, field, replace

from lasegm_core.data.settings import Augmentation
from lasegm_core.models.input_scale import split

# The four of the paper's Table 1.
NETWORKS = ("deeplab_r101", "deeplab_mn", "swiftnet_r18", "swiftnet_r18_x")


@dataclass(frozen=True)
class Recipe:
    """One training. `pretrained_lr` is for the part that starts from pretrained weights."""

    optimizer: str  # "adam" or "sgd"
    lr: float
    pretrained_lr: float
    weight_decay: float
    schedule: str  # "cosine", "poly", or "one_cycle": warm-up, then cosine
    batch: int
    epochs: int = 200
    augmentation: Augmentation = field(default_factory=Augmentation)


# Section 4.4 of the paper, as printed.
PAPER = {
    "swiftnet": Recipe("adam", 5e-4, 1e-4, 1e-4, "cosine", batch=12),
    "deeplab": Recipe("sgd", 5e-2, 5e-3, 5e-4, "poly", batch=10),
}

# Without ImageNet weights no part is more pretrained than another: one rate for all parts.
SCRATCH = {
    "optimizer": "adam",
    "lr": 5e-4,
    "pretrained_lr": 5e-4,
    "schedule": "cosine",
    "batch": 8,
}
# ToyStreet has one camera, so scale and blur do not vary, and a small frame is taken whole. Small
# batches allow more steps in the same time.
TOY = {
    **SCRATCH,
    "lr": 7e-4,
    "pretrained_lr": 7e-4,
    "batch": 4,
    "augmentation": Augmentation(crop=(64, 128), scale=(1.0, 1.0), blur=0.0),
}
TUNED = {**TOY, "lr": 4e-3, "pretrained_lr": 4e-3, "schedule": "one_cycle", "batch": 8}


@dataclass(frozen=True)
class Profile:
    """How long runs are trained, and on how many frames they are scored.

    Attributes:
        steps: optimiser steps of a run; None takes the recipe's epochs.
        base_steps: steps of the base, which is trained on the instant task and which every
            configuration of a network starts from; 0 for no base.
        seeds: of the trainings that a score is averaged over.
        other_steps: steps of the base and of a run for networks that get others.
        other_seeds: seeds for networks that get others.
        base_offsets: the base is trained on labels this many frames ahead, drawn for each sample.
        pretrained: the encoders start from ImageNet weights, as in the paper; a name takes those
            of `models.weights.encoder` instead of torchvision's.
        offsets: counts are kept for every offset 0..offsets.
        decay_offsets: Figure 3 trains networks for every offset 0..decay_offsets.
        propagation_steps: optimiser steps of each method of feature propagation.
        targets: how many last labelled frames of a val clip are scored; None scores all.
        changes: fields of the paper's recipes that the profile replaces.
    """

    steps: int | None
    base_steps: int
    offsets: int
    targets: int | None
    changes: dict
    pretrained: bool | str = False
    networks: tuple[str, ...] = NETWORKS
    seeds: tuple[int, ...] = (0,)
    other_steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    other_seeds: dict[str, tuple[int, ...]] = field(default_factory=dict)
    base_offsets: tuple[int, ...] = (0,)
    decay_offsets: int = 6
    propagation_steps: int = 300

    def steps_of(self, network: str) -> tuple[int, int | None]:
        """Find the steps of a network's base and of its runs, the same at every input scale."""
        return self.other_steps.get(split(network)[0], (self.base_steps, self.steps))

    def seeds_of(self, network: str) -> tuple[int, ...]:
        """Find the seeds of a network, the same at every input scale."""
        return self.other_seeds.get(split(network)[0], self.seeds)


def recipe(family: str, changes: dict) -> Recipe:
    """Apply a profile's changes to the paper's recipe of a network family."""
    return replace(PAPER[family], **changes)
