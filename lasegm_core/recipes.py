"""The paper's two training recipes and what each profile changes in them, as data."""

from dataclasses import dataclass, field, replace

from lasegm_core.errors import known


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training clip (paper 000, section 4.4)."""

    crop: tuple[int, int] = (768, 768)  # (H, W) in pixels
    scale: tuple[float, float] = (0.75, 1.5)
    flip: float = 0.5  # probability
    blur: float = 0.5  # probability


@dataclass(frozen=True)
class Optimizer:
    """How the weights move; `pretrained_lr` is for the part that starts pretrained."""

    name: str  # "adam" or "sgd"
    lr: float
    pretrained_lr: float
    weight_decay: float
    schedule: str  # "cosine" or "poly"


@dataclass(frozen=True)
class Recipe:
    """One training: `epochs` over the clips, or a fixed number of `steps` where that is set."""

    optimizer: Optimizer
    batch: int
    augmentation: Augmentation = Augmentation()
    epochs: int = 200
    steps: int | None = None
    base_steps: int = 0  # steps of the shared base on the instant task; 0: ImageNet weights


SWIFTNET = Recipe(Optimizer("adam", 5e-4, 1e-4, 1e-4, "cosine"), batch=12)
DEEPLAB = Recipe(Optimizer("sgd", 5e-2, 5e-3, 5e-4, "poly"), batch=10)
PAPER = {"swiftnet": SWIFTNET, "deeplab": DEEPLAB}
NETWORKS = ("deeplab_r101", "deeplab_mn", "swiftnet_r18", "swiftnet_r18_x")
