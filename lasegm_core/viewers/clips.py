"""Shared by the viewers of clips: controls of time and look, pictures and their legend."""

from abc import abstractmethod
from base64 import b64encode
from typing import NamedTuple

import cv2
import ipywidgets as w
import numpy as np

from lasegm_core.data.palette import safe_colors
from lasegm_core.metric.confusion import IGNORE, count, iou
from lasegm_core.reports.drawing.pictures import WRONG, errors, overlay
from lasegm_core.support.errors import BadInput
from lasegm_core.support.machine import COMMIT
from lasegm_core.viewers.base import Control, Viewer
from lasegm_core.viewers.clip_frames import ClipFrames, decoded
from lasegm_core.viewers.page import page
from lasegm_core.viewers.widgets import Legend, Picture

_SAFE_WRONG = (255, 200, 0)  # RGB: differs from grey for colour-blind eyes too
_SLIDER = w.Layout(width="420px")


class Scene(NamedTuple):
    """The content of one picture; frames and class ids are encoded by `ClipFrames`."""

    title: str
    image: bytes
    ids: bytes = b""
    other: bytes = b""
    label: bytes = b""


class ClipViewer(Viewer):
    """Pictures of one frame of one clip; subclasses choose them in `scenes`.

    Args:
        clip_frames: the clips.
        pictures: the largest number of pictures.
        shows: the views of `Picture` to choose from.
        own: the controls of the subclass.
        state: what is shown at first.
    """

    drawn_in_browser = ("opacity", "hidden", "split")
    columns = ("IoU in this frame",)

    def __init__(
        self,
        clip_frames: ClipFrames,
        pictures: int,
        shows: tuple[str, ...],
        own: dict[str, w.Widget],
        state,
    ) -> None:
        self.clip_frames = clip_frames
        self.clip = w.IntSlider(max=len(clip_frames.clips) - 1, description="clip", layout=_SLIDER)
        first, last = clip_frames.clips[0], clip_frames.length(clip_frames.clips[0]) - 1
        start = clip_frames.last_labelled(first)
        self.frame = w.IntSlider(start, max=last, description="frame", layout=_SLIDER)
        self.play = w.Play(max=last, interval=1000 * clip_frames.interval_s, show_repeat=False)
        self.show = w.ToggleButtons(options=shows, style={"button_width": "90px"})
        self.opacity = w.FloatSlider(0.6, max=1, step=0.05, description="opacity", layout=_SLIDER)
        options = {"data set's": "own", "colour-blind safe": "safe"}
        self.colors = w.ToggleButtons(options=options, style={"button_width": "130px"})
        names = list(clip_frames.classes.names)
        self.pictures = [Picture(names=names) for _ in range(pictures)]
        self.legend = Legend(names=names)
        for picture in self.pictures:
            w.jslink((self.opacity, "value"), (picture, "opacity"))
            w.jslink((self.legend, "hidden"), (picture, "hidden"))
            picture.on_msg(self._step)
        w.jslink((self.frame, "value"), (self.play, "value"))
        self.clip.observe(self._fit_frames, "value")
        rows = [
            w.HBox([*own.values()], layout=w.Layout(flex_flow="row wrap")),
            w.HBox([self.clip, self.frame, self.play]),
            w.HBox([self.show, self.opacity, self.colors], layout=w.Layout(flex_flow="row wrap")),
            w.HBox([*self.pictures, self.legend]).add_class("lasegm-row"),
        ]
        shared = ("clip", "frame", "show", "opacity", "colors")
        controls: dict[str, Control] = {name: (widget, "value") for name, widget in own.items()}
        controls |= {name: (getattr(self, name), "value") for name in shared}
        controls |= {"hidden": (self.legend, "hidden")}
        super().__init__(rows, controls | self.own_controls(), state)

    def own_controls(self) -> dict[str, Control]:
        """Return further parts of the state."""
        return {}

    @property
    def clip_name(self) -> str:
        """The name of the shown clip."""
        return self.clip_frames.clips[self.clip.value]

    @abstractmethod
    def scenes(self, frame: int) -> list[Scene]:
        """Return the content of the pictures at a frame of the clip.

        Raises:
            BadInput: it does not exist.
        """

    def _fit_frames(self, _change: dict) -> None:
        self.frame.max = self.play.max = self.clip_frames.length(self.clip_name) - 1

    def _step(self, _picture: Picture, content: dict, _buffers: list) -> None:
        self.frame.value += content.get("step", 0)  # the slider keeps to its ends

    def redraw(self, change: object) -> None:
        """Draw the frame."""
        self._paint()
        scenes = self.scenes(self.frame.value)
        for picture, scene in zip(self.pictures, scenes, strict=False):
            self._put(picture, scene)
        for number, picture in enumerate(self.pictures):
            picture.layout.display = "" if number < len(scenes) else "none"
        self.legend.columns, self.legend.values = self.scores(scenes)

    def _put(self, picture: Picture, scene: Scene) -> None:
        with picture.hold_sync():  # one message, so one redraw
            for name, value in scene._asdict().items():
                setattr(picture, name, value)
            picture.view = self.show.value
            picture.drawn += 1

    def _paint(self) -> None:
        """Set the colours of the classes."""
        colors, wrong = self.palette
        for part in (*self.pictures, self.legend):
            part.colors = list(map(list, colors))
        for picture in self.pictures:
            picture.wrong = list(wrong)

    @property
    def palette(self) -> tuple:
        """The colours of the classes, and of errors."""
        if self.colors.value == "own":
            return self.clip_frames.classes.colors, WRONG
        return safe_colors(len(self.clip_frames.classes.names)), _SAFE_WRONG

    def clear(self) -> None:
        """Show no picture."""
        for picture in self.pictures:
            self._put(picture, Scene("", b""))
        self.legend.columns, self.legend.values = [], []

    def scores(self, scenes: list[Scene]) -> tuple[list[str], list[list[float | None]]]:
        """Score the prediction in each picture against its label, class by class."""
        scored = zip(self.columns, scenes, strict=False)
        found = {name: self._ious(of) for name, of in scored if of.ids and of.label}
        return list(found), list(found.values())

    def _ious(self, scene: Scene) -> list[float | None]:
        counts = count(
            decoded(scene.label), decoded(scene.ids), len(self.clip_frames.classes.names)
        )
        return [None if np.isnan(score) else round(float(score), 4) for score in iou(counts)]

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
        """Write all frames of the clip as a page."""
        names = ("names", "colors", "wrong", "view", "opacity", "split")
        look = {name: getattr(self.pictures[0], name) for name in names}
        data = {
            "look": look | {"hidden": self.legend.hidden, "opacity": self.opacity.value},
            "shows": self.show.options,
            "frame": self.frame.value,
            "frames": [self._frame(number) for number in range(self.frame.max + 1)],
        }
        return page(f"Clip {self.clip_name}", self._say_view(), data)

    def _frame(self, number: int) -> dict:
        try:
            scenes = self.scenes(number)
        except BadInput as fault:
            scenes = [Scene(str(fault), b"")] * sum(bool(of.image) for of in self.pictures)
        columns, values = self.scores(scenes)
        pictures = [
            {name: value if name == "title" else b64encode(value).decode() for name, value in pairs}
            for pairs in (scene._asdict().items() for scene in scenes)
        ]
        return {"pictures": pictures, "columns": columns, "values": values}

    def _say_view(self) -> str:
        data = f"{self.clip_frames.dataset}, profile {self.clip_frames.profile}"
        return f"{data}, {1000 * self.clip_frames.interval_s:.0f} ms a frame; commit {COMMIT}."

    def snapshot(self) -> bytes:
        """Draw the pictures side by side as a PNG."""
        shown = [picture for picture in self.pictures if picture.image]
        drawn = [self._still(picture) for picture in shown] or [np.zeros((1, 1, 3), np.uint8)]
        pixels = cv2.cvtColor(np.hstack(drawn), cv2.COLOR_RGB2BGR)
        return cv2.imencode(".png", pixels)[1].tobytes()

    def _still(self, picture: Picture) -> np.ndarray:
        image = cv2.cvtColor(decoded(picture.image), cv2.COLOR_BGR2RGB)
        shown = picture.label if picture.view == "label" else picture.ids
        if picture.view == "image" or not shown:
            return image
        ids = decoded(shown)
        if picture.other and picture.view != "label":
            bar = round(picture.split * ids.shape[1])
            ids = np.hstack([ids[:, :bar], decoded(picture.other)[:, bar:]])
        ids = np.where(np.isin(ids, self.legend.hidden), np.uint8(IGNORE), ids)
        if picture.view == "errors":
            return errors(image, ids, decoded(picture.label))
        classes = self.clip_frames.classes._replace(colors=tuple(map(tuple, picture.colors)))
        return overlay(image, ids, classes, self.opacity.value)
