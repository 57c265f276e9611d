"""What the threads of a running video share: the newest frame and prediction, and counts."""

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from statistics import median
from threading import Condition
from typing import NamedTuple

import numpy as np

from lasegm_core.data.labels import Classes
from lasegm_core.metric.offsets import frame_offset

LAST = 50  # latencies and intervals that are looked back on


class Frame(NamedTuple):
    """A frame: its number, its time in s of the video, and uint8 RGB (H, W, 3)."""

    number: int
    time_s: float
    pixels: np.ndarray


class Prediction(NamedTuple):
    """A finished prediction: number and time in s of its frame, and class ids (H, W)."""

    number: int
    time_s: float
    ids: np.ndarray


class Session:
    """A running video and the network that works on it; every method may be called by any thread.

    Args:
        video: its name.
        network: its name.

    Attributes:
        paused: the video is at a stand.
        stopped: the threads are to end.
        error: what ended it, if something did.
    """

    def __init__(self, video: str, network: str) -> None:
        self.video, self.network = video, network
        self.device, self.notes, self.classes = "", (), None
        self.frame: Frame | None = None
        self.prediction: Prediction | None = None
        self.paused = self.stopped = self.ended = False
        self.error: BaseException | None = None
        self.when_stopped: Callable[[], None] = lambda: None
        self.turns = self.predictions = self.dropped = self.missed = 0
        self._latencies, self._intervals = deque(maxlen=LAST), deque(maxlen=LAST)
        self._ages: Counter = Counter()
        self._changed, self._stood_s, self._since = Condition(), 0.0, 0.0

    def stop(self, error: BaseException | None = None) -> None:
        """End the threads; the first error is kept."""
        with self._changed:
            self.error = self.error or error
            self.stopped = True
            self._changed.notify_all()
        self.when_stopped()

    def pause(self, paused: bool) -> None:
        """Let the video stand, or run on."""
        with self._changed:
            if paused and not self.paused:
                self._since = time.monotonic()
            elif self.paused and not paused:
                self._stood_s += time.monotonic() - self._since
            self.paused = paused
            self._changed.notify_all()

    def wait_until(self, begin: float, time_s: float) -> float | None:
        """Wait for a time of a video that began at a moment, by the monotonic clock.

        Returns:
            How late it is, in s; None if the threads are to end.
        """
        with self._changed:
            while not self.stopped:
                late_s = time.monotonic() - self._stood_s - begin - time_s
                if not self.paused and late_s >= 0:
                    return late_s
                self._changed.wait(None if self.paused else -late_s)
        return None

    def publish(self, frame: Frame) -> None:
        """Make a frame the newest."""
        with self._changed:
            if self.frame and frame.number == self.frame.number + 1:
                self._intervals.append(frame.time_s - self.frame.time_s)
            if self.prediction:
                self._ages[frame.number - self.prediction.number] += 1
            self.frame = frame
            self._changed.notify_all()

    def take(self, after: int) -> Frame | None:
        """Wait for a frame that is newer than number `after`; None if the threads are to end.

        Frames between the two are counted as dropped, from the second one taken on.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.stopped or self._number() > after)
            if self.stopped:
                return None
            if after >= 0:
                self.dropped += self.frame.number - after - 1
            return self.frame

    def _number(self) -> int:
        return -1 if self.frame is None else self.frame.number

    def ready(self, device: str, classes: Classes, notes: tuple[str, ...]) -> None:
        """Say that the network is loaded."""
        with self._changed:
            self.device, self.classes, self.notes = device, classes, notes

    def finish(self, frame: Frame, ids: np.ndarray, latency_s: float) -> None:
        """Make the prediction of a frame the newest."""
        with self._changed:
            self.prediction = Prediction(frame.number, frame.time_s, ids)
            self.predictions += 1
            self._latencies.append(latency_s)
            self._changed.notify_all()

    def newest(
        self, seen: tuple, timeout_s: float
    ) -> tuple[tuple, Frame | None, Prediction | None]:
        """Wait for a frame or prediction that was not seen; returns what tells them, and both."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped or self._told() != seen, timeout_s)
            return self._told(), self.frame, self.prediction

    def _told(self) -> tuple:
        return self._number(), self.prediction.number if self.prediction else None

    def __str__(self) -> str:
        said = self.state()
        words = f"{said['frames']} frames, {self.predictions} predicted, {self.dropped} dropped"
        if said["latency_ms"] is None:
            return words
        words += f", latency {said['latency_ms']:.1f} ms (last {said['calls']} calls)"
        if said["mean_age_frames"] is None:
            return words
        mean, worst = said["mean_age_frames"], said["worst_age_frames"]
        return f"{words}, predictions {mean:.1f} frames old on average, {worst} at worst"

    def state(self) -> dict:
        """Say everything in words and numbers, as JSON has them; what is not known yet is None."""
        with self._changed:
            classes, prediction = self.classes, self.prediction
            latency_s = median(self._latencies) if self._latencies else None
            interval_s = median(self._intervals) if self._intervals else None
            said = {
                **{"video": self.video, "network": self.network, "device": self.device},
                **{"notes": list(self.notes), "state": self._state(), "turns": self.turns},
                **{"frames": self._number() + 1, "predictions": self.predictions},
                **{"dropped": self.dropped, "missed": self.missed, "calls": len(self._latencies)},
                "fps": interval_s and round(1 / interval_s, 3),
                "latency_ms": latency_s and round(1000 * latency_s, 3),
                "k": latency_s and interval_s and _offset(latency_s, interval_s),
                **self._age(),
            }
        return said | {"classes": _legend(classes, prediction)}

    def _state(self) -> str:
        if self.error or self.stopped:
            return "failed" if self.error else "stopped"
        if self.ended or self.paused:
            return "ended" if self.ended else "paused"
        return "running" if self.classes else "loading the network"

    def _age(self) -> dict:
        """Say how old the prediction is that lies over the newest frame, and has been so far."""
        if not self._ages:
            return dict.fromkeys(("age_frames", "age_ms", "mean_age_frames", "worst_age_frames"))
        return {
            "age_frames": self.frame.number - self.prediction.number,
            "age_ms": round(1000 * (self.frame.time_s - self.prediction.time_s), 1),
            "mean_age_frames": round(_mean(self._ages), 3),
            "worst_age_frames": max(self._ages),
        }


def _mean(ages: Mapping[int, int]) -> float:
    return sum(age * number for age, number in ages.items()) / sum(ages.values())


def _legend(classes: Classes | None, prediction: Prediction | None) -> list[dict]:
    """List the classes: name, colour, and whether the newest prediction has it."""
    if classes is None:
        return []
    ids = np.empty(0, np.uint8) if prediction is None else prediction.ids.ravel()
    seen = np.bincount(ids, minlength=256) > 0
    rows = zip(classes.names, classes.colors, seen.tolist(), strict=False)
    return [{"name": name, "color": rgb, "seen": there} for name, rgb, there in rows]


def _offset(latency_s: float, interval_s: float) -> int:
    return frame_offset(round(latency_s, 6), round(interval_s, 6))
