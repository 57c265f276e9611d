"""Vehicles: different in front and behind, so that one frame tells which way they drive."""

from dataclasses import replace

import numpy as np

from lasegm_core.data.toystreet.scene import SHADOW, Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, FRONT, LEFT, RIGHT, TOP, box, disc, patches

GLASS = (52, 62, 74)
TYRE = (28, 28, 30)
HEADLIGHT = (255, 250, 215)
TAILLIGHT, BRAKE_LIGHT = (215, 20, 20), (255, 90, 70)
BRAKES = -0.3  # m/s² below which the brake lights are on
PLATE = (225, 225, 210)
SEGMENT_M = 2.6  # long things are cut into pieces, for the painter's order

LENGTH = {"car": 4.4, "truck": 7.8, "bus": 10.4, "train": 18.2, "motorcycle": 2.3, "bicycle": 1.9}
CAR_COLORS = np.array(
    [
        (190, 30, 35),
        (30, 60, 150),
        (215, 215, 220),
        (35, 35, 40),
        (120, 125, 130),
        (205, 150, 40),
        (40, 105, 75),
        (95, 40, 90),
        (150, 190, 215),
    ],
    np.float32,
)


def _taillight(spot: Spot) -> tuple[int, int, int]:
    return BRAKE_LIGHT if spot.acceleration < BRAKES else TAILLIGHT


def _lamps(build: Builder, spot: Spot, name: str, faces: np.ndarray, anchor, low: float) -> None:
    """Put headlights and a grille in front, red lights and a plate behind."""
    corners = [(0.04, low, 0.28, low + 0.24), (0.72, low, 0.96, low + 0.24)]
    middle = [(0.34, low - 0.14, 0.66, low + 0.06)]
    sides = ((FRONT, HEADLIGHT, (45, 45, 50)), (BACK, _taillight(spot), PLATE))
    for side, lamp, plate in sides:
        build.add(spot, patches(faces[side], corners), name, lamp, anchor=anchor)
        build.add(spot, patches(faces[side], middle), name, plate, anchor=anchor)


def _wheels(build: Builder, spot: Spot, name: str, at: list, width: float, radius: float, anchor):
    for z in at:
        for side, x in ((LEFT, -width / 2 - 0.01), (RIGHT, width / 2 + 0.01)):
            tyre = disc((x, radius, z), radius, side)
            hub = disc((x, radius, z), radius * 0.5, side)
            build.add(spot, tyre, name, TYRE, anchor=anchor)
            build.add(spot, hub, name, (150, 150, 155), anchor=anchor)


