"""The ranking of all scored runs under a camera rate, a device, its jitter and a schedule."""

import html
from collections.abc import Callable
from io import BytesIO

import ipywidgets as w
import matplotlib as mpl
import pandas as pd
from matplotlib import pyplot as plt

from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.studies.streaming.plots import ranking
from lasegm_core.studies.streaming.ranking import SCHEDULES, Conditions, rank, say_first
from lasegm_core.support.errors import BadInput
from lasegm_core.support.machine import COMMIT
from lasegm_core.viewers.base import Toggles, Viewer
from lasegm_core.viewers.content import HERE, ONE_FOR_ALL, Content
from lasegm_core.viewers.page import page
from lasegm_core.viewers.widgets import Bars

_WIDE = w.Layout(width="400px")
_STYLE = {"description_width": "130px"}


class WhatIf(Viewer):
    """Bars that reorder while camera rate, hardware, latency, jitter and schedule change.

    Args:
        content: runs, of which those with counts are ranked, and hardware cards.
        state: what is shown at first: `fps`, `hardware`, `latency_ms`, `slower`, `jitter`,
            `schedule`, `networks`, `configurations`, `chosen`.
    """

    name = "what_if"

    def __init__(self, content: Content, **state) -> None:
        if not any(of.counts for of in content.runs):
            raise BadInput("no run has counts yet: make reproduce-table1 trains and scores them")
        self.runs, self.cards = content.runs, content.cards
        self.interval_s = content.clip_frames.interval_s
        self.ranking = pd.DataFrame()
        self._make_controls()
        self.time_here = w.Button(
            description="Time the networks here", layout=w.Layout(width="auto")
        )
        self.time_here.on_click(lambda _button: self._time(content.time_here))
        self.answer, self.source, self.ages_of = w.HTML(), w.HTML(), w.HTML()
        self.bars, self.ages = Bars(), Bars()
        names = ("fps", "hardware", "latency_ms", "slower", "jitter", "schedule")
        names += ("networks", "configurations")
        controls = {name: (getattr(self, name), "value") for name in names}
        controls |= {"chosen": (self.bars, "chosen")}
        super().__init__(self._rows(), controls, state)

    def _make_controls(self) -> None:
        look = {"layout": _WIDE, "style": _STYLE}
        fps = round(1 / self.interval_s)
        self.fps = w.IntSlider(fps, 1, 120, description="camera, frames/s", **look)
        options = [*self.cards, ONE_FOR_ALL]
        self.hardware = w.Dropdown(options=options, description="hardware", **look)
        self.latency_ms = w.IntSlider(100, 1, 1000, description="latency, ms", **look)
        self.slower = w.FloatLogSlider(
            1, base=2, min=-3, max=3, step=0.25, description="times slower", **look
        )
        self.jitter = w.FloatSlider(0, min=0, max=0.5, step=0.01, description="jitter (CV)", **look)
        self.schedule = w.Dropdown(options=SCHEDULES, description="schedule", **look)
        networks = dict.fromkeys(of.run.network for of in self.runs)
        self.networks = Toggles({name: entry(name).title for name in networks}, "networks")
        self.configurations = Toggles(
            {"1": "1: I_t → S_t", "2": "2: I_t → S_t+k", "3": "3: I_t-1, I_t → S_t+k"},
            "configurations",
        )

    def _rows(self) -> list[w.Widget]:
        return [
            w.HBox([self.fps, self.hardware, self.time_here]),
            w.HBox([self.latency_ms, self.slower, self.jitter]),
            w.HBox([self.schedule, self.source]),
            self.networks,
            self.configurations,
            self.answer,
            self.bars,
            self.ages_of,
            self.ages,
        ]

    def redraw(self, change: object) -> None:
        """Rank the runs again; if only another bar was chosen, only its ages change."""
        if not (isinstance(change, dict) and change.get("owner") is self.bars):
            self._rank()
        chosen = self.ranking[self.ranking["run"] == self.bars.chosen]
        self._show_ages((chosen if len(chosen) else self.ranking).iloc[0])

    def _rank(self) -> None:
        one = self.hardware.value == ONE_FOR_ALL
        self.latency_ms.disabled, self.slower.disabled = not one, one
        shown = [
            of
            for of in self.runs
            if of.run.network in self.networks.value
            and str(of.configuration) in self.configurations.value
        ]
        if not shown:
            raise BadInput("no run is chosen: press a network and a configuration")
        conditions = Conditions(self._camera_s, self.jitter.value, self.schedule.value)
        self.ranking = rank(shown, self._latencies(), self.interval_s, conditions)
        self.bars.bars = [_bar(row) for row in self.ranking.itertuples()]
        self.answer.value = f"<b>{html.escape(say_first(self.ranking))}</b>"
        self.source.value = html.escape(self._say_source())

    @property
    def _camera_s(self) -> float:
        """Seconds between the camera's frames; the data's interval if the rates round alike."""
        own = self.fps.value == round(1 / self.interval_s)
        return self.interval_s if own else 1 / self.fps.value

    def _latencies(self) -> dict[str, float]:
        if self.hardware.value == ONE_FOR_ALL:
            return {of.run.network: self.latency_ms.value / 1000 for of in self.runs}
        latency_s = self.cards[self.hardware.value].latency_s
        return {name: self.slower.value * value for name, value in latency_s.items()}

    def _say_source(self) -> str:
        if self.hardware.value == ONE_FOR_ALL:
            return ""
        card = self.cards[self.hardware.value]
        where = card.facts.get("place") or f"frames of {card.facts.get('size')}"
        return f"latencies {card.kind}: {card.device}, {where}"

    def _show_ages(self, row: pd.Series) -> None:
        if not isinstance(row["shares"], dict):
            self.ages_of.value, self.ages.bars = "", []
            return
        self.ages_of.value = f"How old its newest output is: <b>{html.escape(row['name'])}</b>"
        color = _css(row["network"])
        self.ages.bars = [
            {
                "key": str(age),
                "name": f"k = {age}, {1000 * age * self._camera_s:.0f} ms",
                "value": float(share),
                "text": f"{100 * float(share):.1f} % of the frames",
                "color": color,
            }
            for age, share in row["shares"].items()
        ]

    def _time(self, time_here: Callable[[], Card]) -> None:
        self.time_here.disabled = True
        self.answer.value = "Timing every network here, some seconds each ..."
        try:
            self.cards = self.cards | {HERE: time_here()}
            self.hardware.options = [*self.cards, ONE_FOR_ALL]
            self.hardware.value = HERE
        except BadInput as fault:
            self.say_fault(str(fault))
        finally:
            self.time_here.disabled = False

    def clear(self) -> None:
        """Show no bars."""
        self.bars.bars, self.ages.bars = [], []
        self.answer.value = self.ages_of.value = self.source.value = ""

    def page(self) -> str:
        """Write the ranking as a page."""
        schedule = self.schedule.label
        note = f"{self.fps.value} frames a second; {schedule}; jitter {self.jitter.value:.2f}; "
        note += f"{self._say_source() or f'{self.latency_ms.value} ms for all'}; commit {COMMIT}."
        data = {
            "answer": say_first(self.ranking),
            "bars": self.bars.bars,
            "ages_of": "How old the newest output is",
            "ages": self.ages.bars,
            "chosen": self.bars.chosen,
        }
        return page("What is left in real time", note, data)

    def snapshot(self) -> bytes:
        """Draw the ranking as a PNG."""
        with mpl.rc_context({"figure.dpi": 100}):
            figure = ranking(self.ranking).figure
            file = BytesIO()
            figure.savefig(file)
            plt.close(figure)
        return file.getvalue()


def _bar(row) -> dict:
    words = [f"{row.latency_ms:.0f} ms"] if row.latency_ms == row.latency_ms else []
    if isinstance(row.shares, dict):
        mean = float(sum(age * share for age, share in row.shares.items()))
        of_all = f"k = {min(row.shares)}" if len(row.shares) == 1 else ""
        words.append(of_all or f"mean age {mean:.2f} frames")
    bar = {"key": row.run, "name": row.name, "color": _css(row.network), "value": 0.0}
    if row.note:
        return bar | {"text": "; ".join([row.note, *words])}
    score = f"{row.miou:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]"
    scores = {"value": row.miou, "ci_low": row.ci_low, "ci_high": row.ci_high}
    return bar | scores | {"text": "; ".join([score, *words])}


def _css(network: str) -> str:
    red, green, blue = (round(255 * part) for part in color_of(entry(network).title))
    return f"rgb({red}, {green}, {blue})"
