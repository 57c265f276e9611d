"""Movie files: as many frames and as long as they must be, whole or absent, and one at a time."""

import sys
import weakref
from fractions import Fraction

import numpy as np
import pytest

from lasegm_core.scoring.movie import writing
from lasegm_core.scoring.movie.panels import side_by_side
from lasegm_core.support.errors import BadInput
from tests.helpers.movies import read_movie

KINDS = (".mp4", ".gif", ".webp")
LATEST = Fraction(30000, 1001)


def pictures(number, size=(40, 60)):
    """Make frames that all differ: a bright bar that moves."""
    for left in range(number):
        picture = np.full((*size, 3), 20, np.uint8)
        picture[8:32, left : left + 10] = (200, 40, 40)
        yield picture


def written(path, fps, number=20):
    kind = writing.format_of(path)
    chosen = writing.shown(range(number), 1 / Fraction(fps), kind.step_ms, kind.least_ms)
    writing.write(path, pictures(len(chosen)), [ms for _, ms in chosen])
    return read_movie(path)


@pytest.mark.parametrize(
    ("kind", "fps", "frames"),
    [
        *((kind, fps, 20) for kind in KINDS for fps in (25, 30, LATEST, Fraction(50, 3))),
        (".mp4", 60, 20),
        (".webp", 60, 20),
        (".gif", 60, 13),  # at least 20 ms each, or players slow it down
    ],
)
def test_a_movie_has_its_frames_and_its_length(kind, fps, frames, tmp_path):
    found, length_ms = written(tmp_path / f"late{kind}", fps)
    assert len(found) == frames
    step_ms = {".gif": 10, ".webp": 1, ".mp4": 0.1}[kind]
    assert length_ms == pytest.approx(20_000 / fps, abs=step_ms / 2)
    first, last = found[0].astype(int), found[-1].astype(int)
    assert first[20, 5] == pytest.approx([200, 40, 40], abs=20)
    assert last[20, 5] == pytest.approx([20, 20, 20], abs=20)


@pytest.mark.parametrize("fps", [7, 24, LATEST, 48, 60, 144, 240])
def test_errors_of_ten_ms_do_not_add_up(fps):
    interval_s = 1 / Fraction(fps)
    chosen, time = writing.shown(range(3, 203), interval_s, 10, 20), 0
    for frame, ms in chosen:
        assert ms >= 20 and ms % 10 == 0
        assert abs(time - 1000 * interval_s * (frame - 3)) <= 5
        time += ms
    assert abs(time - 200_000 * interval_s) <= 5
    assert len(chosen) == 200 or fps > 50


def test_a_single_frame_is_a_movie(tmp_path):
    for kind in KINDS:
        assert len(written(tmp_path / f"one{kind}", 25, number=1)[0]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_frames_are_not_collected(kind, tmp_path):
    alive, most = weakref.WeakSet(), 0

    class Seen(np.ndarray):
        __hash__ = object.__hash__

    def watched():
        nonlocal most
        for picture in pictures(30):
            picture = picture.view(Seen)
            alive.add(picture)
            most = max(most, len(alive))
            yield picture

    writing.write(tmp_path / f"late{kind}", watched(), [Fraction(40)] * 30)
    assert 1 <= most <= 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_movie_is_whole_or_the_old_one_stays(kind, tmp_path):
    def broken():
        yield from pictures(3)
        raise KeyboardInterrupt

    path = tmp_path / f"late{kind}"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        writing.write(path, broken(), [Fraction(40)] * 9)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_video_that_opencv_could_not_write_is_no_movie(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(writing.cv2, "cvtColor", lambda pixels, _code: pixels[:8])  # no such size
    with pytest.raises(OSError, match="only 0 of 5 frames are in the video"):
        writing.write(tmp_path / "late.mp4", pictures(5), [Fraction(40)] * 5)
    assert not list(tmp_path.iterdir())


def test_with_pyav_a_movie_is_h264(tmp_path):
    av = pytest.importorskip("av")
    written(tmp_path / "late.mp4", LATEST)
    with av.open(str(tmp_path / "late.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate) == ("h264", LATEST)


def test_unknown_files_and_folders_are_refused(tmp_path):
    for name in ("late.avi", "late", "late.mp4.png"):
        with pytest.raises(BadInput, match=rf"{name} must end in \.mp4, \.gif, \.webp"):
            writing.format_of(tmp_path / name)
    (tmp_path / "late.gif").mkdir()
    with pytest.raises(BadInput, match=r"late\.gif is a folder"):
        writing.format_of(tmp_path / "late.gif")


def test_pictures_too_large_for_a_file_are_refused(tmp_path):
    wide = iter([np.zeros((2, 8192, 3), np.uint8)])
    with pytest.raises(BadInput, match="8192x2 pixels are too many"):
        writing.write(tmp_path / "late.mp4", wide, [Fraction(40)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("size", "scale"), [((15, 21), 23), ((15, 21), 1), ((64, 481), 1)])
def test_sides_are_even_and_pictures_are_enlarged_whole(size, scale):
    picture = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    long = "a name that is much too long for the width of a column " * 2
    drawn = side_by_side(long, [picture, picture], [[long, "x"]] * 2, scale)
    assert drawn.shape[0] % 2 == drawn.shape[1] % 2 == 0
    large = picture.repeat(scale, 0).repeat(scale, 1)
    height, width = large.shape[:2]
    tops = range(len(drawn) - height + 1)
    found = [top for top in tops if (drawn[top : top + height, :width] == large).all()]
    assert len(found) == 1
    assert drawn.shape[1] >= 2 * width
