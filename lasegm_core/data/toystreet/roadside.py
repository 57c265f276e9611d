"""What stands beside the road: buildings, walls, fences, trees, poles, lights and signs."""

import numpy as np

from lasegm_core.data.toystreet.scene import STREET, Builder, Spot
from lasegm_core.data.toystreet.shapes import BACK, FRONT, LEFT, RIGHT, blob, box, disc, patches

FACADES = np.array(
    [
        (186, 120, 92),
        (205, 190, 165),
        (150, 150, 155),
        (176, 92, 78),
        (214, 204, 190),
        (128, 112, 105),
        (198, 168, 120),
        (168, 176, 180),
    ],
    np.float32,
)
FLOOR_M, BAY_M = 3.0, 2.6


def _windows(columns: int, floors: int) -> np.ndarray:
    """Lay out windows on a wall from the ground up, (N, 4) in 0..1 of the wall."""
    floor, column = np.divmod(np.arange(columns * floors), columns)
    left, bottom = (column + 0.24) / columns, (floor + 0.28) / floors
    right, top = (column + 0.76) / columns, (floor + 0.82) / floors
    return np.stack([left, bottom, right, top], 1)


def building(
    build: Builder,
    spot: Spot,
    size: tuple,
    rng: np.random.Generator,
    sides: tuple,
) -> None:
    """Add a building; `size` is its width, number of floors and length; `sides` have windows."""
    width, floors, length = size
    wall = FACADES[rng.integers(len(FACADES))] * rng.uniform(0.75, 1.08)
    glass = np.array([70, 84, 100]) * rng.uniform(0.6, 1.3)
    trim = wall * rng.choice([0.62, 1.3])
    hull = box((0, 0, 0), (width, floors * FLOOR_M, length))
    build.add(spot, hull, "building", wall)
    for side in sides:
        columns = max(2, round((width if side in (BACK, FRONT) else length) / BAY_M))
        panes = _windows(columns, floors)
        shops = panes[:columns]
        shops[:, 1] = np.where(rng.random(columns) < 0.3, 0.0, 0.14 / floors)
        tone = rng.uniform(0.6, 1.25, (len(panes), 1))
        tone[:columns] = rng.uniform(0.4, 1.4)
        bands = [(0, 0.94 / floors, 1, 1.06 / floors), (0, 1 - 0.25 / floors, 1, 1)]
        colors = np.concatenate([glass * tone, [trim, trim]])
        build.add(spot, patches(hull[side], [*panes, *bands]), "building", colors)


def wall(build: Builder, spot: Spot, panels: int, rng: np.random.Generator) -> None:
    """Add a masonry wall along the street, in panels, with courses and a coping."""
    color = np.array([(150, 145, 150), (165, 150, 140), (128, 132, 145)])[rng.integers(3)]
    tall = rng.uniform(2.2, 2.8)
    for index in range(panels):
        z = (index + 0.5) * BAY_M
        panel = box((0, 0, z), (0.3, tall, BAY_M))
        build.add(spot, panel, "wall", color * rng.uniform(0.9, 1.08), anchor=(0, 0, z))
        for side in (LEFT, RIGHT):
            joints = [(0, 0.3, 1, 0.34), (0, 0.63, 1, 0.67), (0, 0, 0.04, 1)]
            build.add(spot, patches(panel[side], joints), "wall", color * 0.62, anchor=(0, 0, z))
            coping = patches(panel[side], [(0, 0.91, 1, 1)])
            build.add(spot, coping, "wall", color * 1.25, anchor=(0, 0, z))


def fence(build: Builder, spot: Spot, panels: int, rng: np.random.Generator) -> None:
    """Add a fence along the street: boards with dark gaps between posts."""
    color = np.array([(196, 150, 105), (120, 160, 120), (225, 215, 200)])[rng.integers(3)]
    tall = rng.uniform(1.5, 2.0)
    for index in range(panels):
        z = (index + 0.5) * BAY_M
        panel = box((0, 0, z), (0.1, tall, BAY_M))
        build.add(spot, panel, "fence", color, anchor=(0, 0, z))
        for side in (LEFT, RIGHT):
            left = np.arange(6) / 6 + 0.1
            gaps = np.stack([left, np.full(6, 0.12), left + 0.055, np.full(6, 0.92)], 1)
            build.add(spot, patches(panel[side], gaps), "fence", color * 0.4, anchor=(0, 0, z))


def tree(build: Builder, spot: Spot, rng: np.random.Generator, scale: float = 1.0) -> None:
    """Add a tree: a trunk and two overlapping crowns of jittered green."""
    green = np.array([rng.uniform(50, 105), rng.uniform(95, 140), rng.uniform(35, 60)])
    trunk = rng.uniform(2.0, 2.6) * scale
    build.add(spot, box((0, 0, 0), (0.34, trunk, 0.34)), "vegetation", (86, 66, 48))
    radius = rng.uniform(1.4, 2.0) * scale
    for lift, share in ((0.75, 1.0), (1.75, 0.72)):
        shift = rng.uniform(-0.25, 0.25, 2) * radius
        center = (shift[0], trunk + radius * lift, shift[1])
        crown = blob(center, (radius * share, radius * share * 0.95, radius * share),
                     turn=rng.uniform(0, 1))  # fmt: skip
        build.add(spot, crown, "vegetation", green * rng.uniform(0.7, 1.3, (len(crown), 1)))


