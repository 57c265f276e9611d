"""Frames of several sizes in one split, and a card that was timed at another size."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lasegm_core.data.clips import open_image
from lasegm_core.data.sources import _frame_size
from lasegm_core.scoring import own_score
from lasegm_core.scoring.data import find_data
from lasegm_core.support.errors import BadInput
from tests.helpers.fast_square import YAML, write_fast_square
from tests.helpers.square import Perfect, constant

SIZES = {"a": (32, 64), "b": (32, 64), "c": (48, 64), "d": (32, 64)}
TWO = {(32, 64): 28, (48, 64): 14}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Clips of two sizes: a square of 16x16 that moves 2 pixels a frame."""
    return write_fast_square(tmp_path_factory.mktemp("sizes"), SIZES, frames=14)


@pytest.fixture
def of(root):
    """Describe some clips as val."""

    def describe(val):
        path = root / f"{val}.yaml"
        path.write_text(YAML.replace("[b]", f"[{', '.join(val)}]"))
        return find_data(path)

    return describe


def lamiou(*sizes):
    """mIoU of squares that are 2 frames, 4 pixels, late, pooled over clips of these sizes."""
    pixels, clips = sum(height * width for height, width in sizes), len(sizes)
    square = 12 / 20
    return (square + (pixels - clips * 20 * 16) / (pixels - clips * 12 * 16)) / 2


def test_clips_of_one_size_have_the_known_score(of):
    found = own_score.score(Perfect(), of("b"), hardware=constant(50))
    assert (found.table["k"].iloc[0], found.instant[0]) == (2, 1)
    assert (
        found.table["lamiou"].iloc[0]
        == pytest.approx(lamiou((32, 64)))
        == pytest.approx(0.766, abs=5e-4)
    )
    assert ", 32x64, 25 fps" in found.about and "sizes" not in found.about


def test_frames_of_several_sizes_are_scored_and_said(of):
    data = of("bcd")
    assert (data.sizes, data.size) == (TWO, (32, 64))
    found = own_score.score(Perfect(), data, hardware=constant(50))
    assert (found.table["k"].iloc[0], found.instant[0]) == (2, 1)
    assert found.table["lamiou"].iloc[0] == pytest.approx(lamiou((32, 64), (48, 64), (32, 64)))
    assert "2 sizes (32x64: 28 frames, 48x64: 14 frames), 25 fps" in found.about


def test_of_several_sizes_the_most_frequent_one_is_timed_and_said(of):
    found = own_score.score(Perfect(), of("bcd"), min_calls=3, min_s=0)
    assert found.card.facts["size"] == "32x64"
    line = "the latency is that of 32x64, the size of most frames, not of the others"
    assert line in found.about.splitlines()


@pytest.mark.parametrize(
    ("val", "timed", "said"),
    [
        ("b", "32x64", None),
        ("b", None, None),
        ("b", "not printed", None),
        ("b", "1024x2048", "is that of 1024x2048, the frames are 32x64: 'lasegm latency --size 32"),
        ("c", "32x64", "is that of 32x64, the frames are 48x64: 'lasegm latency --size 48x64'"),
        ("bcd", "48x64", "is that of 48x64, the frames are 2 sizes (32x64: 28 frames, 48x64: 14"),
    ],
)
def test_a_card_of_another_size_than_the_frames_is_said_in_one_line(val, timed, said, of):
    card = replace(constant(50), facts={"size": timed} if timed else {})
    about = own_score.score(Perfect(), of(val), hardware=card).about
    lines = [line for line in about.splitlines() if line.startswith("CARD AND FRAMES DIFFER: ")]
    assert len(lines) == (said is not None)
    assert said is None or said in lines[0]


@pytest.mark.parametrize("fault", ["fails", "gives another size"])
def test_a_network_of_one_size_is_refused_before_anything_is_scored(fault, of):
    def network(frames):
        if fault == "fails" and frames.shape[-2:] != (32, 64):
            raise ValueError("only 32x64")
        return Perfect()(frames)[..., :32, :]

    assert own_score.score(network, of("bd"), hardware=constant(50, "any")).instant[0] == 1
    words = (
        "function does not take the data's frames of 48x64 beside those of 32x64 "
        f"({'only 32x64' if fault == 'fails' else 'of frames 48x64 it gives 32x64'}): make it take"
    )
    with pytest.raises(BadInput, match=re.escape(words)):
        own_score.score(network, of("bcd"), hardware=constant(50, "any"))


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_a_size_is_that_of_the_decoded_picture_though_it_lies_on_its_side(orientation, tmp_path):
    path = str(tmp_path / "a.jpg")
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (48, 32)).save(path, exif=exif)
    assert _frame_size(path) == open_image(path).shape[:2]
    assert (_frame_size(path) == (48, 32)) == (orientation in (6, 8))


def test_the_size_of_a_packed_frame_is_read_and_a_broken_one_is_named(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((6, 8, 3), np.uint8))
    assert _frame_size(str(tmp_path / "a.npy")) == (6, 8)
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(BadInput, match=r"b\.png does not decode as an image"):
        _frame_size(str(tmp_path / "b.png"))
