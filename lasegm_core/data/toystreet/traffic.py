"""What moves along the street, and what is parked: vehicles, riders, people."""

from dataclasses import replace

import numpy as np

from lasegm_core.data.toystreet import people, vehicles
from lasegm_core.data.toystreet.course import distance
from lasegm_core.data.toystreet.driving import CITY, CLIP_S, LANE, Drive, Sway
from lasegm_core.data.toystreet.scene import Builder, Spot
from lasegm_core.data.toystreet.street import (
    CYCLE_LANE,
    FACING,
    PARKING,
    STOP,
    Palette,
    near_crossing,
)

# Shares of cars, trucks, buses and trams.
_AHEAD, _ONCOMING, _PARKED = (0.76, 0.1, 0.08, 0.06), (0.4, 0.2, 0.2, 0.2), (0.78, 0.12, 0.1, 0.0)


def add_row(
    build: Builder, first: Spot, until: float, gap: tuple, mix: tuple, palette, rng
) -> None:
    """Add a row of vehicles.

    Args:
        build: what it is added to.
        first: where the rear of the first one is; the others share its motion.
        until: metres along the street; no vehicle ends behind it.
        gap: least and most metres between two.
        mix: shares of cars, trucks, buses and trams.
        palette: colours of the ground.
        rng: of the clip.
    """
    z = first.z
    while True:
        kind = rng.choice(list(vehicles.VEHICLES), p=mix)
        length = vehicles.LENGTH[kind]
        if z + length > until:
            return
        add_vehicle(build, kind, replace(first, z=z + length / 2), palette, rng)
        z += length + rng.uniform(*gap)


def add_vehicle(build: Builder, kind: str, spot: Spot, palette: Palette, rng) -> None:
    """Add a vehicle and its shadow."""
    vehicles.shadow(build, spot, 2.1, vehicles.LENGTH[kind] + 0.3, palette.road)
    vehicles.VEHICLES[kind](build, spot, rng)


def add_ahead(build: Builder, drive: Drive | Sway, shown: Drive | Sway, palette, rng) -> None:
    """Add the vehicles ahead of the camera, as far away as the speed that is shown asks for."""
    stands, beyond = shown.speed == 0, None if shown.crossing is None else shown.crossing + 14
    brakes = -1.0 if stands else shown.acceleration
    if drive.turns or stands:
        add_row(build, Spot(LANE, beyond, 0.0, CITY.speed), 95, (9, 30), _AHEAD, palette, rng)
    if drive.turns:
        return
    headway = rng.uniform(0.9, 2.2) if rng.random() < 0.65 else rng.uniform(3, 6)
    start, until = (3.5, shown.crossing - STOP) if stands else (5 + headway * shown.speed, 95)
    pace = 0.0 if drive.speed == 0 else drive.speed + rng.uniform(-1, 1)
    first = Spot(LANE, start, 0.0, max(pace, 0.0), acceleration=brakes)
    gap = (1.5 + 0.8 * shown.speed, 3 + 2.5 * shown.speed)
    add_row(build, first, until, gap, _AHEAD, palette, rng)


def add_oncoming(build: Builder, drive: Drive | Sway, shown: Drive | Sway, palette, rng) -> None:
    """Add the vehicles of the other direction; they wait where the camera does, or crosses them."""
    waits = shown.speed == 0 or (drive.turns and drive.path.curvature < 0)
    start = shown.crossing + STOP if waits else 18.0 + rng.uniform(0, 14)
    speed = 0.0 if waits else float(np.clip(rng.normal(CITY.speed, CITY.speed_sd), 2, 14))
    first = Spot(-LANE, start, np.pi, speed)
    add_row(build, first, 90, (1.5, 4) if waits else (9, 30), _ONCOMING, palette, rng)


def add_riders(build: Builder, side: int, drive: Drive | Sway, shown, palette, rng) -> None:
    """Add the riders of one side: they wait at a red light, and stay clear of turning cameras."""
    waits, clear = shown.speed == 0, drive.crossing + 10 if drive.turns else 0.0
    for z in np.arange(rng.uniform(9, 20), 55, rng.uniform(14, 22)):
        if z < clear or (shown.crossing is not None and abs(z - shown.crossing) < STOP):
            continue
        mount = rng.choice(list(vehicles.CYCLES))
        pace = 0.0 if waits and z < shown.crossing else rng.uniform(2.5, 6)
        spot = Spot(side * CYCLE_LANE, z, FACING[side], pace)
        vehicles.shadow(build, spot, 0.7, 2.0, palette.road)
        people.rider(build, spot, rng, mount)


def add_parked(build: Builder, side: int, crossings: list, palette: Palette, rng) -> None:
    """Add the row of parked vehicles of one side, clear of the crossings."""
    z = 6.0 + rng.uniform(0, 14)
    for end in (*(crossing - 12 for crossing in crossings), 90):
        first = Spot(side * PARKING, z, FACING[side])
        add_row(build, first, end, (2, 24), _PARKED, palette, rng)
        z = end + 24


def add_people(build: Builder, side: int, drive: Drive | Sway, crossings: list, rng) -> None:
    """Add people on the sidewalk and across the road, and parked cycles."""
    for _ in range(rng.integers(3, 7)):
        walks = rng.random() < 0.6
        heading = rng.choice([0.0, np.pi]) + rng.normal(0, 0.1)
        spot = Spot(side * rng.uniform(8.0, 10.4), rng.uniform(14, 55), heading,
                    rng.uniform(0.9, 1.8) * walks)  # fmt: skip
        people.person(build, spot, rng)
    clear = 8 + distance(drive.speed, drive.acceleration, CLIP_S)
    if rng.random() < 0.6 and not drive.turns:
        direction = rng.choice([-1, 1])
        spot = Spot(side * rng.uniform(2, 5), clear + rng.uniform(4, 22), direction * np.pi / 2,
                    rng.uniform(0.9, 1.7))  # fmt: skip
        people.person(build, spot, rng)
    for _ in range(rng.integers(1, 5)):
        z = rng.uniform(8, 34)
        mount = rng.choice(list(vehicles.CYCLES))
        spot = Spot(side * rng.uniform(7.4, 8.2), z, rng.choice([0.0, np.pi, np.pi / 2]))
        if not near_crossing(z, crossings, 8):
            vehicles.CYCLES[mount](build, spot, rng)
