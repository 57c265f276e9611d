"""Captions: what numbers are of, in words; and the part of it that stands below a figure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lasegm_core.data.sources import Place
from lasegm_core.experiments.cells import runs_of
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.provenance import training_facts
from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.experiments.runs import base_of
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry


def of_grid(grid: list[Cell], setting: Setting, place: Place, cards: Iterable[Card] = ()) -> str:
    """Describe the numbers: data, profile, hardware, interval, machine, commit and date.

    Args:
        grid: the cells.
        setting: data set, profile and interval.
        place: where runs and data are kept.
        cards: the hardware; empty for the setting's.
    """
    runs = runs_of(grid, place)
    runs += [base for base in map(base_of, runs) if base]
    facts = [fact for run in dict.fromkeys(runs) if (fact := training_facts(run, place))]
    times = [fact.get("train_s") for fact in facts]  # an early record has none
    trained = "trained" if None in times else f"{sum(times) / 60:.0f} min of training"
    devices = ", ".join(f"{of.device} ({of.kind})" for of in cards or [setting.card])
    parts = [
        f"Data set {setting.dataset}, profile {setting.profile}, {say_seeds(grid)}",
        f"{1000 * setting.interval_s:.0f} ms a frame",
        f"latencies of {devices}",
        say_intervals(grid),
        f"{trained} on {say_made(facts)}",
    ]
    warning = f"{SMOKE}. " if setting.profile == "smoke" else ""
    return warning + "; ".join(parts) + "."


def say_seeds(grid: Sequence[Cell]) -> str:
    """List the seeds of a grid: those that most networks have, and which have others."""
    seeds = {cell.network: tuple(run.seed for run in cell.runs) for cell in grid}
    most, *_ = Counter(seeds.values()).most_common(1)[0]
    others = [f"{entry(name).title}'s {list(of)}" for name, of in seeds.items() if of != most]
    return ", ".join([f"seeds {list(most)}", *others])


def say_intervals(grid: Sequence[Cell]) -> str:
    """Say over what the intervals of a grid are."""
    many = any(len(cell.runs) > 1 for cell in grid)
    over = "seeds and clips" if many else "clips, not over trainings"
    return f"95 % intervals by bootstrap over {over}"


def say_made(facts: Sequence[Mapping[str, str]]) -> str:
    """Say on what, by which software and commit, and when runs were made.

    >>> of = {"device": "a CPU", "software": "torch 2", "commit": "abc", "date": "2026-11-30"}
    >>> say_made([of, of | {"commit": "abd"}])
    'a CPU, torch 2; commit abc and abd, 2026-11-30'
    """
    names = ("device", "software", "commit", "date")
    device, software, commit, date = (
        " and ".join(sorted({fact[name] for fact in facts})) for name in names
    )
    return f"{device}, {software}; commit {commit}, {date}"


def say_clips(grid: list[Cell], place: Place, most: int | None = None) -> str:
    """Say how many clips are scored, or how many parts of them are resampled; empty without any.

    Args:
        grid: the cells.
        place: where runs and data are kept.
        most: the number of clips that are scored; None for all.
    """
    runs = runs_of(grid, place)
    return say_blocks(ensure(runs[0], place).blocks, most) if runs else ""


def say_blocks(names: Sequence[str], most: int | None = None) -> str:
    """Say how many clips, or parts of clips, the blocks of counts are.

    >>> say_blocks(["00", "01"]), say_blocks(["00/0", "00/1", "00/2"])
    ('2 clips', '3 parts of 1 clip')
    """
    of_clips = [re.sub(r"/\d+$", "", name) for name in names]
    clips = list(dict.fromkeys(of_clips))[:most]
    parts = sum(clip in clips for clip in of_clips)
    words = f"{len(clips)} clip{'s' * (len(clips) > 1)}"
    return words if parts == len(clips) else f"{parts} parts of {words}"


def say_data(caption: str, n: str = "") -> str:
    """Take from a caption what a figure says of its data: which, how much, and what bands are.

    Args:
        caption: as `of_grid` makes it; of any other nothing is taken.
        n: what is scored, such as "60 clips"; empty for a figure without intervals.

    >>> caption = "Data set toystreet, seeds [0]; 60 ms a frame; 95 % intervals by bootstrap."
    >>> say_data(caption, "60 clips")
    'Data set toystreet, seeds [0]; n = 60 clips; bands and bars: 95 % intervals by bootstrap.'
    >>> say_data(caption)
    'Data set toystreet, seeds [0]; 60 ms a frame; no intervals.'
    """
    data, *others = caption.rstrip(".").split("; ")
    if not data.removeprefix(f"{SMOKE}. ").startswith("Data set "):
        return ""
    intervals = [part for part in others if part.startswith("95 % intervals")]
    if n:
        return "; ".join([data, f"n = {n}", *(f"bands and bars: {of}" for of in intervals)]) + "."
    before = others.index(intervals[0]) if intervals else len(others)
    return "; ".join([data, *others[:before], "no intervals"]) + "."