def car(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a car: body, tapered cabin, glass, lamps, wheels."""
    color = CAR_COLORS[rng.integers(len(CAR_COLORS))]
    width, tall = 1.8, rng.uniform(0.6, 0.85)
    body = box((0, 0.28, 0), (width, 0.62, 4.3), (0.94, 0.97))
    build.add(spot, body, "car", color)
    cabin = box((0, 0.9, -0.3), (width * 0.92, tall, 2.5), (0.78, 0.6))
    build.add(spot, cabin, "car", color * 0.92)
    build.add(spot, patches(cabin[FRONT], [(0.06, 0.05, 0.94, 0.88)]), "car", (95, 120, 140))
    build.add(spot, patches(cabin[BACK], [(0.12, 0.25, 0.88, 0.85)]), "car", GLASS)
    for side in (LEFT, RIGHT):
        panes = [(0.06, 0.15, 0.47, 0.86), (0.53, 0.15, 0.94, 0.86)]
        build.add(spot, patches(cabin[side], panes), "car", GLASS)
    _lamps(build, spot, "car", body, (0, 0, 0), 0.5)
    _wheels(build, spot, "car", [-1.35, 1.35], width, 0.34, (0, 0, 0))


def truck(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a truck: a coloured cab in front of a tall pale cargo box."""
    paint = CAR_COLORS[rng.integers(len(CAR_COLORS))]
    tarp = rng.uniform(0.75, 1, 3) * rng.choice([150, 225])
    for z in (-2.6, -0.1):
        cargo = box((0, 0.9, z), (2.5, 2.7, SEGMENT_M))
        build.add(spot, cargo, "truck", tarp, anchor=(0, 0, z))
        for side in (LEFT, RIGHT):
            stripes = [(0, 0.1, 1, 0.18), (0.46, 0, 0.5, 1), (0, 0.55, 1, 0.75)]
            build.add(spot, patches(cargo[side], stripes), "truck", paint, anchor=(0, 0, z))
    low = [(0.04, 0.02, 0.96, 0.1), (0.48, 0.1, 0.52, 0.98)]
    anchor = (0, 0, -2.6)
    rear = box((0, 0.9, -2.6), (2.5, 2.7, SEGMENT_M))[BACK]
    build.add(spot, patches(rear, low), "truck", (70, 70, 75), anchor=anchor)
    under = box((0, 0.4, -1.2), (2.3, 0.5, 5.0))
    build.add(spot, under, "truck", (45, 45, 48), anchor=anchor)
    build.add(spot, patches(under[BACK], [(0, 0.2, 0.2, 0.9), (0.8, 0.2, 1, 0.9)]), "truck",
              _taillight(spot), anchor=anchor)  # fmt: skip
    anchor = (0, 0, 2.3)
    cab = box((0, 0.4, 2.4), (2.35, 2.2, 2.0), (0.95, 0.8))
    build.add(spot, cab, "truck", paint, anchor=anchor)
    build.add(spot, patches(cab[FRONT], [(0.06, 0.5, 0.94, 0.92)]), "truck", GLASS, anchor=anchor)
    lamps = [(0.04, 0.08, 0.24, 0.24), (0.76, 0.08, 0.96, 0.24)]
    build.add(spot, patches(cab[FRONT], lamps), "truck", HEADLIGHT, anchor=anchor)
    for side in (LEFT, RIGHT):
        build.add(spot, patches(cab[side], [(0.25, 0.5, 0.8, 0.9)]), "truck", GLASS, anchor=anchor)
    _wheels(build, spot, "truck", [-2.9, -1.9], 2.4, 0.48, (0, 0, -2.6))
    _wheels(build, spot, "truck", [2.3], 2.4, 0.48, anchor)


def _coach(build: Builder, spot: Spot, name: str, look: dict) -> None:
    """Add a long vehicle of equal segments, with a front and a rear."""
    count, width, tall, low = look["segments"], look["width"], look["height"], look["floor"]
    length = count * SEGMENT_M
    centers = (np.arange(count) + 0.5) * SEGMENT_M - length / 2
    for index, z in enumerate(centers):
        anchor = (0, 0, z)
        hull = box((0, low, z), (width, tall, SEGMENT_M), (0.96, 1))
        keep = [LEFT, RIGHT, TOP] + [BACK] * (index == 0) + [FRONT] * (index == count - 1)
        build.add(spot, hull[keep], name, look["paint"], anchor=anchor)
        for side in (LEFT, RIGHT):
            build.add(
                spot, patches(hull[side], [(0, 0.06, 1, 0.3)]), name, look["trim"], anchor=anchor
            )
            build.add(spot, patches(hull[side], look["panes"]), name, GLASS, anchor=anchor)
        if index == 0:
            rear = patches(hull[BACK], [(0.15, 0.55, 0.85, 0.82)])
            lamps = patches(hull[BACK], [(0.03, 0.1, 0.2, 0.26), (0.8, 0.1, 0.97, 0.26)])
            build.add(spot, rear, name, GLASS, anchor=anchor)
            build.add(spot, lamps, name, _taillight(spot), anchor=anchor)
        if index == count - 1:
            screen = patches(hull[FRONT], [(0.06, 0.34, 0.94, 0.82)])
            board = patches(hull[FRONT], [(0.2, 0.86, 0.8, 0.97)])
            lamps = patches(hull[FRONT], [(0.06, 0.1, 0.26, 0.24), (0.74, 0.1, 0.94, 0.24)])
            build.add(spot, screen, name, (80, 100, 115), anchor=anchor)
            build.add(spot, board, name, (250, 170, 40), anchor=anchor)
            build.add(spot, lamps, name, HEADLIGHT, anchor=anchor)
        if look["wheels"] and index in (0, count - 1):
            _wheels(build, spot, name, [z], width, 0.48, anchor)


def bus(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a bus: large panes over a band of colour."""
    paint = np.array([(235, 180, 30), (200, 55, 50), (240, 240, 235)])[rng.integers(3)]
    look = {"segments": 4, "width": 2.5, "height": 2.75, "floor": 0.35, "paint": paint}
    look |= {"trim": paint * 0.6, "panes": [(0.06, 0.42, 0.94, 0.82)], "wheels": True}
    _coach(build, spot, "bus", look)


def train(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a tram: long, close to the ground, narrow tall panes and a pantograph deck."""
    paint = np.array([(40, 130, 95), (225, 225, 205), (60, 105, 175)])[rng.integers(3)]
    panes = [(0.04, 0.36, 0.3, 0.86), (0.36, 0.36, 0.62, 0.86), (0.68, 0.1, 0.96, 0.86)]
    look = {"segments": 7, "width": 2.5, "height": 3.2, "floor": 0.15, "paint": paint}
    look |= {"trim": (190, 45, 50), "panes": panes, "wheels": False}
    _coach(build, spot, "train", look)
    deck = box((0, 3.35, 0), (1.6, 0.35, 3.0))
    build.add(spot, deck, "train", (120, 120, 125), anchor=(0, 0, 0))


def motorcycle(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a motorcycle: solid wheels, tank, seat, one lamp at each end."""
    paint = CAR_COLORS[rng.integers(len(CAR_COLORS))]
    for z in (-0.75, 0.75):
        build.add(spot, box((0, 0.0, z), (0.26, 0.68, 0.68)), "motorcycle", TYRE)
    body = box((0, 0.4, 0), (0.5, 0.55, 1.5), (0.75, 0.8))
    build.add(spot, body, "motorcycle", paint)
    build.add(spot, box((0, 0.9, -0.45), (0.42, 0.14, 0.8)), "motorcycle", (40, 40, 45))
    head = box((0, 0.75, 0.75), (0.66, 0.42, 0.26), (0.7, 1))
    build.add(spot, head, "motorcycle", paint * 0.8)
    build.add(spot, patches(head[FRONT], [(0.25, 0.2, 0.75, 0.85)]), "motorcycle", HEADLIGHT)
    build.add(spot, patches(body[BACK], [(0.2, 0.45, 0.8, 0.9)]), "motorcycle", TAILLIGHT)


def bicycle(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a bicycle: two open-looking wheels, frame, handlebar; lamps as on the others."""
    paint = CAR_COLORS[rng.integers(len(CAR_COLORS))]
    for z in (-0.58, 0.58):
        build.add(spot, box((0, 0.02, z), (0.16, 0.7, 0.34)), "bicycle", TYRE)
        for side, x in ((LEFT, -0.08), (RIGHT, 0.08)):
            build.add(spot, disc((x, 0.38, z), 0.4, side), "bicycle", TYRE)
            build.add(spot, disc((x, 0.38, z), 0.27, side), "bicycle", (135, 135, 130))
    build.add(spot, box((0, 0.5, 0), (0.16, 0.26, 1.0), (1, 1.2)), "bicycle", paint)
    bar = box((0, 0.92, 0.5), (0.66, 0.14, 0.16))
    build.add(spot, bar, "bicycle", (60, 60, 60))
    fender = box((0, 0.6, -0.72), (0.2, 0.26, 0.3))
    build.add(spot, fender, "bicycle", (200, 60, 50))


VEHICLES = {"car": car, "truck": truck, "bus": bus, "train": train}
CYCLES = {"motorcycle": motorcycle, "bicycle": bicycle}


def shadow(build: Builder, spot: Spot, width: float, length: float, road: np.ndarray) -> None:
    """Darken the road under a vehicle; the shade moves along."""
    from_ground = replace(spot, layer=SHADOW)
    face = box((0, -0.01, 0), (width, 0.02, length))[TOP:]
    build.add(from_ground, face, "road", np.asarray(road) * 0.5, anchor=(0, 0, 0))
