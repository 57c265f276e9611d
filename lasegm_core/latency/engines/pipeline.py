"""End to end: from a camera's JPEG or PNG to class ids, timed by stage, and overlapped.

When overlapped, the next frame is prepared while the network runs: by a thread, and on a GPU by a
copy stream from two buffers in pinned memory. The interval between outputs then falls below the sum
of the stages. The latency of an output does not, because its frame waits.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import cycle

import cv2
import numpy as np
import pandas as pd
import torch

from lasegm_core.latency.timing import class_ids
from lasegm_core.models.own.network import Call
from lasegm_core.support.errors import BadInput

STAGES = ("decode", "resize", "upload", "normalise", "forward", "argmax", "download")
PREPARED = STAGES[:4]  # the stages before the network


class Pipeline:
    """The stages of one network, with one input frame.

    Args:
        call: takes float frames in 0..1 on the device, (1, 1, 3, H, W), and gives logits.
        size: (H, W) that the network takes.
        device: "cpu" or "cuda".
    """

    def __init__(self, call: Call, size: tuple[int, int], device: str = "cpu") -> None:
        on_gpu = device == "cuda"
        self.call, self.size, self.device = call, size, device
        buffers = [torch.empty(*size, 3, dtype=torch.uint8, pin_memory=on_gpu) for _ in range(2)]
        self.buffers = cycle([(buffer, torch.cuda.Event()) for buffer in buffers] if on_gpu else [])
        self.copying = torch.cuda.Stream() if on_gpu else None
        self.functions: dict[str, Callable] = {
            "decode": decode,
            "resize": self._resize,
            "upload": self._upload,
            "normalise": _normalise,
            "forward": call,
            "argmax": class_ids,
            "download": lambda ids: ids[0].cpu().numpy(),
        }

    def _resize(self, image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, self.size[::-1])

    def _upload(self, image: np.ndarray) -> torch.Tensor:
        """Bring an image (H, W, 3) to the device, to a GPU from pinned memory in the background."""
        if self.device != "cuda":
            return torch.from_numpy(image)
        buffer, free = next(self.buffers)
        free.synchronize()  # its last upload is done
        buffer.numpy()[:] = image
        uploaded = buffer.to("cuda", non_blocking=True)
        free.record()
        return uploaded

    @torch.inference_mode()
    def prepare(self, encoded: bytes) -> tuple[torch.Tensor, torch.cuda.Event | None]:
        """Run the stages before the network, on a GPU in the copy stream.

        Returns:
            Frames (1, 1, 3, H, W) on the device, and the event after which they are there.
        """
        with torch.cuda.stream(self.copying) if self.copying else nullcontext():
            value = encoded
            for stage in PREPARED:
                value = self.functions[stage](value)
            return value, self.copying.record_event() if self.copying else None

    @torch.inference_mode()
    def predict(self, frames: torch.Tensor, there: torch.cuda.Event | None = None) -> np.ndarray:
        """Run the network on prepared frames: class ids (H, W), uint8, in host memory."""
        if there is not None:
            torch.cuda.current_stream().wait_event(there)
            frames.record_stream(torch.cuda.current_stream())
        value = frames
        for stage in STAGES[len(PREPARED) :]:
            value = self.functions[stage](value)
        return value

    def __call__(self, encoded: bytes) -> np.ndarray:
        """Run all stages, one after the other."""
        return self.predict(*self.prepare(encoded))

    def overlapped(self, stream: Sequence[bytes]) -> Iterator[tuple[float, np.ndarray]]:
        """Predict the frames of a stream; the next one is prepared while the network runs.

        Yields:
            For each frame, the time at which its preparation began, and its class ids.
        """
        with ThreadPoolExecutor(1) as helper:
            ahead = helper.submit(self._timed_preparation, stream[0])
            for following in [*stream[1:], None]:
                began, prepared = ahead.result()
                if following is not None:
                    ahead = helper.submit(self._timed_preparation, following)
                yield began, self.predict(*prepared)

    def _timed_preparation(self, encoded: bytes) -> tuple[float, tuple]:
        began = time.perf_counter()
        return began, self.prepare(encoded)

    @torch.inference_mode()
    def stages(self, encoded: bytes) -> dict[str, float]:
        """Time each stage of one frame, in seconds; the device is synchronised after each."""
        value, seconds = encoded, {}
        for stage in STAGES:
            start = time.perf_counter()
            value = self.functions[stage](value)
            if self.device == "cuda":
                torch.cuda.synchronize()
            seconds[stage] = time.perf_counter() - start
        return seconds


def decode(encoded: bytes) -> np.ndarray:
    """Decode JPEG or PNG bytes to uint8 RGB (H, W, 3).

    Raises:
        BadInput: they are neither.
    """
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise BadInput(f"a frame of {len(encoded)} bytes does not decode: send JPEG or PNG")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _normalise(image: torch.Tensor) -> torch.Tensor:
    """Map uint8 (H, W, 3) to float in 0..1, (1, 1, 3, H, W); statistics are the network's own."""
    return image.permute(2, 0, 1)[None, None] / 255


def encode(image: np.ndarray, suffix: str = ".jpg") -> bytes:
    """Encode uint8 RGB (H, W, 3) as JPEG or PNG."""
    return cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


@dataclass(frozen=True)
class Times:
    """Times of one stream in seconds, run in three ways in turn.

    Attributes:
        stages: a row a frame, a column a stage, the device synchronised after each.
        plain: latency of each frame, all stages one after the other; also the interval.
        interval: between outputs, overlapped; one value a round.
        latency: of each frame, overlapped: from the start of its preparation to its class ids.
    """

    stages: pd.DataFrame
    plain: list[float]
    interval: list[float]
    latency: list[float]

    def table(self) -> pd.DataFrame:
        """Make one row of medians in ms: the stages, their sum, and the overlapped stream.

        Returns:
            The stages; `sum`; `plain`; `interval` and `latency`, overlapped; `saved`, the share by
            which the interval is shorter than the sum.
        """
        row = {name: np.median(values) for name, values in self.stages.items()}
        row["sum"] = np.median(self.stages.sum(axis=1))
        for name in ("plain", "interval", "latency"):
            row[name] = np.median(getattr(self, name))
        row = {name: 1000 * value for name, value in row.items()}
        return pd.DataFrame([row | {"saved": 1 - row["interval"] / row["sum"]}])


def time_stream(pipeline: Pipeline, stream: Sequence[bytes], rounds: int = 3) -> Times:
    """Time a stream by stages, plain, and overlapped, in turn, so that load affects all alike.

    Args:
        pipeline: of the network.
        stream: frames, as JPEG or PNG; the next one is always ready.
        rounds: how often it is run in each way.
    """
    list(pipeline.overlapped(stream))  # warm
    rows, plain, interval, latency = [], [], [], []
    for _ in range(rounds):
        rows += [pipeline.stages(encoded) for encoded in stream]
        for encoded in stream:
            start = time.perf_counter()
            pipeline(encoded)
            plain.append(time.perf_counter() - start)
        start = time.perf_counter()
        for began, _ids in pipeline.overlapped(stream):
            latency.append(time.perf_counter() - began)
        interval.append((time.perf_counter() - start) / len(stream))
    return Times(pd.DataFrame(rows), plain, interval, latency)
