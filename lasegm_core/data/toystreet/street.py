"""The street itself: ground, lots at both sides, and what lines the road."""

from dataclasses import dataclass

import numpy as np

from lasegm_core.data.toystreet import roadside
from lasegm_core.data.toystreet.scene import GROUND, LOT, Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, LEFT, RIGHT, box, ground

NEAR_Z, FAR_Z = -14.0, 125.0  # the street begins behind the camera
LANE, CYCLE_LANE, PARKING, ROAD = 1.7, 3.2, 4.7, 5.8  # metres from the middle of the road
NARROW, VERGE, SIDEWALK = 4.1, 7.8, 11.0  # kerb without parking; where grass and paving end
FACING = {1: 0.0, -1: np.pi}  # heading of the traffic on the right and on the left


@dataclass(frozen=True)
class Palette:
    """Colours of the ground, RGB (3,)."""

    road: np.ndarray
    sidewalk: np.ndarray
    grass: np.ndarray


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
