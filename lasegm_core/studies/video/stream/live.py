"""A real stream: predictions frame by frame, key frames by a second worker in the background."""

import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from fractions import Fraction
from typing import NamedTuple

import torch
from torch import nn

from lasegm_core.latency.timing import class_ids
from lasegm_core.studies.video.parts.deviation import Policy
from lasegm_core.studies.video.parts.propagation import Key
from lasegm_core.studies.video.stream.timeline import MODES, Output
from lasegm_core.support.errors import BadInput, known


class Numbered(NamedTuple):
    """A key frame and its number in the stream."""

    number: int
    key: Key


class Live:
    """Predicts the frames of a stream as they come.

    A stream survives faults. Dropped frames are recognised by their numbers. At the start and after
    a change of size, it waits for a key frame. If the second worker fails, it continues with the
    last key frame. Changes of size and failures are reported.

    Args:
        network: in three parts, in evaluation mode.
        propagation: of its features (see `methods.make_propagation`).
        policy: tells when a key frame is due.
        mode: "background", or "wait" for key frames in the foreground.
        say: gets each message; warns by default.
    """

    def __init__(
        self,
        network: nn.Module,
        propagation: nn.Module,
        policy: Policy,
        mode: str = "background",
        say: Callable[[str], None] = warnings.warn,
    ) -> None:
        self.network, self.propagation, self.policy = network, propagation, policy
        self.mode, self.say = known("mode", mode, MODES), say
        self.last: Numbered | None = None
        self._worker = ThreadPoolExecutor(1, "key frames")
        self._coming: Future[Numbered] | None = None
        cuda = next(network.parameters()).is_cuda
        self._stream = torch.cuda.Stream() if cuda else None

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_error) -> None:
        self._worker.shutdown(cancel_futures=True)

    @torch.inference_mode()
    def predict(self, number: int, frame: torch.Tensor) -> tuple[torch.Tensor, int]:
        """Predict a frame.

        Args:
            number: of the frame in the stream; larger than the last one.
            frame: (3, H, W) in 0..1, on the network's device.

        Returns:
            Class ids (H, W), uint8, and the number of the key frame that they come from.

        Raises:
            BadInput: `frame` is not a frame.
        """
        if frame.ndim != 3 or len(frame) != 3 or not frame.is_floating_point():
            found = f"{frame.dtype} {tuple(frame.shape)}"
            raise BadInput(f"frame {number} must be float (3, H, W) in 0..1, not {found}")
        frame = frame[None]
        low = self.network.low(frame[:, None])
        self._collect(frame)
        if self._must_wait(number, frame, low):
            self.last = Numbered(number, Key(frame, low, self.network.high(low)))
        elif not self._coming and self._due(number, low):
            self._coming = self._worker.submit(self._compute, number, frame, low)
        key = self.last.key
        high = key.high if self.last.number == number else self.propagation(key, frame, low)
        logits = self.network.head(high, low, frame.shape[-2:])
        return class_ids(logits)[0], self.last.number

    def _must_wait(self, number: int, frame: torch.Tensor, low: torch.Tensor) -> bool:
        """Tell whether the key frame has to be computed at once."""
        if self.last is None:
            return True
        if self.last.key.frame.shape != frame.shape:
            size = "x".join(map(str, frame.shape[-2:]))
            self.say(f"frame {number} has another size, {size}: it is a key frame")
            return True
        return self.mode == "wait" and self._due(number, low)

    def _due(self, number: int, low: torch.Tensor) -> bool:
        return self.policy.due(self.last.number, number, (self.last.key.low, low))

    def _collect(self, frame: torch.Tensor) -> None:
        """Take the key frame from the background if it is ready and has the frame's size."""
        if not self._coming or not self._coming.done():
            return
        coming, self._coming = self._coming, None
        if error := coming.exception():
            self.say(f"{error}: continuing with key frame {self.last.number}")
        elif coming.result().key.frame.shape == frame.shape:
            self.last = coming.result()

    @torch.inference_mode()
    def _compute(self, number: int, frame: torch.Tensor, low: torch.Tensor) -> Numbered:
        """Compute a key frame's high-level features, on a CUDA stream of its own."""
        try:
            if self._stream:
                self._stream.wait_stream(torch.cuda.default_stream())
            with torch.cuda.stream(self._stream) if self._stream else nullcontext():
                high = self.network.high(low)
            if self._stream:
                self._stream.synchronize()
        except Exception as error:
            raise RuntimeError(f"key frame {number} failed in the background, {error}") from error
        return Numbered(number, Key(frame, low, high))


def run(live: Live, frames: Sequence[torch.Tensor], interval_s: float) -> list[Output]:
    """Feed frames to a stream at the camera's pace; it takes the newest one when it is free.

    Args:
        live: the stream, new.
        frames: (3, H, W) in 0..1 each.
        interval_s: seconds between frames.

    Returns:
        The outputs and their times, in the form of `timeline.simulate`.
    """
    outputs, frame, begun = [], -1, time.perf_counter()
    while (frame := max(frame + 1, int((time.perf_counter() - begun) / interval_s))) < len(frames):
        time.sleep(max(0.0, frame * interval_s - (time.perf_counter() - begun)))
        start = time.perf_counter() - begun
        _, key = live.predict(frame, frames[frame])
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        done = time.perf_counter() - begun
        outputs.append(Output(frame, key, Fraction(start), Fraction(done)))
    return outputs
