"""The world of a clip: its street, its traffic and its drive, from three numbers."""

from dataclasses import dataclass

import numpy as np

from lasegm_core.data.toystreet.driving import CITY, Drive, Driving, Sway, draw_drive
from lasegm_core.data.toystreet.junctions import add_junction
from lasegm_core.data.toystreet.paint import Light
from lasegm_core.data.toystreet.scene import Builder, Scene
from lasegm_core.data.toystreet.shapes import BEND_CUTS, HAZE_CUTS
from lasegm_core.data.toystreet.street import (
    GREEN,
    NARROW,
    RED,
    ROAD,
    Ground,
    add_ground,
    add_lots,
    add_street_end,
    add_verge,
    make_palette,
)
from lasegm_core.data.toystreet.traffic import (
    add_ahead,
    add_oncoming,
    add_parked,
    add_people,
    add_riders,
)

FRAMES, INTERVAL_S = 30, 0.06
SPLITS = ("train", "val")
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class World:
    """Everything that a clip is rendered from."""

    scene: Scene
    drive: Drive | Sway
    light: Light


def make_world(seed: int, split: str, clip: int, driving: Driving = CITY) -> World:
    """Make the world of one clip; it depends on the arguments alone.

    Args:
        seed: of the data set.
        split: "train" or "val".
        clip: number of the clip in its split.
        driving: how the clips of the set drive.
    """
    stream = [seed, SPLITS.index(split)]
    rng = np.random.default_rng([*stream, clip])
    # Multiples of the golden ratio spread evenly, so any number of clips has a share of each kind.
    kind = (np.random.default_rng(stream).random() + clip * GOLDEN) % 1
    drive = draw_drive(driving, kind, rng)
    other = draw_drive(driving, rng.random(), rng)
    shown = drive if driving.cues or drive.turns or other.turns else other
    light = make_light(rng)
    return World(_street(drive, shown, rng), drive, light)


def _street(drive: Drive | Sway, shown: Drive | Sway, rng: np.random.Generator) -> Scene:
    """Build the street of a drive; where it does not turn, `shown` says what is seen of it."""
    palette, build = make_palette(rng), Builder()
    kerbs = {side: rng.choice([NARROW, ROAD]) for side in (-1, 1)}
    crossings = [] if shown.crossing is None else [shown.crossing]
    if crossings and rng.random() < 0.5:
        crossings.append(shown.crossing + rng.uniform(50, 70))
    lit = RED if shown.speed == 0 else GREEN
    cuts = BEND_CUTS if drive.street.curvature else HAZE_CUTS
    add_ground(Ground(build, cuts), palette, kerbs, crossings, rng)
    for z in crossings:
        add_junction(build, z, lit, 100.0 if drive.turns else 40.0, palette, rng)
    for side, kerb in kerbs.items():
        add_lots(build, side, crossings, rng)
        add_verge(build, side, crossings, lit, rng)
        if kerb == ROAD:
            add_parked(build, side, crossings, palette, rng)
        add_riders(build, side, drive, shown, palette, rng)
        add_people(build, side, drive, crossings, rng)
    add_ahead(build, drive, shown, palette, rng)
    add_oncoming(build, drive, shown, palette, rng)
    add_street_end(build, rng)
    elevation, around = rng.uniform(0.5, 1.1), rng.uniform(0, 2 * np.pi)
    flat = np.cos(elevation)
    sun = np.array([flat * np.cos(around), np.sin(elevation), flat * np.sin(around)])
    return build.scene(sun, rng.uniform(0.55, 0.75), drive.street)


def make_light(rng: np.random.Generator) -> Light:
    """Choose sky, haze, exposure and noise."""
    clear = np.array([(96, 150, 215), (150, 175, 205), (190, 195, 200), (225, 190, 150)])
    zenith = clear[rng.integers(len(clear))] * rng.uniform(0.85, 1.1)
    horizon = 0.35 * zenith + 0.65 * np.array([222, 226, 230])
    gain = rng.uniform(0.72, 1.12) * rng.uniform(0.95, 1.05, 3)
    noise = rng.uniform(1.5, 5.0)
    return Light(tuple(zenith), tuple(horizon), rng.uniform(110, 320), tuple(gain), noise)
