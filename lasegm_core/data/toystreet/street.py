"""The street itself: ground, lots at both sides, and what lines the road."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from lasegm_core.data.toystreet import roadside
from lasegm_core.data.toystreet.driving import LANE
from lasegm_core.data.toystreet.scene import EARTH, GROUND, LOT, Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, FRONT, LEFT, RIGHT, box, ground

NEAR_Z, FAR_Z = -14.0, 125.0  # the street begins behind the camera
CYCLE_LANE, PARKING, ROAD = 3.2, 4.7, 5.8  # metres from the middle of the road
NARROW, VERGE, SIDEWALK = 4.1, 7.8, 11.0  # kerb without parking; where grass and paving end
FACING = {1: 0.0, -1: np.pi}  # heading of the traffic on the right and on the left
STOP = 9.5  # metres from the middle of a crossing to its stop lines
GREEN, RED = 0, 2  # what a traffic light shows
_FLAT = Spot(0, 0, layer=GROUND)


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


@dataclass(frozen=True)
class Ground:
    """Lays level rectangles; they share one anchor, so a later one lies upon those before it.

    Attributes:
        build: what they are added to.
        cuts: metres along the street at which they are cut.
    """

    build: Builder
    cuts: tuple

    def lay(self, name: str, color: np.ndarray, x: tuple, z: tuple) -> None:
        """Add a rectangle from x[0] to x[1] and z[0] to z[1]."""
        self.build.add(_FLAT, ground(*x, *z, self.cuts), name, color)


def add_ground(lay: Ground, palette: Palette, kerbs: dict, crossings: list[float], rng) -> None:
    """Add grass, sidewalks, road, cross streets and markings."""
    earth = Spot(0, 0, layer=EARTH)
    lay.build.add(earth, ground(-220, 220, -60, 500), "terrain", palette.grass)
    patch_grass(lay, palette.grass, rng)
    for z in crossings:
        lay.lay("sidewalk", palette.sidewalk, (-120, 120), (z - 8, z + 8))
    lay.lay("road", palette.road, (-ROAD, ROAD), (-60, 300))
    add_markings(lay, palette, rng)
    for side, kerb in kerbs.items():
        add_sidewalk(lay, side, kerb, palette, rng)
    for z in crossings:
        add_cross_street(lay, palette, z)


def add_cross_street(lay: Ground, palette: Palette, z: float) -> None:
    """Add a cross street: its road, zebra crossings and stop lines."""
    paint = palette.road + 105
    lay.lay("road", palette.road, (-120, 120), (z - 5, z + 5))
    lay.lay("road", palette.road, (-NARROW, NARROW), (z - 8.6, z + 8.6))
    for x in np.arange(-4.0, 3.9, 1.15):
        lay.lay("road", paint, (x, x + 0.55), (z - 8.5, z - 5.6))
        lay.lay("road", paint, (x, x + 0.55), (z + 5.6, z + 8.5))
    lay.lay("road", paint, (0.2, NARROW), (z - STOP - 0.2, z - STOP + 0.2))
    for side in (-1, 1):
        x = sorted((side * (ROAD + 3), side * (ROAD + 3.5)))
        lay.lay("road", paint, x, sorted((z + side * 0.2, z + side * 4.4)))
        for x in np.arange(12, 100, 6.0):
            lay.lay("road", paint, sorted((side * x, side * (x + 3))), (z - 0.1, z + 0.1))


def patch_grass(lay: Ground, grass: np.ndarray, rng: np.random.Generator) -> None:
    """Vary the grass beside the road."""
    for _ in range(40):
        x, z = rng.choice([-1, 1]) * rng.uniform(SIDEWALK, 26), rng.uniform(0, 90)
        tone = rng.uniform(0.75, 1.15)
        lay.lay("terrain", grass * tone, (x - 1.2, x + 1.2), (z - 1.5, z + 1.5))


def add_sidewalk(lay: Ground, side: int, kerb: float, palette: Palette, rng) -> None:
    """Add one sidewalk with its slabs, kerb, and in most streets a verge of grass."""
    x = sorted((side * kerb, side * (SIDEWALK + 0.4)))
    lay.lay("sidewalk", palette.sidewalk, x, (-60, 200))
    for z in np.arange(NEAR_Z, 70, 2.6):
        lay.lay("sidewalk", palette.sidewalk * 0.72, x, (z, z + 0.18))
    if rng.random() < 0.7:
        x = sorted((side * (kerb + 0.3), side * VERGE))
        lay.lay("terrain", palette.grass, x, (-60, 200))
        for z in np.arange(NEAR_Z, 70, 3.2):
            tone = rng.uniform(0.7, 1.0)
            lay.lay("terrain", palette.grass * tone, x, (z, z + rng.uniform(0.8, 2)))
    x = sorted((side * kerb, side * (kerb + 0.3)))
    lay.lay("sidewalk", palette.sidewalk * 1.15, x, (-60, 200))


def add_markings(lay: Ground, palette: Palette, rng: np.random.Generator) -> None:
    """Paint lanes, parking bays, asphalt patches, manholes and tram rails."""
    paint = palette.road + 105
    for _ in range(26):
        x, z = rng.uniform(-5.5, 5.5), rng.uniform(2, 80)
        w, d = rng.uniform(0.3, 1.4), rng.uniform(0.4, 3.5)
        tone = palette.road * rng.choice([0.72, 0.84, 1.14])
        lay.lay("road", tone, (x - w, x + w), (z - d, z + d))
    for x in (-LANE - 0.75, -LANE + 0.75):
        lay.lay("road", palette.road * 0.6, (x - 0.05, x + 0.05), (-60, 200))
    start = rng.uniform(0, 6)
    for z in np.arange(NEAR_Z + start, 110, 6.0):
        lay.lay("road", paint, (-0.1, 0.1), (z, z + 3))
    for z in np.arange(NEAR_Z + start, 90, 5.6):
        for side in (-1, 1):
            x = side * PARKING
            lay.lay("road", paint, (x - 1.1, x + 1.1), (z, z + 0.14))


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
            shown = (BACK, FRONT, LEFT if side == 1 else RIGHT)
            spot = Spot(x, middle, layer=LOT)
            roadside.building(build, spot, (width, floors, length), rng, shown)
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


def add_verge(build: Builder, side: int, crossings: list, lit: int, rng) -> None:
    """Put lamps, trees, lights, signs and bushes between the road and the sidewalk."""
    choices = {"lamp": 0.26, "tree": 0.26, "light": 0.14, "sign": 0.2, "bush": 0.14}
    heading = FACING[side]
    x = side * (ROAD + 0.75)
    makers = {"lamp": roadside.lamp, "tree": roadside.tree, "sign": roadside.traffic_sign}
    makers |= {"bush": roadside.bush, "light": partial(roadside.traffic_light, lit=lit)}
    for z in np.arange(rng.uniform(4, 10), 70, rng.uniform(6, 8)):
        kind = rng.choice(list(choices), p=list(choices.values()))
        if not near_crossing(z, crossings, 9):
            makers[kind](build, Spot(x, z, heading), rng)
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
