"""Shared by the viewers of clips: controls of time and look, pictures and their legend."""

from abc import abstractmethod

import ipywidgets as w
import numpy as np

from lasegm_core.experiments.runs import Run
from lasegm_core.support.errors import BadInput
from lasegm_core.support.machine import COMMIT
from lasegm_core.viewers.awaited import Awaited
from lasegm_core.viewers.base import Control, Viewer, row
from lasegm_core.viewers.browser.controls import Choice, Numbers, Slider
from lasegm_core.viewers.browser.widgets import Legend, Picture
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.views import stills
from lasegm_core.viewers.views.look import COLORS, ClipChoice, ious, palette
from lasegm_core.viewers.views.saved import Scene, saved


class ClipViewer(Viewer):
    """Pictures of one frame of one clip; subclasses choose them in `scenes`.

    Args:
        clip_frames: the clips.
        pictures: the largest number of pictures.
        shows: the views of `Picture` to choose from.
        own: the controls of the subclass.
        state: what is shown at first.
        below: further parts, under the pictures.
    """

    drawn_in_browser = ("opacity", "hidden", "split")
    plays = True
    columns = ("IoU in this frame",)

    def __init__(
        self,
        clip_frames: ClipFrames,
        pictures: int,
        shows: tuple[str, ...],
        own: dict[str, w.Widget],
        state: dict,
        below: tuple[w.Widget, ...] = (),
    ) -> None:
        self.clip_frames = clip_frames
        self._awaited = Awaited(clip_frames.predictions, self._changed)
        self._make_controls(shows)
        names = list(clip_frames.classes.names)
        self.pictures = [Picture(names=names) for _ in range(pictures)]
        self.legend = Legend(names=names)
        for picture in self.pictures:
            w.jslink((self.opacity, "value"), (picture, "opacity"))
            w.jslink((self.legend, "hidden"), (picture, "hidden"))
            picture.on_msg(self._step)
        self.clip.observe(self._fit_frames, "value")
        rows = [
            row(*own.values()),
            row(self.clip, self.frame),
            row(self.show, self.opacity, self.colors),
            w.HBox([self._main(below), self.legend]).add_class("lasegm-row"),
        ]
        shared = ("clip", "frame", "show", "opacity", "colors")
        controls: dict[str, Control] = {name: (widget, "value") for name, widget in own.items()}
        controls |= {name: (getattr(self, name), "value") for name in shared}
        controls |= {"hidden": (self.legend, "hidden")}
        super().__init__(rows, controls | self.own_controls(), state)

    def _main(self, below: tuple[w.Widget, ...]) -> w.VBox:
        pictures = w.HBox(self.pictures).add_class("lasegm-row")
        return w.VBox([pictures, *below]).add_class("lasegm-main")

    def _make_controls(self, shows: tuple[str, ...]) -> None:
        clips = self.clip_frames.clips
        last = self.clip_frames.length(clips[0]) - 1
        start = self.clip_frames.last_labelled(clips[0])
        self.clip = ClipChoice(self.clip_frames)
        play_ms = max(50.0, 1000 * self.clip_frames.interval_s)
        self.frame = Numbers(value=start, max=last, description="frame", play_ms=play_ms)
        self.show = Choice({name: name for name in shows}, description="show", kind="buttons")
        self.opacity = Slider(value=0.6, step=0.05, description="opacity")
        self.colors = Choice(COLORS, description="colours", kind="buttons")

    def own_controls(self) -> dict[str, Control]:
        """Return further parts of the state."""
        return {}

    @property
    def clip_name(self) -> str:
        """The name of the shown clip."""
        return self.clip_frames.clips[int(self.clip.value)]

    @property
    def asked(self) -> set:
        """The predictions that are being made."""
        return self._awaited.asked

    def predicted(self, run: Run, frame: int) -> bytes:
        """Find a prediction on the clip; on a page, one that is not there is made meanwhile.

        Raises:
            BadInput: it cannot be made.
        """
        return self._awaited.found(run, self.clip_name, frame)

    @abstractmethod
    def scenes(self, frame: int) -> list[Scene]:
        """Return the content of the pictures at a frame of the clip.

        Raises:
            BadInput: it does not exist.
        """

    def _fit_frames(self, _change: dict) -> None:
        self.frame.max = self.clip_frames.length(self.clip_name) - 1

    def _step(self, _picture: Picture, content: dict, _buffers: list) -> None:
        self.frame.value += content.get("step", 0)  # the slider keeps to its ends

    def redraw(self, change: object) -> None:
        """Draw the frame."""
        self._paint()
        scenes = self.scenes(self.frame.value)
        for number, (picture, scene) in enumerate(zip(self.pictures, scenes, strict=False)):
            self._put(picture, scene, self.meanings(number, scene))
        for number, picture in enumerate(self.pictures):
            picture.layout.display = "" if number < len(scenes) else "none"
        self.legend.columns, self.legend.values = self.scores(scenes)
        number = len(self.asked)
        self.status.waiting = f"predicting {number} frame{'s' * (number > 1)} ..." * bool(number)

    def meanings(self, _number: int, _scene: Scene) -> list[list]:
        """Return the colours of errors in a picture, each with what it means."""
        return []

    def lines(self, _frame: int) -> list[dict]:
        """Return the rows of a time line at a frame (see `TimeLine`)."""
        return []

    def _put(self, picture: Picture, scene: Scene, meanings: list[list]) -> None:
        with picture.hold_sync():  # one message, so one redraw
            for name, value in scene._asdict().items():
                setattr(picture, name, value)
            picture.meanings = meanings
            picture.view = self.show.value
            picture.drawn += 1

    def _paint(self) -> None:
        """Set the colours of the classes."""
        colors, wrong, late = self.palette
        for part in (*self.pictures, self.legend):
            part.colors = list(map(list, colors))
        for picture in self.pictures:
            picture.wrong, picture.late = list(wrong), list(late)

    @property
    def palette(self) -> tuple:
        """The colours of the classes, of errors and of those that are late."""
        return palette(self.colors.value, self.clip_frames.classes)

    def clear(self) -> None:
        """Show no picture."""
        for picture in self.pictures:
            self._put(picture, Scene("", b""), [])
        self.status.waiting = ""
        self.legend.columns, self.legend.values = [], []

    def scores(self, scenes: list[Scene]) -> tuple[list[str], list[list[float | None]]]:
        """Score the prediction in each picture against its label, class by class."""
        scored = zip(self.columns, scenes, strict=False)
        found = {name: self._ious(of) for name, of in scored if of.ids and of.label}
        return list(found), list(found.values())

    def _ious(self, scene: Scene) -> list[float | None]:
        return ious(scene, self.clip_frames.classes)

    def label(self, frame: int) -> bytes:
        """Encode the label of a frame of the clip.

        Raises:
            BadInput: labels or errors are to be shown, and the frame has none.
        """
        label = self.clip_frames.label(self.clip_name, frame)
        if not label and self.show.value in ("label", "errors"):
            raise BadInput(f"frame {frame} of clip {self.clip_name} has no label: choose another")
        return label

    def page(self) -> str:
        """Write all frames of the clip as a page (see `saved.saved`)."""
        return saved(self)

    def say_view(self) -> str:
        """Say what data is shown."""
        data = f"{self.clip_frames.dataset}, profile {self.clip_frames.profile}"
        return f"{data}, {1000 * self.clip_frames.interval_s:.0f} ms a frame; commit {COMMIT}."

    def pixels(self) -> np.ndarray:
        """Draw the pictures side by side as the browser does, uint8 RGB of shape (H, W, 3)."""
        return stills.pixels(*self._drawn)

    def snapshot(self) -> bytes:
        """Draw the pictures under their titles and a legend as a PNG; else the fault."""
        if not self._drawn[0]:
            return stills.png(stills.sentence(self.fault_said))
        return stills.png(stills.titled(*self._drawn))

    @property
    def _drawn(self) -> tuple:
        shown = [picture for picture in self.pictures if picture.image]
        return shown, self.clip_frames.classes, self.legend.hidden, self.opacity.value
