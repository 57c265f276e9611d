"""Frames read for scoring: batches of one size, bounded memory, no shared memory, faults named."""

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from lasegm_core.data.labels import TRAIN_IDS
from lasegm_core.support.errors import BadInput
from lasegm_core.training import reading
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs

CLASSES = TRAIN_IDS._replace(
    names=("a", "b"), colors=((0, 0, 0), (1, 1, 1)), file_ids=(0, 1), ignored_ids=()
)


class Perfect(torch.nn.Module):
    """Sees class 1, which is white; notes the shapes of its batches."""

    def __init__(self):
        super().__init__()
        self.shapes = []

    def forward(self, frames):  # (B, T, 3, H, W)
        self.shapes.append(tuple(frames.shape))
        red = frames[:, -1, :1]
        return torch.cat([1 - red, red], 1)


def write_clip(root, clip, size, number):
    """Write frames that are black but for a white row each, one further a frame; and labels."""
    rows = []
    for frame in range(number):
        ids = np.zeros(size, np.uint8)
        ids[frame % size[0]] = 1
        image, label = root / f"{clip}{frame}.png", root / f"{clip}{frame}-label.png"
        cv2.imwrite(str(image), np.repeat(255 * ids[..., None], 3, 2))
        cv2.imwrite(str(label), ids)
        rows.append((clip, clip, frame, str(image), str(label)))
    return pd.DataFrame(rows, columns=["clip", "block", "frame", "image", "label"])


def score(frames, inputs=1, offsets=1):
    network = Perfect()
    pairs = scored_pairs(frames, inputs, offsets, None)
    return evaluate(network, pairs, CLASSES, make_fabric(), "test"), network.shapes


def test_frames_of_several_sizes_are_counted_as_each_apart(tmp_path):
    sizes = {"a": (16, 32), "b": (24, 32), "c": (16, 40)}
    clips = [write_clip(tmp_path, clip, size, 12) for clip, size in sizes.items()]
    counts, shapes = score(pd.concat(clips, ignore_index=True))
    assert {shape[-2:] for shape in shapes} == set(sizes.values())
    assert sum(shape[0] for shape in shapes) == 3 * 11
    for clip, of in zip(clips, counts.values, strict=True):
        assert (of == score(clip)[0].values[0]).all()
        height, width = sizes[clip["clip"][0]]
        assert of[0].tolist() == [[10 * (height - 1) * width, 0], [0, 10 * width]]
        assert of[1, 1].tolist() == [10 * width, 0]  # a row that has moved on meets none


def test_inputs_are_scored_in_the_order_of_the_video_not_of_its_names(tmp_path):
    pairs = scored_pairs(write_clip(tmp_path, "a", (16, 32), 12), 1, 1, None)
    order = [int(paths[0].rpartition("a")[2][:-4]) for paths in pairs["inputs"]]
    assert order == sorted(order) and order[-1] == 11


@pytest.mark.parametrize(
    ("size", "inputs", "at_once"),
    [
        ((64, 128), 1, 8),
        ((360, 480), 2, 8),
        ((256, 512), 2, 8),
        ((512, 1024), 1, 5),
        ((1080, 1920), 1, 1),
        ((2160, 3840), 2, 1),
    ],
)
def test_a_batch_is_bounded_by_its_bytes(size, inputs, at_once):
    frames = torch.empty(inputs, 3, *size, dtype=torch.uint8)
    assert reading._at_once(frames) == at_once


def test_large_frames_are_passed_one_at_a_time_to_the_same_counts(tmp_path, monkeypatch):
    frames = write_clip(tmp_path, "a", (16, 32), 12)
    together, shapes = score(frames)
    assert [shape[0] for shape in shapes] == [8, 3]
    monkeypatch.setattr(reading, "BATCH_BYTES", 3 * 16 * 32)
    apart, shapes = score(frames)
    assert [shape[0] for shape in shapes] == [1] * 11
    assert (together.values == apart.values).all()


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    def peak(number):
        frames = write_clip(tmp_path, "a", (256, 256), number)
        pairs = scored_pairs(frames, 1, 1, None)
        tracemalloc.start()
        evaluate(Perfect(), pairs, CLASSES, make_fabric(), "test")
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(4)
    frame = 3 * 256 * 256
    assert peak(100) < peak(25) + 5 * frame  # of the 75 further ones


def test_scoring_needs_no_shared_memory(tmp_path, monkeypatch):
    def full(*_arguments):
        raise RuntimeError("unable to allocate shared memory(shm): No space left on device (28)")

    monkeypatch.setattr(torch.UntypedStorage, "_new_shared", full)
    monkeypatch.setattr(torch.UntypedStorage, "_new_using_fd_cpu", full)
    assert score(write_clip(tmp_path, "a", (16, 32), 4))[0].values.sum() == 2 * 2 * 16 * 32


def replace(path, size):
    cv2.imwrite(path, np.zeros((*size, 3) if "label" not in path else size, np.uint8))


@pytest.mark.parametrize(
    ("spoil", "inputs", "words"),
    [
        (lambda a: Path(a("5")).write_bytes(b"broken"), 1, r"a5\.png does not decode"),
        (
            lambda a: replace(a("5-label"), (16, 30)),
            1,
            r"label .*a5-label\.png is 16x30, but frame .*a4\.png is 16x32: they must",
        ),
        (
            lambda a: replace(a("5"), (8, 32)),
            2,
            r"a4\.png is 16x32 but .*a5\.png is 8x32: the input frames of one prediction must",
        ),
    ],
    ids=["broken", "label of another size", "input frames of two sizes"],
)
def test_a_fault_of_a_file_is_one_line_that_names_it(spoil, inputs, words, tmp_path):
    frames = write_clip(tmp_path, "a", (16, 32), 8)
    spoil(lambda name: str(tmp_path / f"a{name}.png"))
    with pytest.raises(BadInput, match=words) as fault:
        score(frames, inputs)
    assert len(str(fault.value).splitlines()) == 1
