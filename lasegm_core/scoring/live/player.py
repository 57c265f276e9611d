"""The thread that runs the video: a file at the pace of its times, a camera as it comes."""

import time
from collections.abc import Callable
from itertools import count, pairwise
from statistics import median

from lasegm_core.scoring.live.session import Frame, Session
from lasegm_core.scoring.live.source import Source
from lasegm_core.support.errors import BadInput

LATE_S = 0.1  # a frame that is read later than this is missed: the video does not wait for it


def play(session: Session, find: Callable[[], Source], once: bool = False) -> None:
    """Hand on the frames of a source until the session is stopped, or the video has ended.

    Args:
        session: takes the frames, and an error.
        find: finds the video.
        once: a file ends; else it begins again, and its time goes on.
    """
    try:
        source = find()
        number, offset_s, begin = 0, 0.0, time.monotonic()
        for turn in count(1):
            session.turns = turn
            times = _turn(session, source, number, offset_s, begin)
            if session.stopped or once or source.runs:
                break
            if not times:
                raise BadInput(f"{source.title} has no frame: name another video")
            number, offset_s = number + len(times), offset_s + _length(times)
        session.ended = True
    except Exception as error:  # of a file or a camera, whatever it is: the page ends with it
        session.stop(error)


def _turn(
    session: Session, source: Source, number: int, offset_s: float, begin: float
) -> list[float]:
    """Hand on the frames from the first to the last; returns their times.

    Args:
        session: takes the frames.
        source: the video.
        number: of the first frame.
        offset_s: time of the first frame.
        begin: the moment at which the time was 0.
    """
    times: list[float] = []
    for time_s, read in source.shots():
        late_s = 0.0 if source.runs else session.wait_until(begin, offset_s + time_s)
        if session.stopped:
            break
        if source.runs and session.paused:
            continue
        if late_s < LATE_S:
            session.publish(Frame(number + len(times), offset_s + time_s, read()))
        else:
            session.missed += 1
        times.append(time_s)
    return times


def _length(times: list[float]) -> float:
    """Find how long frames of these times are, in s: the last one is shown as long as others."""
    apart = [after - before for before, after in pairwise(times)]
    return times[-1] + (median(apart) if apart else 1.0)
