"""Settings of the data: ToyStreet's renderings, augmentation of clips."""

from dataclasses import dataclass, replace

from lasegm_core.data.toystreet.driving import CITY, Driving


@dataclass(frozen=True)
class Augmentation:
    """Random changes of a training clip (paper 000, section 4.4)."""

    crop: tuple[int, int] = (768, 768)  # (H, W) in pixels
    scale: tuple[float, float] = (0.75, 1.5)
    flip: float = 0.5  # probability
    blur: float = 0.5  # probability


@dataclass(frozen=True)
class Rendering:
    """ToyStreet's settings for a profile: (H, W) in pixels, clips a split, and how they drive."""

    size: tuple[int, int]
    train: int
    val: int
    seed: int = 0
    driving: Driving = CITY


# ToyStreet's settings by profile; other data sets are read from disk.
RENDERINGS = {
    "smoke": Rendering((64, 128), train=4, val=6),
    "laptop": Rendering((64, 128), train=300, val=60, seed=2020),
    "reference": Rendering((64, 128), train=600, val=120),
    "zoo": Rendering((64, 128), train=300, val=60, seed=2020),
    "hmseg": Rendering((64, 128), train=300, val=60, seed=2020),
    "farsee": Rendering((128, 256), train=300, val=60, seed=2020),
    "gpu": Rendering((256, 512), train=600, val=128),
    "tuning": Rendering((64, 128), train=300, val=60, seed=1),  # clips that decide no verdict
    "tuning_large": Rendering((128, 256), train=300, val=60, seed=1),
}

# Worlds that differ from the city's in one thing, and one in which the speed can be told.
WORLDS = {
    "worlds_city": CITY,
    "worlds_no_stops": replace(CITY, standing=0.0),
    "worlds_many_stops": replace(CITY, standing=0.5),
    "worlds_one_speed": replace(CITY, speed_sd=0.0),
    "worlds_no_junctions": replace(CITY, junctions=0.0),
    "worlds_many_junctions": replace(CITY, junctions=0.4),
    "worlds_no_cues": replace(CITY, cues=False),
    "worlds_steady": replace(CITY, standing=0.0, junctions=0.0, speed_sd=0.0),
    "worlds_swaying": replace(CITY, turning=0.335),
}
LONGER = "_longer"  # ends the name of a world for those networks that are trained longer
_TWICE = ("city", "no_cues", "steady", "swaying", "many_stops")
WORLDS |= {f"worlds_{name}{LONGER}": WORLDS[f"worlds_{name}"] for name in _TWICE}
RENDERINGS |= {
    name: Rendering((64, 128), train=300, val=60, seed=3, driving=driving)
    for name, driving in WORLDS.items()
}
