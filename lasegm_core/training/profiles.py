"""The profiles: how long the networks of each data set are trained, and on what they are scored."""

from dataclasses import replace

from lasegm_core.data.settings import Augmentation
from lasegm_core.support.errors import BadInput, known
from lasegm_core.training.recipes import SCRATCH, TOY, TUNED, Profile
from lasegm_core.training.variants import ANTICIPATION, IMAGENET, TUNING

# Of every category of the survey, those that train in 20 minutes on 2 cores.
ZOO = (
    *("swiftnet_r18", "enet", "erfnet", "edanet", "fast_scnn", "icnet", "contextnet", "bisenet"),
    *("bisenet_v2", "fasterseg", "fanet18", "stdc1"),
)

# Long videos at 10 Hz with a label on every frame: all configurations start from a base. Only the
# last 10 s of each clip are scored, because a pass over 375x1242 is slow without a GPU.
_KITTI = Profile(
    steps=300,
    base_steps=600,
    offsets=10,
    targets=100,
    changes={**SCRATCH, "batch": 6, "augmentation": Augmentation((192, 192))},
    networks=("deeplab_mn", "swiftnet_r18"),
)

# Labels are 1 s apart in training, so that only one frame and offset 0 can be trained.
_CAMVID = replace(_KITTI, steps=600, base_steps=0, offsets=8, targets=None)

# Networks that are compared with each other, by the recipe of the laptop.
_ALIKE = Profile(
    steps=400,
    base_steps=0,
    offsets=10,
    targets=4,
    changes=TUNED,
    networks=ZOO,
)
_SEEDS = (0, 1, 2)

# FarSee-Net's Table I, tests 1 to 8: inputs of 128x256, 96x192 and 64x128, labels of 128x256. Steps
# took 0.19 to 0.65 s of one core of an AMD EPYC, so that all take 36 minutes.
_FARSEE = (
    *("farseenet_m1", "farseenet", "farseenet_m1@0.75", "farseenet@0.75"),
    *("farseenet_m1@0.5", "farseenet_m2@0.5", "farseenet_m3@0.5", "farseenet@0.5"),
)

PROFILES = {
    ("toystreet", "smoke"): Profile(
        steps=2,
        base_steps=3,
        offsets=4,
        decay_offsets=2,
        propagation_steps=2,
        targets=1,
        changes={**TOY, "batch": 2},
    ),
    # Batch, rate, schedule and start are the best of the tuning. A step of ResNet-101 takes as long
    # as five of the others; with half as many, its network still has the most time of the four.
    ("toystreet", "laptop"): Profile(
        steps=300,
        base_steps=700,
        offsets=10,
        targets=4,
        changes=TUNED,
        other_steps={"deeplab_r101": (340, 100)},
    ),
    # The laptop's, for longer, on more clips and seeds: hours, in stages that resume.
    ("toystreet", "reference"): Profile(
        steps=1000,
        base_steps=1500,
        offsets=10,
        targets=8,
        changes=TUNED,
        other_steps={"deeplab_r101": (1000, 500)},
        seeds=_SEEDS,
        other_seeds={"deeplab_r101": _SEEDS[:2]},
    ),
    # No bases: every network takes the same steps on the same clips.
    ("toystreet", "zoo"): _ALIKE,
    # Searched and trained: Table 6 of HMSeg's paper, and the variants of its Table 4.
    ("toystreet", "hmseg"): replace(
        _ALIKE,
        steps=500,
        offsets=2,
        decay_offsets=2,
        networks=("mrms_a", "mrms_b", "mrms_c", "mrms"),
        seeds=_SEEDS,
    ),
    ("toystreet", "farsee"): replace(
        _ALIKE,
        steps=250,
        offsets=2,
        decay_offsets=2,
        changes={**TUNED, "augmentation": replace(TOY["augmentation"], crop=(128, 256))},
        networks=_FARSEE,
        seeds=_SEEDS,
    ),
    # As many seeds as one GPU has time for (`make gpu-reference`).
    ("toystreet", "gpu"): Profile(
        steps=1000,
        base_steps=1500,
        offsets=10,
        targets=4,
        changes={
            **SCRATCH,
            "lr": 2e-3,
            "pretrained_lr": 2e-3,
            "schedule": "one_cycle",
            "batch": 16,
            "augmentation": Augmentation((192, 192), (0.75, 1.5), blur=0.0),
        },
        seeds=(0, 1, 2, 3),
    ),
    ("camvid", "laptop"): _CAMVID,
    # What of the paper's setting the laptop lacks; all else is the same, the rates too.
    ("camvid", "imagenet"): replace(_CAMVID, networks=("deeplab_mn",), pretrained=IMAGENET),
    ("kitti_step", "laptop"): _KITTI,
    # Its val split is one clip: all of it is scored.
    ("vkitti2", "laptop"): replace(_KITTI, targets=None),
    ("folder", "laptop"): replace(_KITTI, targets=None),
    ("cityscapes", "paper"): Profile(
        steps=None, base_steps=0, offsets=10, targets=None, changes={}, pretrained=True
    ),
}
PROFILES |= {("toystreet", name): of for name, of in (TUNING | ANTICIPATION).items()}


def profile(dataset: str, name: str) -> Profile:
    """Look up a profile of a data set.

    Raises:
        BadInput: there is no such profile, or not for this data set.
    """
    known("data set", dataset, dict.fromkeys(dataset for dataset, _ in PROFILES))
    of_dataset = [profile for other, profile in PROFILES if other == dataset]
    if name not in of_dataset and any(name == profile for _, profile in PROFILES):
        raise BadInput(
            f"profile {name!r} is not for data set {dataset!r}: use {' or '.join(of_dataset)}"
        )
    return PROFILES[dataset, known("profile", name, of_dataset)]
