"""Training samples of Cityscapes' size: packed frames against PNGs and torchvision's data set."""

import time
from itertools import cycle, islice

import cv2
import numpy as np
import pytest
import torch
from torchvision import tv_tensors
from torchvision.datasets import Cityscapes, wrap_dataset_for_transforms_v2
from torchvision.transforms import v2

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.data.toystreet.paint import render
from lasegm_core.data.toystreet.world import make_world
from lasegm_core.metric.confusion import IGNORE

SIZE = 1024, 2048
SAMPLES = 24


@pytest.fixture
def street(tmp_path):
    """Six rendered frames with sensor noise; without it a PNG would decode too fast."""
    chance = np.random.default_rng(0)
    for number in range(6):
        world = make_world(0, "train", number)
        pose = world.drive.poses(1, 0.06)[0]
        image, ids = render(world.scene, world.light, pose, 0.0, SIZE, chance)
        noise = chance.normal(0, 0.8, image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
        write(tmp_path, f"aachen_{number:06d}_000019", image, ids)
    return tmp_path


def write(root, stem, image, ids):
    label = np.array(CITYSCAPES.file_ids, np.uint8)[ids]
    for kind in ("leftImg8bit", "png/leftImg8bit_sequence", "packed/leftImg8bit_sequence"):
        folder = root / kind / "train/aachen"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}_leftImg8bit.png"
        if "packed" in kind:
            np.save(path.with_suffix(".npy"), image)
        else:
            cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    for kind in ("gtFine", "png/gtFine", "packed/gtFine"):
        folder = root / kind / "train/aachen"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}_gtFine_labelIds.png"
        if "packed" in kind:
            np.save(path.with_suffix(".npy"), label)
        else:
            cv2.imwrite(str(path), label)


def theirs(root):
    """Read as a user of torchvision would, with the paper's augmentation."""
    fill = {tv_tensors.Image: 0, tv_tensors.Mask: IGNORE}
    transforms = v2.Compose(
        [
            v2.ToImage(),
            v2.ScaleJitter(SIZE, scale_range=(0.75, 1.5)),
            v2.RandomCrop(768, pad_if_needed=True, fill=fill),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.GaussianBlur(5, (0.1, 1.0))]),
            v2.ToDtype({tv_tensors.Image: torch.float32, "others": None}, scale=True),
        ]
    )
    data = Cityscapes(root, "train", target_type="semantic", transforms=transforms)
    return wrap_dataset_for_transforms_v2(data)


def ours(root):
    clips = make_clips(cityscapes.frames(root, "train"), 0, 1)
    return ClipDataset(clips, CITYSCAPES, Augmentation())


def milliseconds(read, rows):
    read(0, 0)
    begun = time.perf_counter()
    for draw, row in enumerate(islice(cycle(range(rows)), SAMPLES)):
        read(draw, row)
    return 1000 * (time.perf_counter() - begun) / SAMPLES


@pytest.fixture
def one_core():
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    yield
    torch.set_num_threads(threads[0])
    cv2.setNumThreads(threads[1])


def test_packed_samples_against_torchvision(street, compare, one_core):
    size = np.mean([path.stat().st_size for path in street.glob("leftImg8bit/*/*/*.png")])
    print(f"\nsamples of 768x768 from {SIZE[0]}x{SIZE[1]}, one core; a PNG has {size / 1e6:.1f} MB")
    torchvision = theirs(street)
    base = milliseconds(lambda draw, row: torchvision[row], len(torchvision))
    for kind in ("png", "packed"):
        data = ours(street / kind)
        assert data[0, 0][0].shape == (1, 3, 768, 768)
        own = milliseconds(lambda draw, row, data=data: data[draw, row], len(data))
        target = 5 if kind == "packed" else None
        compare(f"sample, {kind}", own, "torchvision.datasets.Cityscapes", base, target)
