"""The profiles of ToyStreet by which the studies compare trainings, and what anticipation gains."""

from dataclasses import replace

from lasegm_core.data.settings import LONGER, WORLDS
from lasegm_core.training.recipes import TOY, Profile

IMAGENET = "mobilenet_v2@imagenet"  # of DeepLab-MN

# Variants of training, compared on clips that decide no verdict. Steps of batches of 4, 8 and 16
# took 0.515, 0.815 and 1.441 s of one of two busy cores of an AMD EPYC, so that all variants of
# rates take 4.7 or 4.8 minutes.
_TUNING = Profile(
    steps=545,
    base_steps=0,
    offsets=6,
    targets=4,
    changes=TOY,
    networks=("swiftnet_r18",),
)


def _varied(
    batch: int,
    rate: float,
    steps: int,
    schedule: str = "one_cycle",
    crop: tuple[int, int] = (64, 128),
    **fields,
) -> Profile:
    """Change the batch, the rate, the schedule and the frame size of the variants."""
    changes = {"batch": batch, "lr": rate, "pretrained_lr": rate, "schedule": schedule}
    changes["augmentation"] = replace(TOY["augmentation"], crop=crop)
    return replace(_TUNING, steps=steps, changes=_TUNING.changes | changes, **fields)


TUNING = {
    "tuning_b4": _TUNING,
    "tuning_b4_4e-3": _varied(4, 4e-3, 545),
    "tuning_b8": _varied(8, 1e-3, 352, "cosine"),
    "tuning_b8_2e-3": _varied(8, 2e-3, 352),
    "tuning_b8_4e-3": _varied(8, 4e-3, 352),
    "tuning_b8_8e-3": _varied(8, 8e-3, 352),
    "tuning_b16_4e-3": _varied(16, 4e-3, 200),
    # What the configurations start from; three of them take the same steps in all.
    "tuning_scratch": _varied(8, 4e-3, 400),
    "tuning_instant": _varied(8, 4e-3, 250, base_steps=450),
    "tuning_mixed": _varied(8, 4e-3, 250, base_steps=450, base_offsets=(0, 1, 2, 3, 4)),
    "tuning_longer_instant": _varied(8, 4e-3, 500, base_steps=1000),
    "tuning_longer_mixed": _varied(8, 4e-3, 500, base_steps=1000, base_offsets=(0, 1, 2, 3, 4)),
    "tuning_longest_instant": _varied(8, 4e-3, 1000, base_steps=1500),  # as long as the reference
    # As two of the above, but for the encoder's weights.
    "tuning_longer_imagenet": _varied(8, 4e-3, 500, base_steps=1000, pretrained=IMAGENET),
    "tuning_longest_imagenet": _varied(8, 4e-3, 1000, base_steps=1500, pretrained=IMAGENET),
    # The other encoders by three of the rates: half as many minutes for DeepLab-MN.
    "tuning_encoders_8_2e-3": _varied(8, 2e-3, 240, other_steps={"deeplab_mn": (0, 400)}),
    "tuning_encoders_8_4e-3": _varied(8, 4e-3, 240, other_steps={"deeplab_mn": (0, 400)}),
    "tuning_encoders_4_2e-3": _varied(4, 2e-3, 360, other_steps={"deeplab_mn": (0, 560)}),
    # Two networks at two sizes, for 10 minutes each of one core of an AMD EPYC with AVX-512: a step
    # takes 0.22 and 0.53 s with SwiftNet-R18, 1.32 and 4.32 s with DeepLab-R101.
    "tuning_small": _varied(8, 4e-3, 2700, other_steps={"deeplab_r101": (0, 455)}),
    "tuning_large": _varied(8, 4e-3, 1130, crop=(128, 256), other_steps={"deeplab_r101": (0, 139)}),
}

# Configurations 1 to 3 in worlds that differ in one thing; all start from one base of each world.
_WORLD = replace(TUNING["tuning_instant"], steps=300, base_steps=600)
ANTICIPATION = {
    name: TUNING["tuning_longest_instant"] if name.endswith(LONGER) else _WORLD for name in WORLDS
}
