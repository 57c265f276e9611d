"""What moves in the street, and what is parked: vehicles, riders, people."""

import numpy as np

from lasegm_core.data.toystreet import people, vehicles
from lasegm_core.data.toystreet.camera import Drive
from lasegm_core.data.toystreet.scene import Builder, Spot
from lasegm_core.data.toystreet.street import CYCLE_LANE, FACING, LANE, PARKING, Palette


def add_row(build: Builder, first: Spot, gap: tuple, weights: tuple, palette: Palette, rng) -> None:
    """Add a row of vehicles from a first place on; `weights` of car, truck, bus, train."""
    z = first.z
    while z < 90:
        kind = rng.choice(list(vehicles.VEHICLES), p=weights)
        length = vehicles.LENGTH[kind]
        spot = Spot(first.x, z + length / 2, first.heading, first.speed)
        vehicles.shadow(build, spot, 2.1, length + 0.3, palette.road)
        vehicles.VEHICLES[kind](build, spot, rng)
        z += length + rng.uniform(*gap)


def add_lane(build: Builder, side: int, drive: Drive, palette: Palette, rng) -> None:
    """Add the moving traffic of one side: vehicles at one speed, and riders at the edge."""
    ahead = max(0.0, drive.speed + rng.uniform(-1.0, 4.0))  # never so slow that the camera hits it
    speed = ahead if side == 1 else rng.uniform(0, 7)
    first = Spot(side * LANE, 18.0 + rng.uniform(0, 14), FACING[side], speed)
    add_row(build, first, (9, 30), (0.52, 0.14, 0.16, 0.18), palette, rng)
    for z in np.arange(rng.uniform(9, 20), 55, rng.uniform(14, 22)):
        mount = rng.choice(list(vehicles.CYCLES))
        pace = (
            float(np.clip(drive.speed, 1, 6)) + rng.uniform(-1, 1)
            if side == 1
            else rng.uniform(1, 3)
        )
        spot = Spot(side * CYCLE_LANE, z, FACING[side], pace)
        vehicles.shadow(build, spot, 0.7, 2.0, palette.road)
        people.rider(build, spot, rng, mount)


def add_parked(build: Builder, side: int, palette: Palette, rng: np.random.Generator) -> None:
    """Add the row of parked vehicles of one side."""
    first = Spot(side * PARKING, 6.0 + rng.uniform(0, 14), FACING[side])
    add_row(build, first, (2, 24), (0.76, 0.12, 0.12, 0.0), palette, rng)


def add_people(build: Builder, side: int, rng: np.random.Generator) -> None:
    """Add people on the sidewalk and across the road, and parked cycles."""
    for _ in range(rng.integers(3, 7)):
        walks = rng.random() < 0.6
        heading = rng.choice([0.0, np.pi]) + rng.normal(0, 0.1)
        spot = Spot(side * rng.uniform(8.0, 10.4), rng.uniform(7, 28), heading,
                    rng.uniform(0.9, 1.8) * walks)  # fmt: skip
        people.person(build, spot, rng)
    if rng.random() < 0.6:
        direction = rng.choice([-1, 1])
        spot = Spot(side * rng.uniform(2, 5), rng.uniform(16, 34), direction * np.pi / 2,
                    rng.uniform(0.9, 1.7))  # fmt: skip
        people.person(build, spot, rng)
    for _ in range(rng.integers(1, 5)):
        mount = rng.choice(list(vehicles.CYCLES))
        heading = rng.choice([0.0, np.pi, np.pi / 2])
        spot = Spot(side * rng.uniform(7.4, 8.2), rng.uniform(8, 34), heading)
        vehicles.CYCLES[mount](build, spot, rng)
