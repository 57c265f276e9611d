"""The ranking of all scored runs under a camera rate, a device, its jitter and a schedule."""

import html

import ipywidgets as w
import pandas as pd

from lasegm_core.models.registry import entry
from lasegm_core.studies.streaming.ranking import SCHEDULES, Conditions, rank, say_first
from lasegm_core.support.errors import BadInput
from lasegm_core.support.machine import COMMIT
from lasegm_core.viewers.base import Toggles, Viewer, row
from lasegm_core.viewers.browser.colors import css
from lasegm_core.viewers.browser.controls import Blank, Choice, Slider
from lasegm_core.viewers.browser.page import page
from lasegm_core.viewers.browser.widgets import Bars, Save
from lasegm_core.viewers.content import Content
from lasegm_core.viewers.facts.bars import ages, bar
from lasegm_core.viewers.facts.best import as_csv, best_of_each, instant_mious, say_best
from lasegm_core.viewers.views import stills
from lasegm_core.viewers.views.device import Device

DEVICE = ("hardware", "size", "latency_ms", "slower")  # controls of `Device`
ROWS = {"best": "best of each network", "all": "show all"}
CONFIGURATIONS = {"1": "1: I_t → S_t", "2": "2: I_t → S_t+k", "3": "3: I_t-1, I_t → S_t+k"}


