"""Where frames come from, and at what pace they are handed on."""

import time
from functools import partial

import numpy as np
import pytest

from lasegm_core.scoring.live import player, source
from lasegm_core.scoring.live.session import Session
from lasegm_core.scoring.live.source import Source, find_source
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import FRAMES, image, say, write_file, write_images


def shots(found):
    return [(round(time_s, 6), read()) for time_s, read in found.shots()]


def test_a_file_and_a_yaml_file_give_the_same_frames_at_their_times(tmp_path):
    path = write_file(tmp_path / "drive.mkv")
    write_images(tmp_path / "drive", {number: f"{number:04d}" for number in range(FRAMES)})
    described = say(tmp_path, frames="drive/{frame}.png", labels=None, fps=25)
    for found in (find_source(str(path)), find_source(str(described))):
        for number, (time_s, pixels) in enumerate(shots(found)):
            assert time_s == pytest.approx(number / 25)
            assert (pixels == image(number)).all() and pixels.flags.writeable
        assert number == FRAMES - 1 and not found.runs
    assert [time_s for time_s, _ in shots(find_source(str(path), "10"))][:3] == [0, 0.1, 0.2]


def test_a_variable_rate_is_kept(tmp_path):
    times_ms = {0: 0, 1: 40, 2: 200, 3: 210}
    path = write_file(tmp_path / "drive.mkv", times_ms=times_ms)
    assert [time_s for time_s, _ in shots(find_source(str(path)))] == [0, 0.04, 0.2, 0.21]


class Camera:
    """Stands in for OpenCV's camera."""

    frames, opened = 4, None

    def __init__(self, name):
        type(self).opened, self.asked, self.left = name, {}, self.frames

    def set(self, what, value):
        self.asked[what] = value

    def read(self):
        self.left -= 1
        return self.left >= 0, np.full((2, 3, 3), (1, 2, 3), np.uint8)

    def release(self):
        self.left = None


@pytest.mark.parametrize(("name", "opened"), [("1", 1), ("/dev/video2", "/dev/video2")])
def test_a_camera_runs_by_itself_and_its_colours_are_rgb(monkeypatch, name, opened):
    monkeypatch.setattr(source.cv2, "VideoCapture", Camera)
    found, read = find_source(name), []
    assert found.runs and found.title == f"camera {name}"
    with pytest.raises(BadInput, match=f"camera {name} gives no more frames: is it plugged in"):
        read += [pixels() for _, pixels in found.shots()]
    session = Session(name, "net")
    player.play(session, lambda: found)
    assert session.frame.number == 3 and "no more frames" in str(session.error)
    assert session.frame.pixels[0, 0].tolist() == [3, 2, 1]
    assert Camera.opened == opened


def test_a_camera_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr(source.cv2, "VideoCapture", type("None_", (Camera,), {"frames": 0}))
    with pytest.raises(BadInput, match="camera 0 gives no frame: is it plugged in") as error:
        next(find_source("0").shots())
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("none.mp4", "no video file"), ("none.yaml", "is not a file")],
)
def test_what_cannot_be_read_ends_the_session_in_one_line(tmp_path, name, words):
    session = Session(name, "net")
    player.play(session, lambda: list(find_source(str(tmp_path / name)).shots()))
    assert session.stopped and words in str(session.error)


def test_an_unknown_clip_is_refused(tmp_path):
    write_images(tmp_path / "drive", {0: "0", 1: "1"})
    path = say(tmp_path, frames="drive/{frame}.png", labels=None, fps=25)
    with pytest.raises(BadInput, match="clip '1' must be a number from 0 to 0"):
        find_source(str(path), clip="1")


class Heard(Session):
    """Keeps the frames, and when they came."""

    def __init__(self, most=10**9):
        super().__init__("video", "net")
        self.heard, self.most = [], most

    def publish(self, frame):
        super().publish(frame)
        self.heard.append((time.monotonic(), frame))
        if len(self.heard) == self.most:
            self.stop()


def still(times, wait_s=0.0):
    """A video of these times; the reading of a frame takes a while."""

    def read(number):
        time.sleep(wait_s)
        return np.full((2, 2, 3), number, np.uint8)

    return lambda: iter([(time_s, partial(read, n)) for n, time_s in enumerate(times)])


def test_a_file_plays_in_real_time_and_ends_if_it_is_to():
    session, times = Heard(), [0.0, 0.1, 0.2, 0.5]
    player.play(session, lambda: Source("v", still(times)), once=True)
    begin = session.heard[0][0]
    for (came, frame), time_s in zip(session.heard, times, strict=True):
        assert time_s - 0.02 <= came - begin < time_s + 0.3
        assert frame.time_s == time_s
    assert session.ended and not session.error and session.state()["state"] == "ended"


def test_a_file_begins_again_and_its_time_goes_on():
    session = Heard(most=7)
    player.play(session, lambda: Source("v", still([0.0, 0.02, 0.04])))
    assert [frame.number for _, frame in session.heard] == list(range(7))
    times = [frame.time_s for _, frame in session.heard]
    assert times == pytest.approx([0.02 * n for n in range(7)])
    assert session.state()["turns"] == 3
    assert session.heard[6][1].pixels[0, 0, 0] == 0


def test_a_file_that_is_read_too_slowly_misses_frames_and_does_not_lag():
    session = Heard()
    begin = time.monotonic()
    player.play(session, lambda: Source("v", still([0.02 * n for n in range(50)], 0.15)), once=True)
    assert time.monotonic() - begin < 4  # all of them would take 7.5 s
    assert session.missed > 20 and session.missed + len(session.heard) == 50


def test_an_empty_video_is_one_line():
    session = Session("v", "net")
    player.play(session, lambda: Source("v.mp4", lambda: iter(())))
    assert str(session.error) == "v.mp4 has no frame: name another video"
