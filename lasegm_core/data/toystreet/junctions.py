"""Crossings: their lights, the streets that cross, and what drives and walks there."""

import numpy as np

from lasegm_core.data.toystreet import people, roadside, vehicles
from lasegm_core.data.toystreet.driving import LANE
from lasegm_core.data.toystreet.scene import LOT, STREET, Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, FRONT, LEFT, RIGHT
from lasegm_core.data.toystreet.street import FACING, GREEN, RED, ROAD, STOP, Palette
from lasegm_core.data.toystreet.traffic import add_vehicle

ALONG = {1: np.pi / 2, -1: -np.pi / 2}  # heading to the right, and to the left
_CORNER = 13.0  # metres from the middle; what is further belongs to the lots, for the drawing order


def add_junction(
    build: Builder, z: float, lit: int, far: float, palette: Palette, rng: np.random.Generator
) -> None:
    """Add what stands and moves at a crossing.

    Args:
        build: what it is added to.
        z: middle of the crossing, metres along the street.
        lit: what the lights of the street show, `GREEN` or `RED`; the cross street's the other.
        far: metres to which the cross street is lined with buildings.
        palette: colours of the ground.
        rng: of the clip.
    """
    across = GREEN if lit == RED else RED
    for side in (-1, 1):
        x = side * (ROAD + 0.75)
        for place in (z - side * 6.5, z + side * 7.3):
            roadside.traffic_light(build, Spot(x, place, FACING[side]), rng, lit=lit)
        roadside.traffic_light(build, Spot(-x, z - side * 6.9, ALONG[side]), rng, lit=across)
        _add_lots(build, z, side, far, rng)
        _add_traffic(build, z, side, across == GREEN, palette, rng)
    _add_people(build, z, lit == RED, rng)


def _add_lots(build: Builder, z: float, side: int, far: float, rng: np.random.Generator) -> None:
    """Line one side street with buildings, trees, lamps and signs."""
    for row, shown in ((-1, FRONT), (1, BACK)):
        x = 25.0
        while x < far:
            length = roadside.BAY_M * rng.integers(3, 6)
            spot = Spot(side * (x + length / 2), z + row * 13.5, layer=LOT)
            if rng.random() < 0.8:
                size = (length, rng.integers(2, 5), 10.0)
                roadside.building(build, spot, size, rng, (shown,))
            else:
                roadside.tree(build, spot, rng)
            x += length
        for x in np.arange(rng.uniform(14, 20), far, 14.0):
            maker = (roadside.lamp, roadside.tree, roadside.traffic_sign)[rng.integers(3)]
            maker(build, Spot(side * x, z + row * 6.2, ALONG[-row], layer=LOT), rng)
    if far > 60:
        end = Spot(side * (far + 12), z, layer=LOT)
        shown = LEFT if side == 1 else RIGHT
        roadside.building(build, end, (12, rng.integers(2, 5), 40), rng, (shown,))


def _add_traffic(build: Builder, z: float, side: int, drives: bool, palette: Palette, rng) -> None:
    """Add the vehicles of one direction of the cross street: they cross, or wait at their line."""
    x, lane = -side * (rng.uniform(-6, 45) if drives else STOP), z - side * LANE
    speed = rng.uniform(4, 10) if drives else 0.0
    for _ in range(rng.integers(0, 4)):
        kind = rng.choice(list(vehicles.VEHICLES), p=(0.72, 0.1, 0.12, 0.06))
        length = vehicles.LENGTH[kind]
        middle = x - side * length / 2
        layer = STREET if abs(middle) < _CORNER or drives else LOT
        spot = Spot(middle, lane, ALONG[side], speed, layer)
        add_vehicle(build, kind, spot, palette, rng)
        x -= side * (length + (rng.uniform(6, 20) if drives else rng.uniform(1.5, 3)))


def _add_people(build: Builder, z: float, may_walk: bool, rng: np.random.Generator) -> None:
    """Add people who cross before the waiting traffic, or who wait at the kerb."""
    for _ in range(rng.integers(0, 4)):
        side, place = rng.choice([-1, 1]), z + rng.choice([-1, 1]) * 7 + rng.uniform(-0.8, 0.8)
        x = rng.uniform(-5, 5) if may_walk else -side * rng.uniform(6.2, 7.5)
        spot = Spot(x, place, ALONG[side], rng.uniform(0.9, 1.7) * may_walk)
        people.person(build, spot, rng)
