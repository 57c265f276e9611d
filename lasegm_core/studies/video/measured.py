"""All that the notebook on paper 001 shows: measured here, or read off committed results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from torchvision.transforms.v2.functional import resize

from lasegm_core.data.clips import read_image
from lasegm_core.data.sources import Place
from lasegm_core.experiments.grids import Cell
from lasegm_core.experiments.results import result_set
from lasegm_core.experiments.setting import Setting
from lasegm_core.reports import captions, tables
from lasegm_core.studies.video import marks, scores, verdicts
from lasegm_core.studies.video.one_network import PropagatedNetwork
from lasegm_core.studies.video.parts.methods import usable
from lasegm_core.studies.video.parts.trained import ensure_all_learned, learned_of
from lasegm_core.studies.video.stream import costs, real_timeline

Networks = Mapping[str, PropagatedNetwork]


@dataclass(frozen=True)
class Measured:
    """Tables of propagation; of `scores`, where no other module is named.

    Attributes:
        propagation: as `table1` gives it.
        decay: as `by_distance` gives it.
        deviation: how well a due key frame is predicted, a row a network.
        parts: milliseconds of each part, a row a network.
        streams: as `streams` gives it.
        time_line: as `real_timeline.play_both` gives it, of all networks.
        verdicts: as `verdicts.verdicts` gives it.
        answers: as `verdicts.answer` gives it.
        caption: what was measured, where and when.
    """

    propagation: pd.DataFrame
    decay: pd.DataFrame
    deviation: pd.DataFrame
    parts: pd.DataFrame
    streams: pd.DataFrame
    time_line: pd.DataFrame
    verdicts: pd.DataFrame
    answers: pd.DataFrame
    caption: str


NAMES = {  # of the committed tables
    "propagation": "propagation",
    "decay": "propagation_decay",
    "deviation": "deviation",
    "parts": "propagation_parts",
    "streams": "streams",
    "time_line": "time_line",
    "verdicts": "claims_video",
    "answers": "answer_video",
}


def read(results: Path) -> Measured:
    """Read what was committed; a table that earlier versions did not write is empty.

    Raises:
        BadInput: the set of results does not hold it.
    """
    later = ("deviation", "parts")
    found = {
        part: pd.DataFrame()
        if part in later and not (results / f"{name}.csv").is_file()
        else tables.read(name, results)
        for part, name in NAMES.items()
    }
    caption = tables.read_caption("propagation", results)
    return _marked(Measured(**found, caption=caption), not result_set.read(results).consecutive)


def _marked(found: Measured, halves: bool) -> Measured:
    """Say in the tables what the learned parts were trained on."""
    by_method = ("propagation", "decay", "streams")
    marked = {part: marks.methods(getattr(found, part), halves) for part in by_method}
    decided = ("verdicts", "answers")
    marked |= {part: marks.subjects(getattr(found, part), halves) for part in decided}
    return replace(found, **marked)


def measure(
    grid: Sequence[Cell],
    setting: Setting,
    place: Place,
    every: int,
    size: tuple[int, int],
    clips: int,
    calls: int,
) -> Measured:
    """Train what is learned, score every method, time the parts and play the streams here.

    Args:
        grid: the cells of `grids.zoo_lamiou`; their runs are made first where they are missing.
        setting: networks, interval and hardware.
        place: where runs and data are kept.
        every: frames from key frame to key frame.
        size: (H, W) of the frames on which the parts are timed.
        clips: of val that are scored.
        calls: timed of each part, at least.
    """
    runs = {cell.network: cell.runs[0] for cell in grid}
    ensure_all_learned([of for run in runs.values() for of in learned_of(run, place)], place)
    networks = {name: PropagatedNetwork(run, setting, place, clips) for name, run in runs.items()}
    first = next(iter(networks.values())).folds[0].test
    methods = usable(read_image(first["image"].iloc[0]).shape[-2:])  # RAFT where its weights are
    counts = {
        (name, method): of.distances(method, every)
        for name, of in networks.items()
        for method in methods
    }
    parts = _parts(networks, methods, size, calls, setting)
    limits = {name: of.threshold(every) for name, of in networks.items()}
    streams = {
        (name, *plan): networks[name].stream(*how, parts.loc[name] / 1000)
        for name in networks
        for plan, how in scores.plans(every, limits[name])
    }
    found = Measured(
        scores.table1(counts),
        scores.by_distance(counts),
        _deviation(networks, limits),
        parts.rename_axis("network").reset_index(),
        scores.streams(streams),
        _time_line(networks, first, every, size, calls),
        verdicts.verdicts(counts, streams, f"every {every}"),
        verdicts.answer(streams),
        captions.of_grid(grid, setting, place),
    )
    return _marked(found, any(len(of.folds) > 1 for of in networks.values()))


def _deviation(networks: Networks, limits: Mapping[str, float]) -> pd.DataFrame:
    """Set the predicted share of changed pixels beside the labels', and the threshold of both."""
    rows = []
    for name, network in networks.items():
        found = network.deviations()
        row = {"network": name, "correlation": found["predicted"].corr(found["true"])}
        row |= {"predicted": found["predicted"].mean(), "true": found["true"].mean()}
        rows.append(row | {"threshold": limits[name]})
    return pd.DataFrame(rows)


def _parts(
    networks: Networks, methods: Sequence[str], size: tuple[int, int], calls: int, setting: Setting
) -> pd.DataFrame:
    """Time the parts in ms, scaled so that a whole network takes what the hardware card says."""
    rows = {}
    for name, of in networks.items():
        parts = {method: of.part(method) for method in methods}
        timed = costs.calls_of(of.network, parts, of.part("deviation"), size)
        rows[name] = costs.scaled(costs.measure_alone(timed, calls), setting.card.of(name))
    return 1000 * pd.DataFrame(rows).T


def _time_line(
    networks: Networks, frames: pd.DataFrame, every: int, size: tuple[int, int], calls: int
) -> pd.DataFrame:
    clip = frames[frames["clip"] == frames["clip"].iloc[0]]
    shown = [resize(read_image(path) / 255, list(size), antialias=True) for path in clip["image"]]
    found = [
        real_timeline.play_both(of.network, of.part("adaptive_fuse"), shown, every, calls).assign(
            network=name
        )
        for name, of in networks.items()
    ]
    columns = ["network", "mode", "quantity", "ci_low", "simulated", "ci_high", "real", "agrees"]
    return pd.concat(found, ignore_index=True)[columns]
