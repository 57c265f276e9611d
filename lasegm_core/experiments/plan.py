"""The plan of a grid: its runs, and the time and disk space they will take. Nothing is started."""

import shutil

import pandas as pd
import torch
from tqdm import tqdm

from lasegm_core import models
from lasegm_core.data.index import dataset
from lasegm_core.experiments.cells import runs_of
from lasegm_core.experiments.grids import GRIDS, of_seed
from lasegm_core.experiments.making import weights_path
from lasegm_core.experiments.plan_input import PlanInput
from lasegm_core.experiments.runs import Run, run_folder, steps_of, training_clips
from lasegm_core.experiments.several import bases_of, missing
from lasegm_core.support.machine import machine
from lasegm_core.training.pairs import scored_pairs
from lasegm_core.training.step_cost import Cost, TimedStep, measure

COLUMNS = ["title", "state", "steps", "step_s", "train_min", "score_min", "fault"]


def planned_runs(given: PlanInput, grid: str, seed: int | None = None) -> pd.DataFrame:
    """List the runs of a grid and their bases, bases first.

    Returns:
        A row a run: `run` (the object), `title`, `state` and `steps` (those left).
    """
    cells = GRIDS[grid](given.setting)
    cells = cells if seed is None else of_seed(cells, seed)
    if given.has_frames:
        runs = runs_of(cells, given.place)
        to_do = set(missing(runs, given.place))
    else:
        reached = given.setting.settings.offsets
        runs = list(dict.fromkeys(r for cell in cells if cell.offset <= reached for r in cell.runs))
        to_do = {*bases_of(runs), *runs}
    rows = []
    for run in [*bases_of(runs), *runs]:
        state, left = _progress(run, given) if run in to_do else ("done", 0)
        rows.append({"run": run, "title": run.title, "state": state, "steps": left})
    return pd.DataFrame(rows)


def _progress(run: Run, given: PlanInput) -> tuple[str, int]:
    """Find the state of a run that is not done, and how many steps are left."""
    clips = len(training_clips(run, given.place)) if given.has_frames else 0
    steps = steps_of(run, clips)
    if not given.has_frames:
        return "to do", steps
    if weights_path(run, given.place).is_file():
        return "to be scored", 0
    curve = run_folder(run, given.place) / "loss.csv"
    done = len(curve.read_bytes().splitlines()) - 1 if curve.is_file() else 0  # less the header
    return (f"stopped at step {done}", steps - done) if done else ("to do", steps)


def costs(planned: pd.DataFrame, given: PlanInput, threads: int) -> dict[tuple[str, int], Cost]:
    """Time every network of the runs to be made, by (network, inputs)."""
    to_do = planned[planned["state"] != "done"]
    kinds = {(run.network, run.inputs): run for run in to_do["run"]}
    classes = len(dataset(given.setting.dataset, given.place.data_root).classes.names)
    bar = tqdm(kinds.items(), "timing a few steps", unit="network", disable=None, leave=False)
    return {
        kind: measure(TimedStep(*kind, classes, run.recipe, given.size, threads))
        for kind, run in bar
    }


def with_times(
    planned: pd.DataFrame, given: PlanInput, found: dict[tuple[str, int], Cost]
) -> pd.DataFrame:
    """Add the times of the runs: `step_s`, `train_min`, `score_min` and `fault`.

    Times are NaN where they are not known, and 0 for runs that are done.
    """
    rows = []
    for row in planned.itertuples():
        cost = found.get((row.run.network, row.run.inputs), Cost())
        to_do = row.state != "done"
        frames, pairs = _to_score(row.run, given) if to_do else (0, 0)
        score_s = frames * cost.frame_s + pairs * cost.count_s if frames else 0.0
        train_s = row.steps * cost.step_s if row.steps else 0.0
        times = {"step_s": cost.step_s, "train_min": train_s / 60, "score_min": score_s / 60}
        rows.append(row._asdict() | times | {"fault": cost.fault if to_do else ""})
    return pd.DataFrame(rows)


