"""The latency lens: the newest predictions of two or three networks at a frame."""

import ipywidgets as w

from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.clips import ClipViewer, Scene
from lasegm_core.viewers.content import ONE_FOR_ALL, Content

_WIDE = w.Layout(width="400px")


class Lens(ClipViewer):
    """The newest prediction of each network at a frame, side by side, and its LAmIoU.

    Args:
        content: clips, runs to choose from, and hardware cards.
        state: what is shown at first: `first`, `second`, `third` (titles of runs), `hardware`,
            `latency_ms`, and as for the overlay viewer.
    """

    name = "lens"
    columns = ("first", "second", "third")

    def __init__(self, content: Content, **state) -> None:
        self.runs = {of.run.title: of for of in content.runs if of.trained}
        if not self.runs:
            raise BadInput("no run is trained here: make reproduce-table1 trains them")
        self.cards = content.cards
        options = [(of.title, title) for title, of in self.runs.items()]
        self.chosen = [
            w.Dropdown(options=[*options, ("none", "")], description=name, layout=_WIDE)
            for name in self.columns
        ]
        titles = [*self.runs, "", ""]
        hardware = [ONE_FOR_ALL, *self.cards]
        self.hardware = w.Dropdown(options=hardware, description="hardware", layout=_WIDE)
        most_ms = round(1000 * content.clip_frames.interval_s * content.offsets)
        self.latency_ms = w.IntSlider(100, 1, most_ms, description="latency, ms", layout=_WIDE)
        own = dict(zip(self.columns, self.chosen, strict=True))
        own |= {"hardware": self.hardware, "latency_ms": self.latency_ms}
        start = {"first": titles[0], "second": _rival(self.runs), "third": "", "show": "prediction"}
        shows = ("image", "prediction", "label", "errors")
        super().__init__(content.clip_frames, 3, shows, own, start | state)

    def scenes(self, frame: int) -> list[Scene]:
        """Show each network's prediction from the frame that is k frames old."""
        self.latency_ms.disabled = self.hardware.value != ONE_FOR_ALL
        found = [self.runs[menu.value] for menu in self.chosen if menu.value]
        self.clip_frames.work_ahead(tuple(of.run for of in found), self.clip_name)
        return [self._scene(of, frame) for of in found]

    def _scene(self, of: StoredRun, frame: int) -> Scene:
        latency_s = self._latency_s(of.run.network)
        k = frame_offset(latency_s, self.clip_frames.interval_s)
        image, label = self.clip_frames.image(self.clip_name, frame), self.label(frame)
        known = f"{of.title}\n{1000 * latency_s:.0f} ms, k = {k}: {_lamiou(of, k)}\nframe {frame}, "
        if frame - k < of.run.inputs - 1:
            return Scene(f"{known}no prediction yet", image, label=label)
        ids = self.clip_frames.prediction(of.run, self.clip_name, frame - k)
        return Scene(f"{known}prediction from {frame - k}", image, ids, label=label)

    def _latency_s(self, network: str) -> float:
        if self.hardware.value == ONE_FOR_ALL:
            return self.latency_ms.value / 1000
        return self.cards[self.hardware.value].of(network)


def _rival(runs: dict[str, StoredRun]) -> str:
    """Choose a second run: another network in the same configuration."""
    first = next(iter(runs.values()))
    others = (
        title
        for title, of in runs.items()
        if of.configuration == first.configuration and of.run.network != first.run.network
    )
    return next(others, "")


def _lamiou(of: StoredRun, offset: int) -> str:
    """Write the LAmIoU of the whole split at an offset."""
    if of.counts is None:
        return "not scored"
    if offset >= of.counts.values.shape[1]:
        return "too slow for this clip length"
    counts = of.counts.at(offset)
    ci_low, ci_high = interval(bootstrap(counts))
    return f"LAmIoU {mean_iou(counts.sum(0)):.3f} [{ci_low:.3f}, {ci_high:.3f}]"
