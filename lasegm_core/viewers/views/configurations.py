"""Configurations compared: one network's predictions for a frame, on two sides of a bar."""

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.models.registry import entry
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.base import Control
from lasegm_core.viewers.browser.controls import Choice, Numbers
from lasegm_core.viewers.content import Content
from lasegm_core.viewers.views.clips import ClipViewer
from lasegm_core.viewers.views.runs_menu import shown_of
from lasegm_core.viewers.views.saved import Scene

SIDES = {
    "1": "1: I_t → S_t",
    "2": "2: I_t → S_t+k",
    "3": "3: I_t-1, I_t → S_t+k",
    "label": "label",
}


class Configurations(ClipViewer):
    """The same frame under configurations 1, 2 and 3 of a network, k frames after its input.

    A configuration that is not there is grey. The k is at first one that both sides have.

    Args:
        content: clips, and runs to choose from.
        state: what is shown at first: `network`, `k`, `left` and `right` ("1", "2", "3" or
            "label"), `split` (0..1), and as for the overlay viewer.
    """

    name = "compare"
    about = (
        "Can a network be trained to be on time?",
        "Configuration 1 predicts the present, 2 the frame that is there when it is done, 3 the "
        "same from two frames.",
        "drag the bar across something that moves, then raise k.",
    )

    def __init__(self, content: Content, **state) -> None:
        self.runs = shown_of(content.runs)
        every = dict.fromkeys(of.run.network for of in content.runs)
        networks = dict.fromkeys(of.run.network for of in self.runs)
        titles = {name: entry(name).title for name in [*networks, *every]}
        reasons = {name: "no run of it is trained here" for name in every if name not in networks}
        self.network = Choice(titles, reasons, description="network")
        self.k = Numbers(value=1, max=content.offsets, description="offset k")
        self.left = Choice(SIDES, description="left", kind="buttons")
        self.right = Choice(SIDES, description="right", kind="buttons")
        names = ("network", "k", "left", "right")
        own = {name: getattr(self, name) for name in names}
        shows = ("image", "prediction", "errors")
        start = self._start(state) | {"show": "prediction", "clip": content.start_clip}
        super().__init__(content.clip_frames, 1, shows, own, start | state)

    def own_controls(self) -> dict[str, Control]:
        """Add the bar."""
        return {"split": (self.pictures[0], "split")}

    def _start(self, state: dict) -> dict:
        """Choose a network with most configurations, and two of them that share a k."""
        networks = dict.fromkeys(of.run.network for of in self.runs)
        most = max(networks, key=lambda name: len({of.configuration for of in self._own(name)}))
        network = state.get("network", most)
        own = {of.configuration: of for of in reversed(self._own(network))}  # the first of each
        if not own:
            return {}
        left, right = min(own), max(own)
        k = own[right].run.offset or own[left].run.offset or 1
        if left > 1 and own[left].run.offset != k:
            right = left
        sides = {"left": str(left), "right": "label" if left == right else str(right)}
        return {"network": network, "k": k} | sides

    def _own(self, network: str) -> list[StoredRun]:
        return [of for of in self.runs if of.run.network == network]

    def scenes(self, frame: int) -> list[Scene]:
        """Show both sides over the frame."""
        self._grey_out()
        sides = [side.value for side in (self.left, self.right) if side.value != "label"]
        runs = tuple(self._run(int(side)).run for side in sides)
        self.clip_frames.predictions.work_ahead(runs, self.clip_name)
        left, right = (self._side(side.value, frame) for side in (self.left, self.right))
        title = f"left {self.left.label} | right {self.right.label}; {self._input(frame)}"
        image, label = self.clip_frames.image(self.clip_name, frame), self.label(frame)
        return [Scene(title, image, left, right, label)]

    def _grey_out(self) -> None:
        """Grey out the configurations that the network does not have for this k."""
        reasons = {}
        for configuration in (1, 2, 3):
            try:
                self._run(configuration)
            except BadInput as fault:
                reasons[str(configuration)] = str(fault)
        for side in (self.left, self.right):
            others = {key: said for key, said in reasons.items() if key != side.value}
            side.offer(SIDES, others)

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
        return self.predicted(run, frame - self.k.value)

    def _run(self, configuration: int) -> StoredRun:
        """Find the run that was trained for this k.

        Raises:
            BadInput: there is none; the message lists the trained k.
        """
        own = [of for of in self._own(self.network.value) if of.configuration == configuration]
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
