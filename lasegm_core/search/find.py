"""`search`: find an architecture for a device and a camera, and write it to a file; resumable."""

import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from lasegm_core.data.clips import single_thread
from lasegm_core.data.sources import Place, class_table, data_root, split_frames
from lasegm_core.models.auxiliary import inference_parameters
from lasegm_core.models.networks import space
from lasegm_core.models.networks.mrms import MRMS
from lasegm_core.search.data import FutureLabels, future_clips, halves
from lasegm_core.search.job import Job, Wish, make_job
from lasegm_core.search.lookup import MEASURES, UNITS, Task
from lasegm_core.search.loop import Search
from lasegm_core.search.supernet import ASPECTS, Supernet, architecture_of, gates_of
from lasegm_core.support.digests import code_digest, data_digest, digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, clear_away, locked, remove
from lasegm_core.support.machine import machine
from lasegm_core.training.devices import fast_precision, make_fabric
from lasegm_core.training.loop import Draws

CHECKPOINT_S = 30  # an interruption loses at most this much work
CODE = (
    *("search.aim", "search.data", "search.lateness", "search.lookup", "search.loop"),
    *("search.supernet", "search.table", "metric.staleness"),
    *("data.clips", "data.augmentation", "data.labels"),
    *("data.pixels.images", "data.pixels.label_files"),
    *("models.networks.mrms", "models.networks.inverted", "models.networks.space"),
    *("models.networks.blocks", "models.common", "models.auxiliary", "training.loop"),
)


def search(wish: Wish, dataset: str, profile_name: str, place: Place) -> Path:
    """Search for an architecture, or continue a stopped search; only one process does it.

    Args:
        wish: settings of the search.
        dataset: name of a data set whose training frames are all labelled.
        profile_name: its profile.
        place: where searches and data are kept.

    Returns:
        The file of the architecture; `search.csv` beside it has every step.

    Raises:
        BadInput: an invalid value, missing data, or clips too short for the latency.
    """
    job = make_job(wish, dataset, profile_name, place)
    path = _folder(job) / "found.yaml"
    with locked(path):
        if not path.is_file():
            architecture = _run(job, path.with_name("checkpoint.pt"))
            with atomic(path) as partial:
                space.write(partial, architecture, "Found", _made(job, architecture))
        remove(path.with_name("checkpoint.pt"))
    return path


def _folder(job: Job) -> Path:
    """Name the folder of a search by all that decides its result."""
    frames = split_frames(job.dataset, job.profile, job.place, "train")
    decisive = {
        "objective": job.wish.objective,
        "aim": asdict(job.aim),
        "camera_s": job.camera_s,
        "task": asdict(job.task),
        "tables": {name: table.digest() for name, table in job.tables.items()},
        "recipe": asdict(job.recipe),
        "data": data_digest(frames, data_root(job.dataset, job.profile, job.place)),
        "precision": fast_precision(),
        "code": code_digest(*(f"lasegm_core.{name}" for name in CODE)),
    }
    title = f"{job.wish.objective}-s{job.wish.seed}-{digest(decisive)}"
    return job.place.build / "searches" / f"{job.dataset}-{job.profile}" / title


def _run(job: Job, checkpoint: Path) -> space.Architecture:
    """Take the remaining steps, with a progress bar and a checkpoint every 30 seconds."""
    torch.manual_seed(job.wish.seed)
    network = Supernet(job.task.inputs, job.task.classes, job.task.width)
    state = Search(network, job.tables, job.lateness, job.aim, job.recipe, make_fabric())
    clear_away(checkpoint)
    state.resume(checkpoint)
    begun, steps, saved = len(state.rows), job.aim.steps, time.monotonic()
    loaders = [_loader(of, job, range(begun, steps), state.fabric) for of in _data(job)]
    with tqdm(total=steps, initial=begun, desc="search", unit="step") as bar:
        for row in state.steps(*loaders):
            bar.set_postfix(loss=f"{row['loss']:.3f}", k=row["k"], refresh=False)
            bar.update()
            if time.monotonic() - saved > CHECKPOINT_S:
                state.save(checkpoint)
                saved = time.monotonic()
    state.write_rows(checkpoint.with_name("search.csv"))
    return architecture_of(state.result(), job.task.width)


def _data(job: Job) -> list[FutureLabels]:
    """Make the data of the weight steps, and that of the architecture steps."""
    frames = split_frames(job.dataset, job.profile, job.place, "train")
    classes = class_table(job.dataset, job.profile, job.place)
    try:
        tables = [future_clips(half, job.task.inputs, job.offsets) for half in halves(frames)]
    except BadInput as fault:
        if not job.offsets:
            raise
        raise BadInput(
            f"{fault}; the slowest architecture is {job.offsets} frames late: search for a smaller "
            "size, for width 0.5 or for a slower camera"
        ) from None
    augmentation = job.recipe.augmentation
    return [FutureLabels(table, classes, augmentation, job.wish.seed) for table in tables]


def _loader(data: Dataset, job: Job, steps: range, fabric) -> DataLoader:
    loader = DataLoader(
        data,
        batch_sampler=Draws(len(data), job.recipe.batch, steps, job.wish.seed, slice(None)),
        num_workers=1,
        worker_init_fn=single_thread,
    )
    return fabric.setup_dataloaders(loader, use_distributed_sampler=False)


def _made(job: Job, architecture: space.Architecture) -> dict:
    """Record how an architecture was found and what it costs, as plain values for its file."""
    gates, facts = gates_of(architecture), machine()
    found = {"by": _command(job), "camera_ms": round(float(1000 * job.camera_s), 3)}
    if job.lateness:
        found["k"] = int(job.lateness.offsets(gates))
    for name, budget in job.aim.budgets:
        unit, whole = UNITS[name]
        found[f"budget_{name}"] = f"{budget / whole:.4g} {unit}"
    if "latency" in job.tables:
        by_table = job.tables["latency"].cost(gates).item()
        found["latency_by_table"] = f"{by_table / 1000:.4g} ms"
    found |= _counted(job.task, architecture)
    return found | {name: facts[name] for name in ("device", "software", "commit", "date")}


def _command(job: Job) -> str:
    wish, (height, width) = job.wish, job.task.size
    words = f"lasegm search --objective {wish.objective} --width {wish.width:g}"
    words += f" --inputs {wish.inputs} --size {height}x{width} --steps {job.aim.steps}"
    words += f" --seed {wish.seed}" + (f" --fps {wish.fps}" if wish.fps else "")
    words += "".join(f" --budget {name}={value:g}" for name, value in wish.budgets)
    if job.aim.optimise != ASPECTS:
        words += f" --optimise {','.join(job.aim.optimise)}"
    return f"{words} --dataset {job.dataset} --profile {job.profile}"


def _counted(task: Task, architecture: space.Architecture) -> dict:
    """Count the parameters and operations of an architecture's network."""
    with torch.device("meta"):
        network = MRMS(task.inputs, task.classes, architecture)
        frames = torch.rand(1, task.inputs, 3, *task.size)
    operations = MEASURES["operations"](network, [frames], "meta")
    return {"parameters": inference_parameters(network), "gmac": round(operations / 1e9, 4)}
