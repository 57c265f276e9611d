"""Table 1 of the paper (000): its cells as data, their counts, and the table itself."""

import sys
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.clips import read_image
from lasegm_core.errors import BadInput
from lasegm_core.evaluation import copy_last_label, scored_pairs
from lasegm_core.experiments import Run, base_of, consecutive, ensure, training_facts
from lasegm_core.files import locked
from lasegm_core.identity import digest
from lasegm_core.index import dataset
from lasegm_core.latency import Card, card, measure_card
from lasegm_core.metric import bootstrap, interval, mean_iou
from lasegm_core.models import entry
from lasegm_core.offsets import frame_offset
from lasegm_core.recipes import profile
from lasegm_core.sources import Place, split_frames

QUANTITIES = ("instant", "configuration_1", "configuration_2", "configuration_3")
Counts1 = dict[tuple[str, str], np.ndarray | str]


@dataclass(frozen=True)
class Cell:
    """A cell: runs that differ in seed only, scored at one offset."""

    quantity: str
    network: str
    offset: int
    runs: tuple[Run, ...]


def hardware_card(name: str, dataset_name: str, profile_name: str, place: Place) -> Card:
    """Find a hardware card; "local" times the profile's networks here, once.

    Raises:
        BadInput: there is no such card.
    """
    if name != "local":
        return card(name)
    frames = split_frames(dataset_name, profile_name, place, "val")
    size = tuple(read_image(frames["image"].iloc[0]).shape[-2:])
    networks = profile(dataset_name, profile_name).networks
    key = digest({"networks": networks, "size": size})
    path = place.build / "cards" / f"local-{key}.json"
    with locked(path):
        if not path.is_file():
            print(f"timing {', '.join(networks)} on frames of {size}", file=sys.stderr)
            measure_card(networks, size, len(dataset(dataset_name).classes.names)).save(path)
    return Card.load(path)


def cells(dataset_name: str, profile_name: str, hardware: Card, interval_s: float) -> list[Cell]:
    """List the cells: four rows for each network of the profile."""
    settings = profile(dataset_name, profile_name)
    found = []
    for network in settings.networks:
        k = frame_offset(hardware.of(network), interval_s)
        # (scored offset, input frames, trained offset), in the order of QUANTITIES
        rows = ((0, 1, 0), (k, 1, 0), (k, 1, k), (k, 2, k))
        for quantity, (scored, inputs, trained) in zip(QUANTITIES, rows, strict=True):
            run = Run(network, inputs, trained, dataset_name, profile_name)
            runs = tuple(run.with_seed(seed) for seed in settings.seeds)
            found.append(Cell(quantity, network, scored, runs))
    return found


def of_seed(grid: list[Cell], seed: int) -> list[Cell]:
    """Keep the runs of one seed.

    Raises:
        BadInput: the profile has no such seed.
    """
    seeds = [run.seed for run in grid[0].runs]
    if seed not in seeds:
        raise BadInput(f"seed {seed} is not in the profile: it has {seeds}")
    return [replace(cell, runs=(cell.runs[seeds.index(seed)],)) for cell in grid]


def ensure_counts(grid: list[Cell], place: Place) -> Counts1:
    """Load or make the counts of every cell.

    Returns:
        By (quantity, network): counts (seeds, blocks, n, n), or the words why there are none.
    """
    return {(cell.quantity, cell.network): _ensure_cell(cell, place) for cell in grid}


def _ensure_cell(cell: Cell, place: Place) -> np.ndarray | str:
    if obstacle := _obstacle(cell, place):
        return obstacle
    return np.stack([ensure(run, place).at(cell.offset) for run in cell.runs])


def _obstacle(cell: Cell, place: Place) -> str:
    """Say why a cell cannot have a score; empty if it can."""
    run = cell.runs[0]
    if cell.offset > run.settings.offsets:
        return f"too slow for this clip length: k = {cell.offset}"
    if (run.offset or run.inputs > 1) and not consecutive(run.dataset, run.profile, place):
        return "not trainable: training labels are too far apart"
    return ""


def table(counts: Counts1, hardware: Card, interval_s: float) -> pd.DataFrame:
    """Score the cells and put the paper's printed values beside them.

    Returns:
        A row a quantity and network: `quantity`, `network`, `paper` (printed), `ours`, `low`,
        `high` (95 % bootstrap interval over blocks), `offset`, and `note` where there is no score.
    """
    printed = published.table1()
    rows = []
    for (quantity, network), values in counts.items():
        k = frame_offset(hardware.of(network), interval_s)
        row = {
            "quantity": quantity,
            "network": network,
            "paper": _printed(printed, quantity, network),
            "offset": 0 if quantity == "instant" else k,
        }
        rows.append(row | ({"note": values} if isinstance(values, str) else _score(values)))
    return pd.DataFrame(rows).reindex(
        columns=["quantity", "network", "paper", "ours", "low", "high", "offset", "note"]
    )