def _to_score(run: Run, given: PlanInput) -> tuple[int, int]:
    """Count the forward passes and the counted pairs of prediction and label of a run."""
    if run.base:
        return 0, 0
    settings = given.setting.settings
    pairs = scored_pairs(given.val, run.inputs, settings.offsets, settings.targets)
    return pairs["inputs"].nunique(), len(pairs)


def disk(planned: pd.DataFrame, given: PlanInput, jobs: int) -> dict[str, int]:
    """Count the bytes that the runs to be made will take, and the free bytes.

    Returns:
        `weights` of all runs; `checkpoints`, the largest of `jobs` parallel runs, which are removed
        as runs end; `counts`, before they are compressed; `free`.
    """
    runs = planned.loc[planned["state"] != "done", "run"]
    classes = len(dataset(given.setting.dataset, given.place.data_root).classes.names)
    sizes = {run: _sizes(run, classes) for run in runs}
    blocks, offsets = given.val["block"].nunique(), given.setting.settings.offsets + 1
    folder = next(path for path in (given.place.build, *given.place.build.parents) if path.exists())
    return {
        "weights": sum(weights for weights, _ in sizes.values()),
        "checkpoints": sum(sorted(checkpoint for _, checkpoint in sizes.values())[-jobs:]),
        "counts": sum(not run.base for run in runs) * blocks * offsets * classes**2 * 8,
        "free": shutil.disk_usage(folder).free,
    }


def _sizes(run: Run, classes: int) -> tuple[int, int]:
    """Count the bytes of a run's weights, and of a checkpoint with the optimiser's state."""
    with torch.device("meta"):
        network = models.build(run.network, run.inputs, classes)
    weights = sum(tensor.nbytes for tensor in network.state_dict().values())
    moments = 2 if run.recipe.optimizer == "adam" else 1
    return weights, weights + moments * sum(part.nbytes for part in network.parameters())


def say(table: pd.DataFrame, bytes_of: dict[str, int], given: PlanInput, jobs: int) -> str:
    """Put a plan into words.

    Args:
        table: result of `with_times`.
        bytes_of: result of `disk`.
        given: input of the plan.
        jobs: how many runs will be made in parallel.
    """
    setting, to_do = given.setting, table[table["state"] != "done"]
    lines = [
        f"Plan for data set {setting.dataset}, profile {setting.profile}, {setting.card.device} "
        f"({setting.card.kind}); nothing has been started.",
        table[COLUMNS].round(3).to_string(index=False, na_rep="?"),
        f"runs: {len(table) - len(to_do)} done, {len(to_do)} to do, {to_do['steps'].sum()} steps",
        f"time: {_time(to_do, jobs)}",
        _space(bytes_of),
    ]
    if not given.has_frames:
        lines.insert(1, "ToyStreet will be rendered first; its time and space are not in the plan.")
    return "\n".join(lines)


def _time(to_do: pd.DataFrame, jobs: int) -> str:
    minutes = to_do["train_min"] + to_do["score_min"]
    if to_do.empty:
        return "none"
    if minutes.notna().sum() == 0:
        return "not known"
    unknown = to_do.loc[minutes.isna(), "title"].tolist()
    words = f"about {_hours(minutes.sum())} one run after the other"
    words += f", at best {_hours(minutes.sum() / jobs)} {jobs} side by side" if jobs > 1 else ""
    words += f", without {', '.join(unknown)}, which could not be timed" if unknown else ""
    return f"{words}; timed on random frames on {machine()['device']}"


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.1f} h" if minutes >= 120 else f"{minutes:.1f} min"


def _space(bytes_of: dict[str, int]) -> str:
    needed = bytes_of["weights"] + bytes_of["checkpoints"] + bytes_of["counts"]
    weights, checkpoints, counts, free = (
        f"{bytes_of[name] / 1e9:.2f} GB" for name in ("weights", "checkpoints", "counts", "free")
    )
    verdict = "" if needed < bytes_of["free"] else ": NOT ENOUGH"
    return (
        f"disk: weights {weights}, counts at most {counts}, checkpoints at most {checkpoints} "
        f"while runs train; free {free}{verdict}"
    )
