"""Memory and file handles over 2,000 steps of training and of evaluation on a tiny network."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.reports import plots
from lasegm_core.support.files import atomic
from lasegm_core.support.machine import machine
from lasegm_core.training import evaluation, loop, reading
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs
from lasegm_core.training.recipes import recipe
from tests.conftest import write_street

MB = 2**20
SMALL = {"batch": 2, "augmentation": Augmentation((32, 32), (0.75, 1.5), blur=0.5)}
WARM_UP = 0.2  # share of the steps that is left out of the slope: pools and caches fill


class Tiny(torch.nn.Module):
    """A network of two layers: (B, T, 3, H, W) to (B, 19, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = torch.nn.Conv2d(6, 8, 3, padding=1)
        self.classifier = torch.nn.Conv2d(8, 19, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:  # (B, T, 3, H, W)
        return self.classifier(self.backbone(frames.flatten(1, 2)).relu())


class Meter:
    """Notes the resident memory and the open files of this process and its children."""

    def __init__(self, work: str, rows: list[dict]) -> None:
        self.work, self.rows, self.step = work, rows, 0

    def tick(self, every: int = 20) -> None:
        """Count a step, and measure now and then."""
        self.step += 1
        if self.step % every == 0:
            own = [os.getpid(), *_children()]
            self.rows.append(
                {
                    "work": self.work,
                    "step": self.step,
                    "mb": sum(map(_resident, own)) / MB,
                    "files": sum(map(_open_files, own)),
                }
            )


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(name) for task in tasks for name in task.read_text().split()]


def _resident(process: int) -> int:
    """Read the proportional share of memory, in bytes: shared memory is counted once.

    Mapped files are left out, because the share of libraries grows when other processes end.
    """
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kinds = ("Pss_Anon:", "Pss_Shmem:")
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(kinds))


def _open_files(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


def measure(folder: Path, steps: int) -> pd.DataFrame:
    """Train and evaluate so many steps; a row every 20: `work`, `step`, `mb`, `files`."""
    rows: list[dict] = []
    write_street(folder)
    with pytest.MonkeyPatch.context() as patch:
        _train(folder, steps, Meter("training", rows), patch)
        _evaluate(folder, steps, Meter("evaluation", rows), patch)
    return pd.DataFrame(rows)


def _counted(call: Callable, meter: Meter) -> Callable:
    def counting(*arguments):
        meter.tick()
        return call(*arguments)

    return counting


def _train(folder: Path, steps: int, meter: Meter, patch: pytest.MonkeyPatch) -> None:
    clips = make_clips(cityscapes.dense_frames(folder, "train"), 1, 2)
    data = ClipDataset(clips, CITYSCAPES, SMALL["augmentation"])
    patch.setattr(loop, "CHECKPOINT_S", 1)
    patch.setattr(loop, "take_step", _counted(loop.take_step, meter))
    patch.setattr(loop, "parameter_groups", _groups)
    own = (folder / "checkpoint.pt", make_fabric(), "train")
    loop.fit(Tiny(), data, recipe("swiftnet", SMALL), steps, 0, *own)


def _groups(network: torch.nn.Module) -> dict:
    return {"pretrained": [], "new": list(network.parameters())}


def _evaluate(folder: Path, steps: int, meter: Meter, patch: pytest.MonkeyPatch) -> None:
    frames = cityscapes.dense_frames(folder, "val")
    times = -(-steps // len(frames))
    # The same frames under new names of their clips, so that all are one long evaluation.
    copies = [frames.assign(clip=frames["clip"] + f"-{n}") for n in range(times)]
    pairs = scored_pairs(pd.concat(copies, ignore_index=True), 2, 1, None)
    pairs["inputs"] = [(*paths[:-1], paths[-1]) for paths in pairs["inputs"]]
    pairs = pairs.assign(inputs=_told_apart(pairs, folder))
    patch.setattr(reading, "BATCH", 1)
    patch.setattr(evaluation, "count", _counted(evaluation.count, meter))
    evaluate(Tiny(), pairs, CITYSCAPES, make_fabric(), "evaluate")


def _told_apart(pairs: pd.DataFrame, folder: Path) -> list[tuple[str, ...]]:
    """Link each clip's frames to paths of their own, so that no forward pass is shared."""
    links: list[tuple[str, ...]] = []
    for row in pairs.itertuples():
        place = folder / "links" / row.clip.rpartition("-")[2]
        place.mkdir(parents=True, exist_ok=True)
        named = [place / Path(path).name for path in row.inputs]
        for link, path in zip(named, row.inputs, strict=True):
            link.exists() or os.link(path, link)
        links.append(tuple(map(str, named)))
    return links


def slopes(table: pd.DataFrame) -> dict[str, float]:
    """Fit MB per 1,000 steps to each work, without its first steps."""
    found = {}
    for work, rows in table.groupby("work", sort=False):
        late = rows[rows["step"] > WARM_UP * rows["step"].max()]
        found[work] = 1000 * float(np.polyfit(late["step"], late["mb"], 1)[0])
    return found


def draw(table: pd.DataFrame) -> Figure:
    """Draw memory and open files over the steps."""
    figure, panels = plt.subplots(2, 1, sharex=True, figsize=(7, 5), layout="constrained")
    for work, rows in table.groupby("work", sort=False):
        panels[0].plot(rows["step"], rows["mb"], label=work)
        panels[1].plot(rows["step"], rows["files"], label=work)
    panels[0].set(ylabel="memory in MB", ylim=(0, 1.1 * table["mb"].max()))
    panels[1].set(ylabel="open files", xlabel="step", ylim=(0, 1.1 * table["files"].max()))
    panels[0].legend(frameon=False)
    facts = machine()
    figure.suptitle(f"{facts['device']}, commit {facts['commit']}", fontsize="small")
    return figure


def main(arguments: list[str] | None = None) -> int:
    """Measure, write memory.csv and memory.png, and print the slopes."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.memory", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder")
    parser.add_argument("--steps", type=int, default=2000, help="of each (%(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        table = measure(Path(folder), options.steps)
    facts = machine()
    with atomic(options.out / "memory.csv") as partial:
        table.assign(device=facts["device"], commit=facts["commit"]).to_csv(
            partial, index=False, float_format="%.2f", lineterminator="\n"
        )
    plots.write("memory", draw(table), "", options.out)
    flat = True
    for work, slope in slopes(table).items():
        files = table.loc[table["work"] == work, "files"]
        late = files[len(files) // 5 :]
        flat = flat and abs(slope) < 20 and late.max() - late.min() <= 8
        said = f"{slope:+.2f} MB per 1,000 steps, {late.min()} to {late.max()} open files"
        print(f"{work}: {said}", flush=True)
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
