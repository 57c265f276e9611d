"""The newest prediction of a network at each frame of a camera."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import torch

from lasegm_core.latency.timing import class_ids
from lasegm_core.metric.staleness import newest_frames
from lasegm_core.models.own.network import Network
from lasegm_core.scoring.movie.timeline import Timeline
from lasegm_core.scoring.movie.video import Clip
from lasegm_core.support.errors import BadInput


class Newest:
    """What one device, which always works on the newest frame, has finished by each frame.

    A prediction is made when it is first asked for, and held until a newer one is.

    Args:
        network: takes (1, T, 3, H, W); None where `_predict` needs none.
        latencies_s: seconds of its calls, taken in order, over and over.
        timeline: of the camera.
        clip: what the camera sees.
        inputs: number T of input frames.
    """

    def __init__(
        self,
        network: Network | None,
        latencies_s: Sequence[Fraction],
        timeline: Timeline,
        clip: Clip,
        inputs: int = 1,
    ) -> None:
        self.network, self.timeline, self.clip, self.inputs = network, timeline, clip, inputs
        number = len(timeline.images)
        self.frames = newest_frames(latencies_s, timeline.interval_s, frames=number)
        self._held: tuple[tuple[int, ...], np.ndarray | None] = ((), None)

    def age(self, frame: int) -> int | None:
        """Find how many frames old the newest prediction is; None if there is none yet."""
        source = self.frames[frame]
        return None if source is None or source < self.inputs - 1 else frame - source

    def prediction(self, frame: int) -> np.ndarray | None:
        """Make the newest prediction at a frame: class ids (H, W), or None if there is none yet.

        Raises:
            BadInput: an input frame cannot be read, or the network gives NaN.
        """
        age = self.age(frame)
        if age is None:
            return None
        last = frame - age
        sources = range(last - self.inputs + 1, last + 1)
        inputs = tuple(self.timeline.images[source] for source in sources)
        if self._held[0] != inputs:
            self._held = inputs, self._predict(inputs)
        return self._held[1]

    @torch.inference_mode()
    def _predict(self, inputs: tuple[int, ...]) -> np.ndarray:
        images = np.stack([self.clip.image(number) for number in inputs])  # (T, H, W, 3)
        frames = torch.from_numpy(images).permute(0, 3, 1, 2)[None]
        logits = self.network.call(frames.to(self.network.device) / 255)
        if logits.isnan().any():
            raise BadInput(f"{self.network.title} gives NaN: is it trained?")
        return class_ids(logits)[0].cpu().numpy()
