"""People: face in front, hair and bag behind, legs and arms that swing as they walk."""

import numpy as np

from lasegm_core.data.toystreet.scene import Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, FRONT, box, patches
from lasegm_core.data.toystreet.vehicles import CYCLES

SKIN = np.array([(232, 190, 160), (190, 140, 105), (120, 80, 58), (245, 210, 185)], np.float32)
CLOTHES = np.array(
    [
        (200, 45, 50),
        (40, 80, 170),
        (235, 200, 60),
        (240, 240, 240),
        (60, 140, 90),
        (225, 120, 40),
        (110, 60, 130),
        (50, 55, 65),
    ],
    np.float32,
)
TROUSERS = np.array([(40, 45, 70), (70, 60, 55), (30, 30, 32), (95, 105, 130)], np.float32)


def _pick(rng: np.random.Generator, palette: np.ndarray) -> np.ndarray:
    return palette[rng.integers(len(palette))]


def _swing(faces: np.ndarray, pivot: float, reach: float) -> np.ndarray:
    """Swing a limb forward: the further a corner is from the pivot's height, the more."""
    swing = np.zeros_like(faces)
    swing[..., 2] = (pivot - faces[..., 1]) * reach
    return swing


def _head(build: Builder, spot: Spot, name: str, center: tuple, skin, hair) -> None:
    head = box(center, (0.3, 0.34, 0.32), (0.85, 0.85))
    anchor = (0, 0, center[2])
    build.add(spot, head, name, hair, anchor=anchor)
    build.add(spot, patches(head[FRONT], [(0.08, 0, 0.92, 0.72)]), name, skin, anchor=anchor)
    nose = box((0, center[1] + 0.1, center[2] + 0.2), (0.1, 0.1, 0.12))
    build.add(spot, nose, name, skin, anchor=(0, 0, center[2] + 0.25))


def person(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a person who walks (or stands) the way the spot's heading says."""
    skin, shirt, trousers = _pick(rng, SKIN), _pick(rng, CLOTHES), _pick(rng, TROUSERS)
    rhythm = (6.5 if spot.speed else 0.0, rng.uniform(0, 2 * np.pi))
    reach = 0.3 if spot.speed else 0.0
    for side in (-1, 1):
        leg = box((side * 0.13, 0, 0), (0.23, 0.92, 0.26))
        build.add(
            spot, leg, "person", trousers, swing=_swing(leg, 0.92, side * reach), rhythm=rhythm
        )
    torso = box((0, 0.86, 0.03), (0.52, 0.66, 0.32), (0.9, 0.85))
    build.add(spot, torso, "person", shirt, anchor=(0, 0, 0.001))
    for side in (-1, 1):
        arm = box((side * 0.33, 0.82, 0.02), (0.16, 0.64, 0.2))
        swing = _swing(arm, 1.46, -side * reach)
        build.add(spot, arm, "person", shirt * 0.8, swing=swing, rhythm=rhythm,
                  anchor=(side * 0.3, 0, 0))  # fmt: skip
    _head(build, spot, "person", (0, 1.5, 0.08), skin, _pick(rng, TROUSERS))
    if rng.random() < 0.6:
        bag = box((0, 0.95, -0.26), (0.4, 0.5, 0.26))
        build.add(spot, bag, "person", _pick(rng, CLOTHES), anchor=(0, 0, -0.3))


def rider(build: Builder, spot: Spot, rng: np.random.Generator, mount: str) -> None:
    """Add a rider on a motorcycle or a bicycle, leaning forward."""
    CYCLES[mount](build, spot, rng)
    skin, shirt, trousers = _pick(rng, SKIN), _pick(rng, CLOTHES), _pick(rng, TROUSERS)
    for side in (-1, 1):
        leg = box((side * 0.22, 0.35, -0.02), (0.22, 0.65, 0.4))
        build.add(spot, leg, "rider", trousers, anchor=(side * 0.02, 0, 0))
    torso = box((0, 0.92, -0.16), (0.56, 0.68, 0.42), (0.9, 0.8))
    torso[..., 2] += np.where(torso[..., 1] > 1.2, 0.24, 0)
    build.add(spot, torso, "rider", shirt)
    if mount == "motorcycle":
        build.add(spot, patches(torso[BACK], [(0.2, 0.3, 0.8, 0.6)]), "rider", (235, 235, 80))
    arms = box((0, 1.12, 0.34), (0.72, 0.2, 0.5))
    build.add(spot, arms, "rider", shirt * 0.8, anchor=(0, 0, 0.02))
    helmet = (235, 235, 235) if mount == "motorcycle" else _pick(rng, CLOTHES)
    _head(build, spot, "rider", (0, 1.58, 0.12), skin, helmet)
