"""A set of clips on disk: its settings, its paths, and how it is completed."""

import functools
import hashlib
import json
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from filelock import FileLock, Timeout
from tqdm import tqdm

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.toystreet.driving import CITY, Driving
from lasegm_core.data.toystreet.paint import render
from lasegm_core.data.toystreet.world import FRAMES, INTERVAL_S, SPLITS, make_world
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.support.processes import side_by_side

FOLDER = "toystreet"
IMAGES, LABELS = "leftImg8bit_sequence", "gtFine"
MANIFEST, UNFINISHED = "manifest.json", "unfinished.json"
FILE_IDS = np.array(CITYSCAPES.file_ids, np.uint8)


@dataclass(frozen=True)
class Settings:
    """The settings, which decide every byte of the set."""

    version: int
    height: int
    width: int
    train: int
    val: int
    seed: int
    driving: Driving = CITY

    def clips(self) -> list[tuple[str, int]]:
        """List the clips: split and number."""
        return [(split, clip) for split in SPLITS for clip in range(getattr(self, split))]


def frame_paths(root: Path, split: str, clip: int, frame: int) -> tuple[Path, Path]:
    """Name the image and the label of a frame."""
    stem = f"{FOLDER}_{clip:06d}_{frame:06d}"
    image = root / IMAGES / split / FOLDER / f"{stem}_leftImg8bit.png"
    return image, root / LABELS / split / FOLDER / f"{stem}_gtFine_labelIds.png"


def write(path: Path, data: bytes) -> None:
    """Write a file that is whole or absent."""
    with atomic(path) as partial:
        partial.write_bytes(data)


def png(pixels: np.ndarray) -> bytes:
    """Encode an image (RGB) or a label as PNG."""
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise RuntimeError("OpenCV could not encode a PNG")
    return data.tobytes()


def render_clip(root: Path, settings: Settings, key: tuple[str, int]) -> None:
    """Render the frames of one clip, unless all of them exist."""
    split, clip = key
    paths = [frame_paths(root, split, clip, frame) for frame in range(FRAMES)]
    if all(path.exists() for pair in paths for path in pair):
        return
    world = make_world(settings.seed, split, clip, settings.driving)
    rng = np.random.default_rng([settings.seed, SPLITS.index(split), clip, 1])
    size = settings.height, settings.width
    poses = world.drive.poses(FRAMES, INTERVAL_S)
    for frame, ((image_path, label_path), pose) in enumerate(zip(paths, poses, strict=True)):
        time_s = frame * INTERVAL_S
        image, label = render(world.scene, world.light, pose, time_s, size, rng)
        write(image_path, png(image))
        write(label_path, png(FILE_IDS[label]))


def render_all(root: Path, settings: Settings, jobs: int) -> None:
    """Render all clips that are missing, on a pool of processes, with a bar."""
    keys = settings.clips()
    job = functools.partial(render_clip, root, settings)
    done = side_by_side(job, keys, min(jobs, len(keys)))
    deque(tqdm(done, "rendering", len(keys), unit="clip"), maxlen=0)


def digest(root: Path, settings: Settings) -> str:
    """Hash the bytes of all frames of the set, in the order of their paths."""
    paths = [
        path
        for split, clip in settings.clips()
        for frame in range(FRAMES)
        for path in frame_paths(root, split, clip, frame)
    ]
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.read_bytes())
    return total.hexdigest()


def check_folder(root: Path, settings: Settings) -> bool:
    """Tell whether the set is complete; refuse a folder that holds something else."""
    for name in (MANIFEST, UNFINISHED):
        record = root / name
        if not record.exists():
            continue
        try:
            found = json.loads(record.read_text())["settings"]
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{record} is not a ToyStreet manifest") from None
        wanted = asdict(settings)
        wanted, found = ({**of.pop("driving", {}), **of} for of in (wanted, found))
        changes = [f"{key} {found.get(key)} there, {value} asked" for key, value in wanted.items()
                   if found.get(key) != value]  # fmt: skip
        if changes:
            raise BadInput(
                f"{root} holds other settings: {'; '.join(changes)}; choose another --out"
            )
        return name == MANIFEST
    if any((root / folder).exists() for folder in (IMAGES, LABELS)):
        raise BadInput(f"{root} holds frames that are not ToyStreet's; choose another --out")
    return False


def prepare(root: Path, settings: Settings) -> None:
    """Note the settings, make the folders, and remove the partial files of a killed run."""
    for split in SPLITS:
        for folder in (IMAGES, LABELS):
            (root / folder / split / FOLDER).mkdir(parents=True, exist_ok=True)
    for folder in (IMAGES, LABELS):
        for temporary in (root / folder).glob(f"*/{FOLDER}/.*.png"):
            temporary.unlink()
    write_json(root / UNFINISHED, {"settings": asdict(settings)})


def write_json(path: Path, content: dict) -> None:
    """Write a JSON file atomically."""
    write(path, (json.dumps(content, indent=2) + "\n").encode())


def make_set(root: Path, settings: Settings, jobs: int) -> str:
    """Make the set complete.

    Returns:
        One line that says what was done.

    Raises:
        BadInput: the folder holds something else.
        OSError: where it cannot be written.
    """
    if check_folder(root, settings):
        return f"{root} is complete: nothing to do"
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / ".lock", timeout=0):
            prepare(root, settings)
            render_all(root, settings, jobs)
            content = {"settings": asdict(settings), "frames": FRAMES, "interval_s": INTERVAL_S}
            write_json(root / MANIFEST, content | {"sha256": digest(root, settings)})
            (root / UNFINISHED).unlink()
    except Timeout:
        raise BadInput(f"another process is rendering into {root}") from None
    return f"{root} is complete: {len(settings.clips())} clips of {FRAMES} frames"