class WhatIf(Viewer):
    """A sentence with blanks, and bars that reorder while camera, hardware and schedule change.

    Args:
        content: runs, of which those with counts are ranked, and hardware cards.
        state: what is shown at first: `fps`, `hardware`, `size` ("512x1024"), `latency_ms`,
            `slower`, `jitter`, `schedule`, `networks`, `configurations`, `rows` ("best", "all"),
            `chosen`.
    """

    name = "what_if"
    about = (
        "Which network for my camera and my device?",
        "The most accurate network need not be the one that is right in time.",
        "set the frame rate of a camera, and see where the order of the bars changes.",
    )

    def __init__(self, content: Content, **state) -> None:
        if not any(of.counts for of in content.runs):
            raise BadInput("no run has counts yet: make reproduce-table1 trains and scores them")
        self.runs = content.runs
        self.interval_s = content.clip_frames.interval_s
        self.ranking, self.instant = pd.DataFrame(), {}
        self.device = Device(content, self._wait, self._timed)
        self._make_controls()
        self.answer, self.lead, self.ages_of, self.bare = (w.HTML() for _ in range(4))
        self.bars, self.ages = Bars(most=1.0), Bars()
        own = ("fps", "jitter", "schedule", "networks", "configurations", "rows")
        parts = dict.fromkeys(own, self) | dict.fromkeys(DEVICE, self.device)
        names = ("fps", *DEVICE, *own[1:])
        controls = {name: (getattr(parts[name], name), "value") for name in names}
        controls |= {"chosen": (self.bars, "chosen")}
        super().__init__(self._parts(), controls, state)

    def _make_controls(self) -> None:
        fps = round(1 / self.interval_s)
        self.fps = Blank(value=fps, min=1, max=120, description="camera, frames/s")
        self.jitter = Slider(value=0, max=0.5, step=0.01, description="jitter (CV)")
        schedules = {of: title for title, of in SCHEDULES.items()}
        self.schedule = Choice(schedules, description="schedule")
        networks = dict.fromkeys(of.run.network for of in self.runs)
        self.networks = Toggles({name: entry(name).title for name in networks}, "networks")
        self.configurations = Toggles(CONFIGURATIONS, "configurations")
        self.rows = Choice(ROWS, description="bars", kind="buttons")

    def _parts(self) -> list[w.Widget]:
        save = Save(self.csv, "lasegm-what_if.csv", "Export as CSV")
        of = self.device
        sentence = [w.Label("A camera of"), self.fps, of.hardware, of.size, self.answer]
        more = [of.latency_ms, of.slower, self.jitter, self.schedule]
        parts = [row(*sentence), self.lead, row(of.time_here, of.source), row(*more)]
        parts[0].add_class("lasegm-sentence")
        self.answer.add_class("lasegm-sentence-end")
        parts += [self.networks, self.configurations, row(self.rows, save, self.bare)]
        return [*parts, self.bars, self.ages_of, self.ages]

    def redraw(self, change: object) -> None:
        """Rank the runs again; if only another bar was chosen, only its ages change."""
        if self.ranking.empty or not self._only_chosen(change):
            self._rank()
        chosen = self.ranking[self.ranking["run"] == self.bars.chosen]
        self._show_ages((chosen if len(chosen) else self.ranking).iloc[0])

    def _only_chosen(self, change: object) -> bool:
        return isinstance(change, dict) and change.get("owner") is self.bars

    def _rank(self) -> None:
        shown = [
            of
            for of in self.runs
            if of.run.network in self.networks.value
            and str(of.configuration) in self.configurations.value
        ]
        if not shown:
            raise BadInput("no run is chosen: press a network and a configuration")
        self.ranking = rank(shown, self._latency_s(), self.interval_s, self._conditions)
        if not self.instant:
            self.instant = instant_mious(self.runs)
        best = best_of_each(self.ranking)
        good = best[best["miou"].notna()]
        rows = self.ranking if self.rows.value == "all" or good.empty else good
        bare = len(best) - len(good)
        self.bare.value = f"{bare} networks have no score here: show all says why" * bool(bare)
        several = self.ranking["machine"].nunique() > 1
        order = sorted(self.instant, key=self.instant.get, reverse=True)
        order = [name for name in order if name in set(self.ranking["network"])]
        self.bars.bars = [bar(row, self.instant, order, several) for row in rows.itertuples()]
        run, comma, rest = say_best(self.ranking, self._conditions).partition(",")
        rest = f"{comma}{rest} {self.device.sizes}"
        self.answer.value = f"<b>{html.escape(run[0].upper() + run[1:])}</b>{html.escape(rest)}"
        self.lead.value = html.escape(say_first(self.ranking))
        self.device.say_source(self.ranking.iloc[0]["network"])

    @property
    def _conditions(self) -> Conditions:
        """The conditions; the data's own interval if the camera's rate rounds like it."""
        own = self.fps.value == round(1 / self.interval_s)
        camera_s = self.interval_s if own else 1 / self.fps.value
        return Conditions(camera_s, self.jitter.value, self.schedule.value)

    @property
    def _said(self) -> str:
        return f"A camera of {self.fps.value} fps: {say_best(self.ranking, self._conditions)}"

    def _latency_s(self) -> dict[str, float]:
        return self.device.latency_s(of.run.network for of in self.runs)

    def _show_ages(self, row: pd.Series) -> None:
        self.ages_of.value, self.ages.bars = "", []
        if isinstance(row["shares"], dict):
            self.ages_of.value = f"How old its newest output is: <b>{html.escape(row['name'])}</b>"
            self.ages.bars = ages(row["shares"], self._conditions.camera_s, css(row["network"]))

    def _wait(self) -> None:
        self.status.waiting = (
            f"{self.device.time_here.description}: some seconds each, more on large frames ..."
        )

    def _timed(self, fault: str) -> None:
        """Rank by what was timed here, or say what went wrong."""
        self.status.waiting = ""
        if fault:
            self.say_fault(fault)
        else:
            self._changed()

    def clear(self) -> None:
        """Show no bars."""
        self.ranking = pd.DataFrame()
        self.bars.bars, self.ages.bars = [], []
        self.answer.value = self.lead.value = self.ages_of.value = self.device.source.value = ""
        self.bare.value = ""

    def csv(self) -> str:
        """Write the ranking of all runs as CSV.

        Raises:
            BadInput: nothing is ranked.
        """
        self._refuse_nothing()
        return as_csv(self.ranking, self.instant)

    def _refuse_nothing(self) -> None:
        if self.ranking.empty:
            raise BadInput("no run is chosen: press a network and a configuration")

    def page(self) -> str:
        """Write the ranking as a page.

        Raises:
            BadInput: nothing is ranked.
        """
        self._refuse_nothing()
        note = f"{self.fps.value} frames a second; {self.schedule.label}; jitter "
        note += f"{self.jitter.value:.2f}; {self.device.words}"
        data = {
            "answer": f"{self._said} {self.device.sizes} {say_first(self.ranking)}",
            "bars": self.bars.bars,
            "most": self.bars.most,
            "ages_of": "How old the newest output is",
            "ages": self.ages.bars,
            "chosen": self.bars.chosen,
        }
        return page("What is left in real time", f"{note}; commit {COMMIT}.", data)

    def snapshot(self) -> bytes:
        """Draw the bars as a PNG, under the sentence that names the best; else the fault."""
        if self.ranking.empty:
            return stills.png(stills.sentence(self.fault_said))
        from lasegm_core.studies.streaming.plots import ranking

        shown = {of["key"] for of in self.bars.bars}
        table = self.ranking[self.ranking["run"].isin(shown)]
        return stills.png(ranking(table, f"{self._said} {self.device.words}").figure)
