"""A video file: damaged, cut off, without a video in it, turned, or changed meanwhile."""

import cv2
import numpy as np
import pytest

from lasegm_core.data.clips import open_image
from lasegm_core.data.index import folder
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import (
    NAMES,
    image,
    say,
    scored,
    write_file,
    write_labels,
)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_text("no video " * 99), "is no video file, or was cut off"),
        (lambda path: path.write_bytes(b""), "is no video file, or was cut off"),
        (lambda path: _cut(path, 0.6), r"was cut off: it has \d+ of 24 frames"),
        (lambda path: _sound(path), "has no video in it, only audio"),
        (lambda path: _sound(path, cover=True), "has no video in it, only audio and video"),
    ],
)
def test_a_bad_video_file_is_one_line(labels, spoil, words):
    spoil(write_file(labels / "drive.mkv"))
    with pytest.raises(BadInput, match=words) as error:
        scored(say(labels, frames="drive.mkv"))
    assert "drive.mkv" in str(error.value) and len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(("name", "codec"), [("drive.mp4", "mpeg4"), ("drive.avi", "mpeg4")])
def test_a_video_that_was_cut_off_in_the_middle_is_one_line(labels, name, codec):
    _cut(write_file(labels / name, codec, "yuv420p"), 0.7)
    with pytest.raises(BadInput, match=rf"{name} (is|was) .*cut off") as error:
        scored(say(labels, frames=name))
    assert len(str(error.value).splitlines()) == 1


def _cut(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def _sound(path, cover=False):
    """Write a file of sound, with a picture on its cover or none."""
    import av

    to = path.with_suffix(".mp4")
    with av.open(str(to), "w") as container:
        streams = [container.add_stream("aac", rate=44100)]
        packets = []
        if cover:
            streams.append(container.add_stream("png", rate=1))
            streams[1].height, streams[1].width, streams[1].pix_fmt = 32, 64, "rgb24"
            streams[1].disposition = av.stream.Disposition.attached_pic
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        sound.rate = 44100
        packets = streams[0].encode(sound)
        if cover:
            packets += streams[1].encode(av.VideoFrame.from_ndarray(image(0), format="rgb24"))
        for stream in streams:
            packets += stream.encode(None)
        container.mux(packets)
    to.rename(path)


def test_a_turned_video_is_read_as_a_player_shows_it(tmp_path):
    path = write_file(tmp_path / "phone.mp4", "libx264rgb", "rgb24", rotated=90, crf="0")
    write_labels(tmp_path / "masks", {0: "0"})
    first = folder.frames(say(tmp_path, frames="phone.mp4"), "val")["image"].iloc[0]
    shown = cv2.cvtColor(cv2.VideoCapture(str(path)).read()[1], cv2.COLOR_BGR2RGB)
    assert shown.shape == (64, 32, 3)
    assert (open_image(first) == shown).all()


def test_a_video_that_changes_while_it_is_scored_is_one_line(tmp_path):
    path = write_file(tmp_path / "drive.mkv")
    write_labels(tmp_path / "masks", NAMES)
    last = folder.frames(say(tmp_path, frames="drive.mkv"), "val")["image"].iloc[-1]
    write_file(path, times_ms={number: 40 * number for number in range(5)})
    with pytest.raises(BadInput, match="has no frame 23 any more"):
        open_image(last)