def _score(values: np.ndarray) -> dict[str, float]:
    low, high = interval(bootstrap(values))
    ours = float(mean_iou(values.sum(-3)).mean())
    return {"ours": ours, "low": low, "high": high, "note": ""}


def _printed(printed: pd.DataFrame, quantity: str, network: str) -> float:
    return printed[network].get(quantity, np.nan) if network in printed else np.nan


def hardware_rows(networks: list[str], hardware: Card, interval_s: float) -> pd.DataFrame:
    """Make the last rows of Table 1: k, latency and fps, the paper's beside the card's."""
    printed = published.table1()
    rows = []
    for network in networks:
        latency_s = hardware.of(network)
        values = {
            "offset": frame_offset(latency_s, interval_s),
            "latency_ms": latency_s * 1000,
            "fps": 1 / latency_s,
        }
        paper = {"latency_ms": _printed_latency(network)}
        for quantity, ours in values.items():
            shown = paper.get(quantity, _printed(printed, quantity, network))
            rows.append({"quantity": quantity, "network": network, "paper": shown, "ours": ours})
    return pd.DataFrame(rows)


def _printed_latency(network: str) -> float:
    rows = published.latencies().query("paper == '000' and network == @network")
    return float(rows["latency_ms"].iloc[0]) if len(rows) else np.nan


def join(scores: pd.DataFrame, hardware: pd.DataFrame) -> pd.DataFrame:
    """Put the hardware rows under the scores, as printed."""
    return pd.concat([scores, hardware], ignore_index=True)


def decay(grid: list[Cell], place: Place) -> pd.DataFrame:
    """Score the configuration-1 networks, and the copied last label, at every offset.

    The copied label is what a perfect but late network would get; it needs dense labels and is left
    out where they are sparse.

    Returns:
        `name`, `offset`, `miou`, `low`, `high` (95 % bootstrap interval over blocks).
    """
    curves = {}
    for cell in grid:
        if cell.quantity == "instant":
            curves[entry(cell.network).title] = [ensure(run, place) for run in cell.runs]
    run = grid[0].runs[0]
    frames = split_frames(run.dataset, run.profile, place, "val")
    if (frames["label"] != "").all():
        settings, classes = run.settings, dataset(run.dataset).classes
        pairs = scored_pairs(frames, 1, settings.offsets, settings.targets)
        curves["copy the last label"] = [copy_last_label(frames, pairs, classes)]
    rows = []
    for name, seeds in curves.items():
        for k in range(seeds[0].values.shape[1]):
            score = _score(np.stack([counts.at(k) for counts in seeds]))
            rows.append({"name": name, "offset": k, "miou": score.pop("ours")} | score)
    return pd.DataFrame(rows).drop(columns="note")


def caption(grid: list[Cell], hardware: Card, place: Place) -> str:
    """Say what the numbers are: data, profile, hardware, interval, machine, commit and date."""
    run = grid[0].runs[0]
    runs = [seeded for cell in grid if not _obstacle(cell, place) for seeded in cell.runs]
    runs += [base for base in map(base_of, runs) if base]
    facts = [fact for run in dict.fromkeys(runs) if (fact := training_facts(run, place))]
    train_s = sum(fact["train_s"] for fact in facts)

    def every(name: str) -> str:
        return " and ".join(sorted({fact[name] for fact in facts}))

    parts = [
        f"Data set {run.dataset}, profile {run.profile}, seeds {list(run.settings.seeds)}",
        f"latencies of {hardware.device} ({hardware.kind})",
        "95 % intervals by bootstrap over clips, * best of the row",
        f"trained in {train_s / 60:.0f} min on {every('device')}, {every('software')}",
        f"commit {every('commit')}, {every('date')}",
    ]
    warning = "SMOKE RUN, ITS NUMBERS MEAN NOTHING. " if run.profile == "smoke" else ""
    return warning + "; ".join(parts) + "."


def val_interval_s(dataset_name: str, profile_name: str, place: Place) -> float:
    """Read the seconds between the frames that are scored."""
    return float(split_frames(dataset_name, profile_name, place, "val")["interval_s"].iloc[0])
