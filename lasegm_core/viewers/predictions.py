"""The predictions of stored runs on clips: made once, kept as PNG files of class ids.

They lie beside the weights. Torch is loaded when the first one must be made.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from lasegm_core.data.clips import read_image
from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.experiments.runs import Run, run_folder
from lasegm_core.experiments.stored_runs import WEIGHTS
from lasegm_core.models.registry import entry
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.viewers.encoding import encoded

_LOADED = 4  # networks held in memory


class Clips(NamedTuple):
    """The clips that are predicted: their data set, the file of a frame, the length of a clip."""

    dataset: str
    path: Callable[[str, int], str]
    length: Callable[[str], int]


class Predictions:
    """The predictions of stored runs on clips.

    Args:
        clips: the clips.
        place: where runs and data are kept.
        folders: of stored runs; others are found by all that decides them.

    Attributes:
        loop: of the page's thread, which then waits for no prediction; None where viewers wait.
    """

    def __init__(self, clips: Clips, place: Place, folders: Mapping[Run, Path]) -> None:
        self.clips, self.place = clips, place
        self.loop: AbstractEventLoop | None = None
        self._folders = dict(folders)
        self._lock, self._ahead, self._asked = Lock(), ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._wanted: tuple = ()
        self._network = lru_cache(_LOADED)(self._load)

    def keeps(self, run: Run, clip: str) -> bool:
        """Tell whether predictions of a run are stored from the middle of a clip on."""
        frames = (self.clips.length(clip) // 2, self.clips.length(clip) - 1)
        return all(self._prediction_path(run, clip, frame).is_file() for frame in frames)

    def prediction(self, run: Run, clip: str, frame: int) -> bytes:
        """Predict a frame from the input frames that end in it, or find the stored prediction.

        Returns:
            PNG of class ids.

        Raises:
            BadInput: the run is not trained here, or a frame is missing.
        """
        if (found := self.stored(run, clip, frame)) is not None:
            return found
        path = self._prediction_path(run, clip, frame)
        with self._lock:  # the background thread may be at the same frame
            if not path.is_file():
                ids = self._predict(run, clip, frame)
                with atomic(path) as partial:
                    partial.write_bytes(encoded(ids))
        return path.read_bytes()

    def stored(self, run: Run, clip: str, frame: int) -> bytes | None:
        """Find a stored prediction; None if it must be made.

        Raises:
            BadInput: as `prediction`.
        """
        self._check(run)
        path = self._prediction_path(run, clip, frame)
        return path.read_bytes() if path.is_file() else None

    def ask(self, run: Run, clip: str, frame: int, then: Callable[[BadInput | None], None]) -> None:
        """Make a prediction in the background; `then` is called by the page's loop."""

        def make() -> None:
            fault = None
            try:
                self.prediction(run, clip, frame)
            except BadInput as error:
                fault = error
            except Exception as error:  # else the page would wait for ever
                fault = BadInput(f"{run.title} cannot predict: {error}")
            self.loop.call_soon_threadsafe(then, fault)

        self._asked.submit(make)

    def _check(self, run: Run) -> None:
        title = entry(run.network).title
        if run.dataset != self.clips.dataset:
            raise BadInput(
                f"{title} was trained for the classes of {run.dataset}, and these clips are of "
                f"{self.clips.dataset}: choose runs of one data set"
            )
        if not self.place.results and not self._has_weights(run):
            raise BadInput(f"{title} ({run.title}) has no weights here: train it with make first")

    def _has_weights(self, run: Run) -> bool:
        return (self._folder(run) / WEIGHTS).is_file()

    def _folder(self, run: Run) -> Path:
        return self._folders.get(run) or run_folder(run, self.place)

    def _prediction_path(self, run: Run, clip: str, frame: int) -> Path:
        if self.place.results:
            return prediction_file(self.place.results, run.title, self.clips.path(clip, frame))
        return self._folder(run) / "predictions" / f"{clip.replace('/', '_')}-{frame:06d}.png"

    def _load(self, run: Run) -> Callable:
        """Load a network, which must be of the current code and data: else it would be trained."""
        from lasegm_core.experiments.making import ensure_network  # loads torch

        if run_folder(run, self.place) != self._folder(run):
            raise BadInput(
                f"{run.title} was trained by other code or on other data, and cannot predict: "
                "make reproduce-table1 trains it again"
            )
        return ensure_network(run, self.place)

    def _predict(self, run: Run, clip: str, frame: int) -> np.ndarray:
        if self.place.results:
            raise BadInput(
                f"{self.place.results} keeps no prediction of {run.title} from frame {frame} of "
                f"{clip}: choose another clip or run"
            )
        if frame < run.inputs - 1:
            raise BadInput(f"frame {frame} has too few before it for {run.inputs} input frames")
        import torch

        numbers = range(frame - run.inputs + 1, frame + 1)
        inputs = torch.stack([read_image(self.clips.path(clip, number)) for number in numbers])
        with torch.inference_mode():
            logits = self._network(run)(inputs[None] / 255)  # (1, K, H, W)
        return logits[0].argmax(0).to(torch.uint8).numpy()

    def work_ahead(self, runs: tuple[Run, ...], clip: str) -> None:
        """Predict the frames of a clip in the background, until another clip is requested."""
        if self._wanted != (runs, clip) and not self.place.results:
            self._wanted = (runs, clip)
            self._ahead.submit(self._fill, runs, clip)

    def _fill(self, runs: tuple[Run, ...], clip: str) -> None:
        for frame in range(self.clips.length(clip)):
            for run in runs:
                if self._wanted != (runs, clip):
                    return
                try:
                    self.prediction(run, clip, frame)
                except BadInput:
                    continue  # the fault is shown when that frame is opened
