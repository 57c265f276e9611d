"""The world of a clip: its street, its traffic and its drive, from three numbers."""

from dataclasses import dataclass

import numpy as np

from lasegm_core.data.toystreet.camera import Drive
from lasegm_core.data.toystreet.paint import Light
from lasegm_core.data.toystreet.scene import Builder, Scene
from lasegm_core.data.toystreet.street import (
    LANE,
    NARROW,
    ROAD,
    add_ground,
    add_lots,
    add_street_end,
    add_verge,
    make_palette,
)
from lasegm_core.data.toystreet.traffic import add_lane, add_parked, add_people

FRAMES, INTERVAL_S = 30, 0.06
SPLITS = ("train", "val")
# Calibrated on the decay of copied labels (tests/data/test_toystreet.py), never on a network.
TURNING_SHARE = 0.335
STANDING_SHARE = 0.265
YAW_RATE = 0.28, 0.56  # rad/s, of the clips that turn
SWAY = 0.42  # radians to either side, of the clips that turn
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class World:
    """Everything that a clip is rendered from."""

    scene: Scene
    drive: Drive
    light: Light


def make_world(seed: int, split: str, clip: int) -> World:
    """Make the world of one clip; it depends on the three arguments alone.

    Args:
        seed: of the data set.
        split: "train" or "val".
        clip: number of the clip in its split.
    """
    stream = [seed, SPLITS.index(split)]
    rng = np.random.default_rng([*stream, clip])
    # Multiples of the golden ratio spread evenly, so any number of clips has a share of each kind.
    kind = (np.random.default_rng(stream).random() + clip * GOLDEN) % 1
    drive = make_drive(kind, rng)
    light, palette = make_light(rng), make_palette(rng)
    build = Builder()
    kerbs = {side: rng.choice([NARROW, ROAD]) for side in (-1, 1)}
    crossings = add_ground(build, palette, kerbs, rng)
    for side, kerb in kerbs.items():
        add_lots(build, side, crossings, rng)
        add_verge(build, side, crossings, rng)
        add_lane(build, side, drive, palette, rng)
        if kerb == ROAD:
            add_parked(build, side, palette, rng)
        add_people(build, side, rng)
    add_street_end(build, rng)
    elevation, around = rng.uniform(0.5, 1.1), rng.uniform(0, 2 * np.pi)
    flat = np.cos(elevation)
    sun = np.array([flat * np.cos(around), np.sin(elevation), flat * np.sin(around)])
    return World(build.scene(sun, rng.uniform(0.55, 0.75)), drive, light)


def make_drive(kind: float, rng: np.random.Generator) -> Drive:
    """Choose how the camera drives: it turns hard, stands at a light, or goes straight.

    Args:
        kind: in 0..1, evenly spread over the clips; decides the kind of drive and its speed.
        rng: of the clip.
    """
    bounce = (rng.uniform(0.0005, 0.002), rng.uniform(0, 2 * np.pi))
    phase, bias = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.07)
    if kind < TURNING_SHARE:
        low, high = YAW_RATE
        rate = low + (high - low) * kind / TURNING_SHARE
        return Drive(rng.uniform(0.6, 2.6), rng.uniform(1, 5), SWAY, rate, phase, 0.0, *bounce)
    if kind < TURNING_SHARE + STANDING_SHARE:
        return Drive(LANE, 0.0, 0.0, 0.0, phase, bias, 0.0, 0.0)
    fast = (kind - TURNING_SHARE - STANDING_SHARE) / (1 - TURNING_SHARE - STANDING_SHARE)
    speed = 0.5 + 8.5 * fast**3.5
    return Drive(LANE, speed, 0.0, rng.uniform(-0.03, 0.03), phase, bias, *bounce)


def make_light(rng: np.random.Generator) -> Light:
    """Choose sky, haze, exposure and noise."""
    clear = np.array([(96, 150, 215), (150, 175, 205), (190, 195, 200), (225, 190, 150)])
    zenith = clear[rng.integers(len(clear))] * rng.uniform(0.85, 1.1)
    horizon = 0.35 * zenith + 0.65 * np.array([222, 226, 230])
    gain = rng.uniform(0.72, 1.12) * rng.uniform(0.95, 1.05, 3)
    noise = rng.uniform(1.5, 5.0)
    return Light(tuple(zenith), tuple(horizon), rng.uniform(110, 320), tuple(gain), noise)
