"""The world of a clip: its street, its traffic and its drive, from three numbers."""

from dataclasses import dataclass

import numpy as np

from . import people, roadside, vehicles
from .camera import Drive
from .paint import Light
from .scene import GROUND, LOT, Builder, Scene, Spot
from .shapes import BACK, LEFT, RIGHT, box, ground

FRAMES, INTERVAL_S = 30, 0.06
SPLITS = ("train", "val")
NEAR_Z, FAR_Z = -14.0, 125.0

LANE, CYCLE_LANE, PARKING, ROAD = 1.7, 3.2, 4.7, 5.8  # metres from the middle of the road
NARROW, VERGE, SIDEWALK = 4.1, 7.8, 11.0  # kerb without parking; where grass and paving end
FACING = {1: 0.0, -1: np.pi}  # heading of the traffic on the right and on the left

TURNING_SHARE = 0.35
STANDING_SHARE = 0.25
YAW_RATE = 0.28, 0.56  # rad/s, of the clips that turn
SWAY = 0.42  # radians to either side, of the clips that turn
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class World:
    """All that is needed to render a clip."""

    scene: Scene
    drive: Drive
    light: Light


@dataclass(frozen=True)
class Palette:
    """Colours of the ground, RGB (3,)."""

    road: np.ndarray
    sidewalk: np.ndarray
    grass: np.ndarray


