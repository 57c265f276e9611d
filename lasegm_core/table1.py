"""Table 1 of the paper (000): its cells as data, their runs and their counts."""

import sys
from dataclasses import dataclass, replace

import numpy as np

from lasegm_core.clips import read_image
from lasegm_core.errors import BadInput
from lasegm_core.experiments import ensure, ensure_all, training_facts
from lasegm_core.files import locked
from lasegm_core.identity import digest
from lasegm_core.index import dataset
from lasegm_core.latency import Card, card, measure_card
from lasegm_core.offsets import frame_offset
from lasegm_core.recipes import profile
from lasegm_core.runs import Run, base_of, consecutive
from lasegm_core.sources import Place, split_frames

QUANTITIES = ("instant", "configuration_1", "configuration_2", "configuration_3")
CellCounts = dict[tuple[str, str], np.ndarray | str]


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


def ensure_counts(grid: list[Cell], place: Place, jobs: int | None = None) -> CellCounts:
    """Load or make the counts of every cell.

    Args:
        grid: the cells.
        place: where runs and data are kept.
        jobs: processes, as for `ensure_all`.

    Returns:
        By (quantity, network): counts (seeds, blocks, n, n), or the words why there are none.
    """
    possible = [cell for cell in grid if not _obstacle(cell, place)]
    ensure_all([run for cell in possible for run in cell.runs], place, jobs)
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
