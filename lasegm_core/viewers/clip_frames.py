"""The val clips frame by frame, and the predictions of stored runs on them.

Torch is loaded when the first prediction must be made.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import product
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
import pandas as pd

from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.pixels.images import open_image
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.experiments.results.result_set import prediction_file
from lasegm_core.experiments.runs import Run, run_folder
from lasegm_core.experiments.stored_runs import WEIGHTS
from lasegm_core.models.registry import entry
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.viewers.facts.motion import motions

_LOSSLESS = 2**17  # pixels; larger frames go to the browser as JPEG
_KEPT = 256  # images and labels held in memory, encoded


class ClipFrames:
    """The frames, labels and predictions of a val split, encoded for the browser.

    Predictions are stored beside the weights as PNG files of class ids; they are made at the first
    request or ahead of it.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where runs and data are kept.
        folders: of stored runs; others are found by all that decides them.

    Attributes:
        dataset: name of the data set.
        profile: name of the profile.
        classes: the class table.
        motions: by clip, how much it moves; None where labels are too far apart.
        clips: names of the clips, the one that moves most first.
        interval_s: seconds between frames.
        loop: of the page's thread, which then waits for no prediction; None where viewers wait.
    """

    def __init__(
        self,
        dataset_name: str,
        profile_name: str,
        place: Place,
        folders: Mapping[Run, Path] | None = None,
    ) -> None:
        self.dataset, self.profile, self.place = dataset_name, profile_name, place
        self.classes = class_table(dataset_name, profile_name, place)
        frames = split_frames(dataset_name, profile_name, place, "val")
        kept = None if place.results else place.build / "explorer"
        self.motions = motions(frames, lambda path: read_label(path, self.classes), kept)
        self.clips = list(self.motions)
        self.interval_s = float(frames["interval_s"].median())
        self.loop: AbstractEventLoop | None = None
        self._frames = dict(list(frames.groupby("clip", sort=False)))
        self._folders = dict(folders or {})
        self._lock, self._ahead, self._asked = Lock(), ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._wanted: tuple = ()
        self._network = lru_cache(4)(self._load)
        self.image = lru_cache(_KEPT)(self._image)
        self.label = lru_cache(_KEPT)(self._label)

    def title(self, clip: str) -> str:
        """Name a clip by its motion; by its own name where that is not known."""
        found = self.motions[clip]
        return f"{found.words} ({clip})" if found else clip

    def start(self, runs: list[Run]) -> int:
        """Find the clip that moves most; of committed results, among those that runs predict."""
        if not (self.place.results and runs):
            return 0
        kept = [sum(self._keeps(run, clip) for run in runs) for clip in self.clips]
        return kept.index(max(kept))

    def _keeps(self, run: Run, clip: str) -> bool:
        frames = (self.length(clip) // 2, self.length(clip) - 1)
        return all(self._prediction_path(run, clip, frame).is_file() for frame in frames)

    def length(self, clip: str) -> int:
        """Count the frames of a clip."""
        return len(self._frames[clip])

    def last_labelled(self, clip: str) -> int:
        """Find the last frame of a clip that has a label; its last frame if none has."""
        labelled = np.flatnonzero(self._frames[clip]["label"] != "")
        return int(labelled[-1]) if len(labelled) else self.length(clip) - 1

    def _row(self, clip: str, frame: int) -> pd.Series:
        rows = self._frames[clip]
        if not 0 <= frame < len(rows):
            raise BadInput(f"clip {clip} has no frame {frame}: its frames are 0..{len(rows) - 1}")
        return rows.iloc[frame]

    def _path(self, clip: str, frame: int) -> str:
        path = self._row(clip, frame)["image"]
        if not path:
            raise BadInput(f"clip {clip} lacks frame {frame} on disk: choose another frame")
        return path

    def _image(self, clip: str, frame: int) -> bytes:
        """Encode a frame as PNG, or as JPEG if it is large.

        Raises:
            BadInput: the frame is missing or does not decode.
        """
        pixels = cv2.cvtColor(np.array(open_image(self._path(clip, frame))), cv2.COLOR_RGB2BGR)
        large = pixels.shape[0] * pixels.shape[1] > _LOSSLESS
        return encoded(pixels, ".jpg" if large else ".png")

    def _label(self, clip: str, frame: int) -> bytes:
        """Encode the class ids of a frame's label as PNG; empty if the frame has none.

        Raises:
            BadInput: the label is missing or does not decode.
        """
        path = self._row(clip, frame)["label"]
        return encoded(read_label(path, self.classes)) if path else b""

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

    def keep(self, runs: Iterable[Run], clip: str, out: Path) -> None:
        """Keep a clip and what runs predict on it in a set of results, if it may be passed on."""
        from lasegm_core.reports.samples import keep_clips  # loads torch

        if not keep_clips(self.dataset, self.profile, self.place, [clip], out):
            return
        for run, frame in product(runs, range(self.length(clip))):
            if frame >= run.inputs - 1:
                path = prediction_file(out, run.title, self._path(clip, frame))
                with atomic(path) as partial:
                    partial.write_bytes(self.prediction(run, clip, frame))

    def _check(self, run: Run) -> None:
        title = entry(run.network).title
        if run.dataset != self.dataset:
            raise BadInput(
                f"{title} was trained for the classes of {run.dataset}, and these clips are of "
                f"{self.dataset}: choose runs of one data set"
            )
        if not self.place.results and not (self._folder(run) / WEIGHTS).is_file():
            raise BadInput(f"{title} ({run.title}) has no weights here: train it with make first")

    def _folder(self, run: Run) -> Path:
        return self._folders.get(run) or run_folder(run, self.place)

    def _prediction_path(self, run: Run, clip: str, frame: int) -> Path:
        if self.place.results:
            return prediction_file(self.place.results, run.title, self._path(clip, frame))
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
        inputs = torch.stack([read_image(self._path(clip, number)) for number in numbers])
        with torch.inference_mode():
            logits = self._network(run)(inputs[None] / 255)  # (1, K, H, W)
        return logits[0].argmax(0).to(torch.uint8).numpy()

    def work_ahead(self, runs: tuple[Run, ...], clip: str) -> None:
        """Predict the frames of a clip in the background, until another clip is requested."""
        if self._wanted != (runs, clip) and not self.place.results:
            self._wanted = (runs, clip)
            self._ahead.submit(self._fill, runs, clip)

    def _fill(self, runs: tuple[Run, ...], clip: str) -> None:
        for frame in range(self.length(clip)):
            for run in runs:
                if self._wanted != (runs, clip):
                    return
                try:
                    self.prediction(run, clip, frame)
                except BadInput:
                    continue  # the fault is shown when that frame is opened


def encoded(pixels: np.ndarray, suffix: str = ".png") -> bytes:
    """Encode class ids or BGR pixels; PNG with fast rather than small compression."""
    quick = [cv2.IMWRITE_PNG_COMPRESSION, 1] if suffix == ".png" else []
    return cv2.imencode(suffix, pixels, quick)[1].tobytes()


def decoded(ids: bytes) -> np.ndarray:
    """Decode class ids (H, W)."""
    return cv2.imdecode(np.frombuffer(ids, np.uint8), cv2.IMREAD_UNCHANGED)