def make_world(seed: int, split: str, clip: int) -> World:
    """Make the world of one clip; it depends on the three arguments alone.

    Args:
        seed: of the data set.
        split: "train" or "val".
        clip: number of the clip in its split.
    """
    stream = [seed, SPLITS.index(split)]
    rng = np.random.default_rng([*stream, clip])
    # Multiples of the golden ratio spread evenly: any number of clips has its share of each kind.
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
    """Choose how the camera drives: some clips turn hard, some stand at a light, the rest go straight.

    Args:
        kind: in 0..1, evenly spread over the clips; decides the kind of drive and how fast it is.
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


def make_palette(rng: np.random.Generator) -> Palette:
    """Choose the colours of the ground."""
    road = np.array([1.0, 1.0, 1.03]) * rng.uniform(72, 112)
    sidewalk = np.array([1.0, 0.95, 0.92]) * rng.uniform(140, 185)
    grass = np.array([0.72, 1.0, 0.42]) * rng.uniform(120, 165)
    return Palette(road, sidewalk, grass)


def add_ground(
    build: Builder, palette: Palette, kerbs: dict, rng: np.random.Generator
) -> list[float]:
    """Add grass, sidewalks, road, cross streets and markings; find where the streets cross."""
    flat = Spot(0, 0, layer=GROUND)
    # All of the ground shares one anchor: it is drawn in the order in which it is added.
    build.add(flat, ground(-220, 220, -60, 500), "terrain", palette.grass)
    patch_grass(build, palette.grass, rng)
    crossings = [z for z in (rng.uniform(14, 45), rng.uniform(65, 100)) if rng.random() < 0.6]
    for z in crossings:
        build.add(flat, ground(-120, 120, z - 8, z + 8), "sidewalk", palette.sidewalk)
    build.add(flat, ground(-ROAD, ROAD, -60, 300), "road", palette.road)
    add_markings(build, palette, rng)
    for side, kerb in kerbs.items():
        add_sidewalk(build, side, kerb, palette, rng)
    for z in crossings:
        build.add(flat, ground(-120, 120, z - 5, z + 5), "road", palette.road)
        for x in np.arange(-4.0, 3.9, 1.15):
            build.add(flat, ground(x, x + 0.55, z - 8.5, z - 5.6), "road", palette.road + 105)
    return crossings


def patch_grass(build: Builder, grass: np.ndarray, rng: np.random.Generator) -> None:
    """Vary the grass beside the road."""
    for _ in range(40):
        x, z = rng.choice([-1, 1]) * rng.uniform(SIDEWALK, 26), rng.uniform(0, 90)
        tuft = ground(x - 1.2, x + 1.2, z - 1.5, z + 1.5)
        build.add(Spot(0, 0, layer=GROUND), tuft, "terrain", grass * rng.uniform(0.75, 1.15))


def add_sidewalk(
    build: Builder, side: int, kerb: float, palette: Palette, rng: np.random.Generator
) -> None:
    """Add one sidewalk with its slabs, kerb, and in most streets a verge of grass."""
    flat = Spot(0, 0, layer=GROUND)
    x0, x1 = sorted((side * kerb, side * (SIDEWALK + 0.4)))
    build.add(flat, ground(x0, x1, -60, 200), "sidewalk", palette.sidewalk)
    for z in np.arange(NEAR_Z, 70, 2.6):
        build.add(flat, ground(x0, x1, z, z + 0.18), "sidewalk", palette.sidewalk * 0.72)
    if rng.random() < 0.7:
        x0, x1 = sorted((side * (kerb + 0.3), side * VERGE))
        build.add(flat, ground(x0, x1, -60, 200), "terrain", palette.grass)
        for z in np.arange(NEAR_Z, 70, 3.2):
            tone = rng.uniform(0.7, 1.0)
            build.add(
                flat, ground(x0, x1, z, z + rng.uniform(0.8, 2)), "terrain", palette.grass * tone
            )
    x0, x1 = sorted((side * kerb, side * (kerb + 0.3)))
    build.add(flat, ground(x0, x1, -60, 200), "sidewalk", palette.sidewalk * 1.15)


def add_markings(build: Builder, palette: Palette, rng: np.random.Generator) -> None:
    """Paint lanes, parking bays, asphalt patches, manholes and tram rails."""
    flat, paint = Spot(0, 0, layer=GROUND), palette.road + 105
    for _ in range(26):
        x, z = rng.uniform(-5.5, 5.5), rng.uniform(2, 80)
        w, d = rng.uniform(0.3, 1.4), rng.uniform(0.4, 3.5)
        tone = palette.road * rng.choice([0.72, 0.84, 1.14])
        build.add(flat, ground(x - w, x + w, z - d, z + d), "road", tone)
    for x in (-LANE - 0.75, -LANE + 0.75):
        build.add(flat, ground(x - 0.05, x + 0.05, -60, 200), "road", palette.road * 0.6)
    start = rng.uniform(0, 6)
    for z in np.arange(NEAR_Z + start, 110, 6.0):
        build.add(flat, ground(-0.1, 0.1, z, z + 3), "road", paint)
    for z in np.arange(NEAR_Z + start, 90, 5.6):
        for side in (-1, 1):
            x = side * PARKING
            build.add(flat, ground(x - 1.1, x + 1.1, z, z + 0.14), "road", paint)


def near_crossing(z: float, crossings: list, margin: float) -> bool:
    """Tell whether z is within a margin of the middle of a cross street."""
    return any(abs(z - middle) < margin for middle in crossings)


def add_lots(build: Builder, side: int, crossings: list, rng: np.random.Generator) -> None:
    """Line one side of the street with buildings, walled and fenced gardens, and parks."""
    z = NEAR_Z - rng.uniform(0, 8)
    while z < FAR_Z:
        length = roadside.BAY_M * rng.integers(3, 6)
        middle = z + length / 2
        if near_crossing(middle, crossings, 8 + length / 2):
            z += roadside.BAY_M
            continue
        kind = rng.choice(["building", "wall", "fence", "park"], p=[0.5, 0.18, 0.18, 0.14])
        if kind == "building":
            width, floors = rng.uniform(9, 13), rng.integers(2, 5)
            x = side * (SIDEWALK + rng.uniform(0, 0.3) + width / 2)
            roadside.building(build, Spot(x, middle, layer=LOT), (width, floors, length), rng)
        else:
            add_garden(build, side, kind, (z, length), rng)
        z += length


def add_garden(build: Builder, side: int, kind: str, extent: tuple, rng) -> None:
    """Fill a lot without a building at the street: its edge, trees, and a house at the back."""
    z, length = extent
    if kind in roadside.EDGES:
        spot = Spot(side * (SIDEWALK + 0.3), z, layer=LOT)
        roadside.EDGES[kind](build, spot, round(length / roadside.BAY_M), rng)
    for _ in range(rng.integers(1, 4)):
        spot = Spot(side * rng.uniform(14, 19), z + rng.uniform(0.1, 0.9) * length, layer=LOT)
        roadside.tree(build, spot, rng, scale=rng.uniform(0.8, 1.3))
    if kind == "park":
        for _ in range(2):
            spot = Spot(side * rng.uniform(12, 14), z + rng.uniform(0.1, 0.9) * length, layer=LOT)
            roadside.bush(build, spot, rng)
    if rng.random() < 0.7:
        spot = Spot(side * rng.uniform(28, 34), z + length / 2, layer=LOT)
        shown = (BACK, LEFT if side == 1 else RIGHT)
        roadside.building(build, spot, (10, rng.integers(2, 4), length), rng, shown)


def add_verge(build: Builder, side: int, crossings: list, rng: np.random.Generator) -> None:
    """Put lamps, trees, lights, signs and bushes between the road and the sidewalk."""
    choices = {"lamp": 0.26, "tree": 0.26, "light": 0.14, "sign": 0.2, "bush": 0.14}
    heading = FACING[side]
    x = side * (ROAD + 0.75)
    makers = {"lamp": roadside.lamp, "tree": roadside.tree, "light": roadside.traffic_light}
    makers |= {"sign": roadside.traffic_sign, "bush": roadside.bush}
    for z in np.arange(rng.uniform(4, 10), 70, rng.uniform(6, 8)):
        kind = rng.choice(list(choices), p=list(choices.values()))
        if near_crossing(z, crossings, 6):
            continue
        makers[kind](build, Spot(x, z, heading), rng)
    for z in crossings:
        roadside.traffic_light(build, Spot(x, z - side * 6.5, heading), rng)
    if side == 1 and rng.random() < 0.3:
        roadside.gantry(build, rng.uniform(25, 50), ROAD + 1.0, rng)


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
        walks = rng.random() < 0.65
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


def add_street_end(build: Builder, rng: np.random.Generator) -> None:
    """Close the view: a row of buildings and trees across the end of the street."""
    for x in np.arange(-150, 150, 15.0):
        spot = Spot(x, FAR_Z + 40 + rng.uniform(0, 6), layer=LOT)
        roadside.building(build, spot, (15, rng.integers(3, 8), 12), rng, (BACK,))
    for x in np.arange(-60, 60, 9.0):
        spot = Spot(x + rng.uniform(-3, 3), FAR_Z + 22, layer=LOT)
        roadside.tree(build, spot, rng, scale=1.5)
    hill = box((0, 0, FAR_Z + 80), (600, 9, 4))
    build.add(Spot(0, 0, layer=LOT), hill, "vegetation", (95, 120, 85), anchor=(0, 0, 400))
