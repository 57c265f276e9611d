"""The latency lens: the newest predictions of two or three networks at a frame."""

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.models.registry import entry
from lasegm_core.studies.streaming.ranking import scored
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.browser.colors import css
from lasegm_core.viewers.browser.controls import Choice, Numbers
from lasegm_core.viewers.browser.widgets import TimeLine
from lasegm_core.viewers.content import ONE_FOR_ALL, Content
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.facts.causes import Points, costs, points
from lasegm_core.viewers.views.clips import ClipViewer
from lasegm_core.viewers.views.runs_menu import run_menu, shown_of
from lasegm_core.viewers.views.saved import Scene

NAMES = ("first", "second", "third")


class Lens(ClipViewer):
    """The newest prediction of each network at a frame, side by side, and its LAmIoU.

    Errors are of two colours: wrong anyway, and wrong because the prediction is late.

    Args:
        content: clips, runs to choose from, and hardware cards.
        state: what is shown at first: `first`, `second`, `third` (titles of runs), `hardware`,
            `latency_ms`, and as for the overlay viewer.
    """

    name = "lens"
    about = (
        "What is left of a prediction when it arrives?",
        "A network needs time, and the world moves on: LAmIoU compares its prediction with the "
        "frame at which it comes.",
        "choose slower hardware, and watch the blue errors: they are those of being late.",
    )

    def __init__(self, content: Content, **state) -> None:
        self.runs = {of.run.title: of for of in content.runs}
        shown = shown_of(content.runs)
        self.cards = content.cards
        self.chosen = [run_menu(content.runs, name, "none") for name in NAMES]
        self.hardware = Choice(
            dict(zip(*[[ONE_FOR_ALL, *self.cards]] * 2, strict=True)), description="hardware"
        )
        most_ms = round(1000 * content.clip_frames.interval_s * content.offsets)
        self.latency_ms = Numbers(
            value=100, min=1, max=most_ms, description="latency, ms", unit=" ms"
        )
        own = dict(zip(NAMES, self.chosen, strict=True))
        own |= {"hardware": self.hardware, "latency_ms": self.latency_ms}
        start = self._start(shown, "latency_ms" in state) | {"clip": content.start_clip}
        shows = ("image", "prediction", "label", "errors")
        self.line = TimeLine(interval_ms=1000 * content.clip_frames.interval_s)
        super().__init__(content.clip_frames, 3, shows, own, start | state, (self.line,))

    def _start(self, shown: list[StoredRun], one_latency: bool) -> dict:
        """Choose two networks whose latencies differ, on hardware that is known."""
        first = shown[0]
        rivals = [of for of in shown if of.configuration == first.configuration]
        rivals = [of for of in rivals if of.run.network != first.run.network]
        start = {"first": first.run.title, "second": "", "third": "", "show": "prediction"}
        if not rivals:
            return start
        for name in () if one_latency else self.cards:
            latency_s = self.cards[name].latency_s
            on_it = [of for of in rivals if of.run.network in latency_s]
            if first.run.network in latency_s and on_it:
                rival = min(on_it, key=lambda of: latency_s[of.run.network])
                return start | {"second": rival.run.title, "hardware": name, "show": "errors"}
        return start | {"second": rivals[0].run.title}

    @property
    def _found(self) -> list[StoredRun]:
        return [self.runs[menu.value] for menu in self.chosen if menu.value]

    def scenes(self, frame: int) -> list[Scene]:
        """Show each network's prediction from the frame that is k frames old."""
        self.latency_ms.disabled = self.hardware.value != ONE_FOR_ALL
        found = self._found
        if not found:
            raise BadInput("no network is chosen: choose a first one")
        self.clip_frames.predictions.work_ahead(tuple(of.run for of in found), self.clip_name)
        return [self._scene(of, frame) for of in found]

    def redraw(self, change: object) -> None:
        """Draw the frame, and the time line under it."""
        super().redraw(change)
        with self.line.hold_sync():
            self.line.rows, self.line.now = self.lines(self.frame.value), self.frame.value

    def lines(self, frame: int) -> list[dict]:
        """Return a bar a network, from the input of its newest prediction at the frame."""
        return [self._bar(of, frame) for of in self._found]

    def clear(self) -> None:
        """Show no picture and no time line."""
        super().clear()
        self.line.rows = []

    def _scene(self, of: StoredRun, frame: int) -> Scene:
        latency_s, k = self._latency(of)
        image, label = self.clip_frames.image(self.clip_name, frame), self.label(frame)
        known = f"{of.title}\n{1000 * latency_s:.0f} ms, k = {k}: {_lamiou(of, k)}\nframe {frame}, "
        if frame - k < of.run.inputs - 1:
            return Scene(f"{known}no prediction yet", image, label=label)
        ids = self.predicted(of.run, frame - k)
        source = self.clip_frames.label(self.clip_name, frame - k)
        if not ids:
            return Scene(f"{known}its prediction is being made", image, label=label)
        return Scene(f"{known}prediction from {frame - k}", image, ids, b"", label, source)

    def _latency(self, of: StoredRun) -> tuple[float, int]:
        """Find the latency of a run in seconds, and its k."""
        if self.hardware.value == ONE_FOR_ALL:
            latency_s = self.latency_ms.value / 1000
        else:
            latency_s = self.cards[self.hardware.value].of(of.run.network)
        return latency_s, frame_offset(latency_s, self.clip_frames.interval_s)

    def _bar(self, of: StoredRun, frame: int) -> dict:
        latency_s, k = self._latency(of)
        source = frame - k
        there = source >= of.run.inputs - 1
        text = f"frame {source}, {1000 * latency_s:.0f} ms" if there else "no prediction yet"
        name = entry(of.run.network).title
        known = {"input": source, "latency_ms": 1000 * latency_s}
        return known | {"name": name, "text": text, "color": css(of.run.network)}

    def meanings(self, number: int, scene: Scene) -> list[list]:
        """Say what the two colours of errors are, and what they cost in this frame."""
        if not (scene.ids and scene.label and scene.source):
            return []
        _, wrong, late = self.palette
        cost = self._points(scene)
        said = (f"wrong anyway: {cost.anyway:.1f} points", f"wrong because late: {cost.late:.1f}")
        return [[list(wrong), f"{said[0]}, "], [list(late), f"{said[1]} points of mIoU"]]

    def _points(self, scene: Scene) -> Points:
        layers = map(decoded, (scene.ids, scene.label, scene.source))
        return points(*costs(*layers, len(self.clip_frames.classes.names)))

    def scores(self, scenes: list[Scene]) -> tuple[list[str], list[list[float | None]]]:
        """Score each network's prediction by class: IoU, or what the two errors cost of it."""
        columns: dict[str, list[float | None]] = {}
        for of, scene in zip(self._found, scenes, strict=False):
            if not (scene.ids and scene.label):
                continue
            title = self._column(of)
            if self.show.value == "errors" and scene.source:
                cost = self._points(scene)
                columns[f"{title}, anyway"] = cost.anyway_by_class
                columns[f"{title}, late"] = cost.late_by_class
            else:
                columns[f"{title}, IoU"] = self._ious(scene)
        return list(columns), list(columns.values())

    def _column(self, of: StoredRun) -> str:
        """Name a network; with its configuration, where it is shown twice."""
        same = [other for other in self._found if other.run.network == of.run.network]
        title = entry(of.run.network).title
        return f"{title} ({of.configuration})" if len(same) > 1 else title


def _lamiou(of: StoredRun, offset: int) -> str:
    """Write the LAmIoU of the whole split at an offset, and what the latency costs of it."""
    if of.counts is None:
        return "not scored"
    if offset >= of.counts.values.shape[1]:
        return "too slow for this clip length"
    score = scored(of.counts, {offset: 1})
    said = f"LAmIoU {score['miou']:.3f} [{score['ci_low']:.3f}, {score['ci_high']:.3f}]"
    lost = 100 * (scored(of.counts, {0: 1})["miou"] - score["miou"])
    if of.configuration > 1 or not offset:
        return said
    return f"{said}, {lost:.1f} points below instant mIoU"
