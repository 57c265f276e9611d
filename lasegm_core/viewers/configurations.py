"""Configurations compared: one network's predictions for a frame, on two sides of a bar."""

import ipywidgets as w

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.models.registry import entry
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.base import Control
from lasegm_core.viewers.clips import ClipViewer, Scene
from lasegm_core.viewers.content import Content

SIDES = {
    "1: I_t → S_t": "1",
    "2: I_t → S_t+k": "2",
    "3: I_t-1, I_t → S_t+k": "3",
    "label": "label",
}


class Configurations(ClipViewer):
    """The same frame under configurations 1, 2 and 3 of a network, k frames after its input.

    Args:
        content: clips, and runs to choose from.
        state: what is shown at first: `network`, `k`, `left` and `right` ("1", "2", "3" or
            "label"), `split` (0..1), and as for the overlay viewer.
    """

    name = "compare"

    def __init__(self, content: Content, **state) -> None:
        self.runs = [of for of in content.runs if of.trained]
        if not self.runs:
            raise BadInput("no run is trained here: make reproduce-table1 trains them")
        networks = {entry(of.run.network).title: of.run.network for of in self.runs}
        self.network = w.Dropdown(options=networks, description="network")
        self.k = w.IntSlider(1, max=content.offsets, description="offset k")
        look = {"style": {"button_width": "160px"}, "layout": w.Layout(width="820px")}
        self.left = w.ToggleButtons(options=SIDES, description="left", **look)
        self.right = w.ToggleButtons(options=SIDES, value="3", description="right", **look)
        names = ("network", "k", "left", "right")
        own = {name: getattr(self, name) for name in names}
        shows = ("image", "prediction", "errors")
        start = {"show": "prediction"} | self._start() | state
        super().__init__(content.clip_frames, 1, shows, own, start)

    def own_controls(self) -> dict[str, Control]:
        """Add the bar."""
        return {"split": (self.pictures[0], "split")}

    def _start(self) -> dict:
        """Choose a network that was trained on a future label, with its trained offset."""
        future = [of.run for of in self.runs if of.run.offset]
        return (
            {"network": future[0].network, "k": future[0].offset} if future else {"right": "label"}
        )

    def scenes(self, frame: int) -> list[Scene]:
        """Show both sides over the frame."""
        left, right = (self._side(side.value, frame) for side in (self.left, self.right))
        title = f"left {self.left.label} | right {self.right.label}; {self._input(frame)}"
        image, label = self.clip_frames.image(self.clip_name, frame), self.label(frame)
        return [Scene(title, image, left, right, label)]

    def _input(self, frame: int) -> str:
        source = frame - self.k.value
        return f"clip {self.clip_name}: t = {source}, shown over frame t+k = {frame}"

    def _side(self, side: str, frame: int) -> bytes:
        if side == "label":
            return self.clip_frames.label(self.clip_name, frame)
        run = self._run(int(side)).run
        if frame - self.k.value < run.inputs - 1:
            raise BadInput(
                f"frame {frame} comes too early for a prediction that is {self.k.value} frames old"
            )
        return self.clip_frames.prediction(run, self.clip_name, frame - self.k.value)

    def _run(self, configuration: int) -> StoredRun:
        """Find the run that was trained for this k.

        Raises:
            BadInput: there is none; the message lists the trained k.
        """
        own = [of for of in self.runs if of.run.network == self.network.value]
        own = [of for of in own if of.configuration == configuration]
        fitting = [of for of in own if configuration == 1 or of.run.offset == self.k.value]
        if fitting:
            return fitting[0]
        there = ", ".join(f"k = {of.run.offset}" for of in own) or "none at all"
        raise BadInput(
            f"no run of {entry(self.network.value).title} in configuration {configuration} was "
            f"trained for k = {self.k.value}; there is {there}"
        )

    def scores(self, scenes: list[Scene]) -> tuple[list[str], list[list[float | None]]]:
        """Score both sides; a frame that comes too early for them has no scores."""
        if not scenes:
            return [], []
        scene = scenes[0]
        sides = {"left": scene.ids, "right": scene.other}
        shown = [name for name, ids in sides.items() if ids and scene.label]
        return shown, [self._ious(scene._replace(ids=sides[name])) for name in shown]
