"""What a running video counts: dropped frames, ages, k, and a clock that stands while paused."""

import json
import time
from threading import Thread

import numpy as np
import pytest

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.scoring.live.session import Frame, Session
from lasegm_core.support.errors import BadInput

INTERVAL_S = 0.04
PIXELS = np.zeros((4, 6, 3), np.uint8)


def frame(number):
    return Frame(number, number * INTERVAL_S, PIXELS)


@pytest.fixture
def session():
    return Session("drive.mp4", "net")


def test_nothing_is_known_before_the_first_frame(session):
    said = session.state()
    unknown = ("latency_ms", "k", "fps", "age_frames", "age_ms", "mean_age_frames")
    assert [said[name] for name in unknown] == [None] * 6
    assert (said["state"], said["frames"], said["classes"]) == ("loading the network", 0, [])
    assert str(session) == "0 frames, 0 predicted, 0 dropped"


def test_frames_between_two_that_are_taken_are_dropped(session):
    taken = -1
    for numbers in (range(3), range(3, 4), range(4, 9)):  # those that come during a call
        for number in numbers:
            session.publish(frame(number))
        found = session.take(taken)
        taken = found.number
        session.finish(found, np.zeros((4, 6), np.uint8), 0.1)
    # Taken: 2 (what came before it was not waited for), 3, 8; between the last two: 4, 5, 6, 7.
    assert (taken, session.predictions, session.dropped) == (8, 3, 4)


def test_the_age_is_that_of_the_newest_finished_prediction_at_each_frame(session):
    session.ready("cpu", CITYSCAPES, ("a note",))
    for number in range(7):
        session.publish(frame(number))
        if number in (2, 5):  # of 100 ms: frames 0 and 3 are finished between frames 2 and 3, ...
            ids = np.full((4, 6), number, np.uint8)
            session.finish(frame(number - 2), ids, 0.1)
    said = session.state()
    # Frames 3, 4, 5 show that of frame 0, frame 6 that of frame 3.
    assert (said["age_frames"], said["age_ms"]) == (3, pytest.approx(120))
    assert (said["mean_age_frames"], said["worst_age_frames"]) == ((3 + 4 + 5 + 3) / 4, 5)
    assert (said["fps"], said["latency_ms"], said["k"]) == (25, 100, 3)
    assert (said["state"], said["notes"], said["calls"]) == ("running", ["a note"], 2)
    seen = [of["name"] for of in said["classes"] if of["seen"]]
    assert seen == [CITYSCAPES.names[5]] and len(said["classes"]) == 19
    assert json.loads(json.dumps(said)) == json.loads(json.dumps(session.state()))
    assert "predictions 3.8 frames old on average, 5 at worst" in str(session)


@pytest.mark.parametrize(("latency_s", "k"), [(0.0399, 1), (0.04, 1), (0.0401, 2), (0.12, 3)])
def test_k_is_the_papers(session, latency_s, k):
    for number in range(3):
        session.publish(frame(number))
    session.finish(frame(0), np.zeros((4, 6), np.uint8), latency_s)
    assert session.state()["k"] == k


def test_the_latency_is_the_median_of_the_last_calls(session):
    for latency_s in [9.0] * 60 + [0.2] * 26 + [0.3] * 24:
        session.finish(frame(0), np.zeros((4, 6), np.uint8), latency_s)
    assert (session.state()["latency_ms"], session.state()["calls"]) == (200, 50)


def test_a_pause_stops_the_clock(session):
    begin = time.monotonic()
    session.pause(True)
    assert session.state()["state"] == "paused"
    Thread(target=lambda: (time.sleep(0.3), session.pause(False))).start()
    late_s = session.wait_until(begin, 0.1)
    assert 0.4 <= time.monotonic() - begin < 2 and late_s < 0.3
    assert session.state()["state"] == "loading the network"


def test_whoever_waits_is_woken_at_the_end(session):
    ended = []
    waits = [
        lambda: session.take(0),
        lambda: session.wait_until(time.monotonic(), 100),
        lambda: session.newest((-1, None), 100),
    ]
    threads = [Thread(target=lambda wait=wait: ended.append(wait())) for wait in waits]
    for thread in threads:
        thread.start()
    session.stop(BadInput("no frame"))
    session.stop(BadInput("later"))
    for thread in threads:
        thread.join(10)
    assert len(ended) == 3 and str(session.error) == "no frame"
    assert session.state()["state"] == "failed"
