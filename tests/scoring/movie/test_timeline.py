"""Which frame and which prediction are shown when."""

from fractions import Fraction

import pytest

from lasegm_core.metric.staleness import newest_frames, staleness
from lasegm_core.models.loading import load_network
from lasegm_core.scoring.movie import video as movie_video
from lasegm_core.scoring.movie.columns import Column
from lasegm_core.scoring.movie.newest import Newest
from lasegm_core.scoring.movie.timeline import timeline
from lasegm_core.scoring.movie.video import Clip
from lasegm_core.support.errors import BadInput
from tests.helpers.square import Stacked

MS_40 = Fraction(1, 25)


class Counting(Stacked):
    """Counts its calls."""

    calls = 0

    def forward(self, frames):
        self.calls += 1
        return super().forward(frames)


def newest(latencies_ms, fps=25, frames=20, inputs=1, video=None):
    """The newest predictions of a clip of 25 fps."""
    paths = [str(video / "b" / f"{number}.png") if video else "" for number in range(frames)]
    latencies_s = [Fraction(ms) / 1000 for ms in latencies_ms]
    along = timeline(frames, MS_40, 1 / Fraction(fps))
    return Newest(load_network(Counting()), latencies_s, along, Clip("b", paths), inputs)


def test_50_ms_at_25_fps_are_2_frames_and_every_fifth_time_3():
    # Runs begin at 0, 50, 100, 150, 200 ms, on frames 0, 1, 2, 3, 5, and end 50 ms later.
    ages = list(map(newest([50]).age, range(20)))
    assert ages == [None, None, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3, 2, 2, 2]
    shares = staleness("0.05", "0.04").shares
    assert {age: Fraction(ages[2:17].count(age), 15) for age in (2, 3)} == shares


@pytest.mark.parametrize("fps", [10, "29.97", 50])
@pytest.mark.parametrize("latencies_ms", [[1], [40], [76], [195], [900], [30, 90, 41]])
def test_ages_are_those_of_the_schedule(latencies_ms, fps):
    shown = newest(latencies_ms, fps)
    number = len(shown.timeline.images)
    times = [Fraction(ms, 1000) for ms in latencies_ms]
    expected = newest_frames(times, 1 / Fraction(fps), frames=number)
    for frame, source in enumerate(expected):
        age = shown.age(frame)
        assert (age is None) == (source is None)
        assert age is None or frame - age == source
    assert number == -(-20 * Fraction(fps) // 25)


@pytest.mark.parametrize(
    ("frame", "latency_ms", "words"),
    [
        (1, 50, "no prediction yet"),
        (5, 50, "2 frames old, 80 ms"),
        (6, 50, "3 frames old, 120 ms"),
        (6, 40, "1 frame old, 40 ms"),
    ],
)
def test_the_age_stands_under_the_picture(frame, latency_ms, words):
    column = Column(newest([latency_ms]), "title", "device", ("LAmIoU",))
    assert column.words(frame) == ["title", words, "LAmIoU"]


@pytest.mark.parametrize(
    ("latency_ms", "fps", "calls"),
    [
        (50, 25, 15),  # runs begin every 50 ms; the last that is finished at 760 ms began at 700
        (50, 50, 15),
        (10, 50, 20),  # of two frames of the camera, both show the same one of the data
        (50, 5, 3),
    ],
)
def test_a_prediction_is_made_once_for_each_that_is_shown(latency_ms, fps, calls, video):
    shown = newest([latency_ms], fps, video=video)
    for frame in range(len(shown.timeline.images)):
        shown.prediction(frame)
    assert shown.network.call.calls == calls


def test_each_frame_is_read_once(video, monkeypatch):
    read, open_image = [], movie_video.open_image
    monkeypatch.setattr(
        movie_video, "open_image", lambda path: read.append(path) or open_image(path)
    )
    shown = newest([50], video=video)
    for frame in range(20):
        shown.clip.image(frame)
        shown.prediction(frame)
    assert read == shown.clip.paths


def test_the_prediction_is_that_of_the_older_frame(video):
    shown = newest([50], video=video)
    assert shown.prediction(1) is None
    ids = shown.prediction(6)  # from frame 3, where the square begins at 2 + 2 * 3
    assert ids.sum() == 16 * 16 and ids[8:24, 8:24].all()


def test_two_input_frames_need_a_second_frame(video):
    shown = newest([30], inputs=2, video=video)
    assert [shown.age(frame) for frame in range(4)] == [None, None, 1, 1]
    assert shown.prediction(2)[8:24, 4:20].all()


def test_a_camera_sees_the_newest_frame_of_the_data():
    assert timeline(4, MS_40, MS_40).images == (0, 1, 2, 3)
    assert timeline(6, MS_40, Fraction(1, 10)).images == (0, 2, 5)  # at 0, 100, 200 ms
    assert timeline(3, MS_40, Fraction(1, 30)).images == (0, 0, 1, 2)  # at 0, 33, 67, 100 ms


def test_a_part_is_cut_out_of_the_whole():
    along = timeline(20, MS_40, MS_40)
    assert along.part() == range(20)
    assert along.part(0.2, 0.2) == range(5, 10)
    assert along.part(0.21, 0.04) == range(6, 7)  # begins at 0.24 s
    assert along.part(0.6, 9) == range(15, 20)


@pytest.mark.parametrize("part", [(0.8,), (9, 1), (0, 0), (0.21, 0.02)])
def test_a_part_without_a_frame_is_refused(part):
    words = r"no frame of the clip, which is 0.8 s long, .* begins at"
    with pytest.raises(BadInput, match=words):
        timeline(20, MS_40, MS_40).part(*part)


def test_more_frames_a_second_than_are_ever_shown_are_refused():
    with pytest.raises(BadInput, match="fps 1000 is more than the 240 of a movie"):
        timeline(20, MS_40, Fraction(1, 1000))