def bush(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a bush or a piece of hedge."""
    green = np.array([rng.uniform(50, 90), rng.uniform(95, 130), rng.uniform(40, 60)])
    radii = (rng.uniform(0.8, 1.4), rng.uniform(0.7, 1.3), rng.uniform(0.9, 1.5))
    faces = blob((0, radii[1] * 0.6, 0), radii, turn=rng.uniform(0, 1))
    build.add(spot, faces, "vegetation", green * rng.uniform(0.7, 1.3, (len(faces), 1)))


def lamp(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a street lamp; its arm reaches over the road (towards local -x)."""
    grey = np.array([1.0, 1.02, 1.0]) * rng.choice([75, 150])
    width = rng.uniform(0.12, 0.17)
    tall = rng.uniform(5.5, 6.8)
    build.add(spot, box((0, 0, 0), (width, tall, width), (0.8, 0.8)), "pole", grey)
    build.add(spot, box((-0.8, tall, 0), (2.0, 0.14, 0.16)), "pole", grey * 0.9)


def traffic_light(build: Builder, spot: Spot, rng: np.random.Generator, lit: int) -> None:
    """Add a traffic light that shows its lamps towards local -z; `lit` counts them from below."""
    build.add(spot, box((0, 0, 0), (0.12, 2.5, 0.12)), "pole", (105, 108, 108))
    head = box((0, 2.4, -0.1), (0.6, 1.5, 0.42))
    build.add(spot, head, "traffic light", (32, 34, 30), anchor=(0, 0, -0.05))
    lamps = ((70, 220, 120), (250, 190, 40), (240, 40, 35))
    for index, color in enumerate(lamps):
        shown = np.array(color) * (1.0 if index == lit else 0.35)
        face = disc((0, 2.67 + 0.48 * index, -0.32), 0.21, BACK)
        build.add(spot, face, "traffic light", shown, anchor=(0, 0, -0.06))
    edge = patches(head[FRONT], [(0.3, 0.2, 0.7, 0.8)])
    build.add(spot, edge, "traffic light", (70, 72, 66), anchor=(0, 0, -0.05))


def traffic_sign(build: Builder, spot: Spot, rng: np.random.Generator) -> None:
    """Add a sign on a pole: round with a red rim, a blue square or a yellow board."""
    build.add(spot, box((0, 0, 0), (0.1, 2.5, 0.1)), "pole", (140, 142, 145))
    kind = rng.integers(3)
    radius = rng.uniform(0.5, 0.62)
    rim, face = (((215, 30, 35), (245, 245, 245)), ((240, 240, 245), (30, 80, 190)),
                 ((40, 40, 40), (250, 205, 40)))[kind]  # fmt: skip
    if kind == 0:
        center = (0, 2.5 + radius, -0.14)
        build.add(spot, disc(center, radius, BACK), "traffic sign", rim, anchor=(0, 0, -0.05))
        build.add(
            spot, disc(center, radius * 0.66, BACK), "traffic sign", face, anchor=(0, 0, -0.05)
        )
        build.add(spot, disc(center, radius, FRONT), "traffic sign", (130, 130, 132))
        return
    board = box((0, 2.4, -0.14), (2 * radius * (1.4 if kind == 2 else 1), 1.8 * radius, 0.08))
    build.add(spot, board, "traffic sign", rim, anchor=(0, 0, -0.05))
    inner = patches(board[BACK], [(0.1, 0.1, 0.9, 0.9)])
    build.add(spot, inner, "traffic sign", face, anchor=(0, 0, -0.05))
    mark = patches(board[BACK], [(0.3, 0.4, 0.7, 0.62)])
    build.add(spot, mark, "traffic sign", rim, anchor=(0, 0, -0.05))


def gantry(build: Builder, z: float, half_road: float, rng: np.random.Generator) -> None:
    """Add a direction board over the road, on two poles."""
    for x in (-half_road, half_road):
        build.add(
            Spot(x, z, layer=STREET), box((0, 0, 0), (0.24, 6.3, 0.24)), "pole", (125, 128, 130)
        )
    beam = Spot(0, z, layer=STREET)
    build.add(beam, box((0, 6.1, 0), (2 * half_road, 0.3, 0.3)), "pole", (125, 128, 130))
    x = rng.uniform(-2, 2.5)
    board = box((x, 4.7, -0.25), (4.2, 2.0, 0.1))
    color = np.array([(25, 85, 175), (20, 120, 70)])[rng.integers(2)]
    build.add(beam, board, "traffic sign", color, anchor=(0, 0, -0.2))
    lines = [(0.08, 0.6, 0.55, 0.74), (0.08, 0.28, 0.8, 0.42), (0.84, 0.2, 0.9, 0.85)]
    build.add(
        beam, patches(board[BACK], lines), "traffic sign", (245, 245, 245), anchor=(0, 0, -0.2)
    )


EDGES = {"wall": wall, "fence": fence}
