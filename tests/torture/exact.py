"""Numbers against independent references, on many draws; bytes against other runs and machines."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from random import Random

import cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling as official
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from torchmetrics.classification import MulticlassJaccardIndex

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.metric.confusion import IGNORE, count, iou
from lasegm_core.metric.offsets import frame_offset
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import newest_frames
from lasegm_core.reports import plots, tables
from lasegm_core.reports.headings import titled
from tests.metric.test_staleness import simulate
from tests.torture.counting import Case
from tests.torture.tree import ROOT

IDS = np.array(CITYSCAPES.file_ids, np.uint8)
# Of ToyStreet at 32x64, 1 and 2 clips, seed 0: what every machine must render.
TOYSTREET = Path(__file__).with_name("toystreet.json")


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List them; the short form has a tenth of the draws."""
    part = 10 if short else 1
    for number in range(1000 // part):
        call = partial(against_cityscapes, seed * 1000 + number)
        yield Case("maps scored as the official Cityscapes evaluation, 1e-9", str(number), call)
    for number in range(1000 // part):
        call = partial(against_torchmetrics, seed * 1000 + number)
        yield Case("maps scored as torchmetrics, in float32", str(number), call)
    chance = Random(seed)
    for number in range(10_000 // part):
        call = partial(offset, Random(chance.random()))
        yield Case("offsets as counted frame by frame", str(number), call)
    for number in range(10_000 // part):
        call = partial(schedule, Random(chance.random()))
        yield Case("schedules as simulated tick by tick", str(number), call)
    for jobs in (1, 2):
        call = partial(toystreet, folder / f"toystreet-{jobs}", jobs)
        yield Case("ToyStreet's bytes are the committed ones", f"{jobs} processes", call)
    for kind in ("csv", "md", "html", "tex", "pdf", "svg", "png"):
        call = partial(figures, folder, kind)
        yield Case("tables and figures of two processes, the same bytes", kind, call)


def some_maps(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a label and a prediction, (H, W) class ids; some classes are absent, some is ignored."""
    chance = np.random.default_rng(seed)
    shape = tuple(chance.integers(3, 60, 2))
    known = chance.choice(19, chance.integers(1, 20), replace=False)
    label = chance.choice(known, shape).astype(np.uint8)
    right = chance.random(shape) < chance.random()
    prediction = np.where(right, label, chance.integers(0, 19, shape)).astype(np.uint8)
    label[chance.random(shape) < 0.2 * chance.random()] = IGNORE
    label.flat[0] = known[0]  # something is to be scored
    return label, prediction


def against_cityscapes(seed: int) -> None:
    """Score one pair of maps by the functions of the official evaluation."""
    label, prediction = some_maps(seed)
    file_ids = np.zeros(256, np.uint8)  # 0: unlabelled
    file_ids[:19] = IDS
    args = _official()
    matrix = official.generateMatrix(args)
    if official.CSUPPORT:
        from cityscapesscripts.evaluation import addToConfusionMatrix

        matrix = addToConfusionMatrix.cEvaluatePair(
            file_ids[prediction], file_ids[label], matrix, args.evalLabels
        )
    else:
        for truth, guess in zip(file_ids[label].flat, file_ids[prediction].flat, strict=True):
            matrix[truth][guess] += 1
    theirs = [official.getIouScoreForLabel(int(number), matrix, args) for number in IDS]
    ours = iou(count(label, prediction, 19))
    np.testing.assert_allclose(ours, theirs, atol=1e-9, rtol=0)


@cache
def _official():
    args = official.args
    official.generateMatrix(args)  # sets args.evalLabels
    return args


def against_torchmetrics(seed: int) -> None:
    """Score one pair of maps by torchmetrics."""
    label, prediction = (torch.from_numpy(array).long() for array in some_maps(seed))
    index = MulticlassJaccardIndex(19, average="none", ignore_index=IGNORE)
    theirs = index(prediction, label).double().numpy()
    ours = iou(count(label.numpy().astype(np.uint8), prediction.numpy().astype(np.uint8), 19))
    # What never occurs is NaN with us and 0 with torchmetrics.
    np.testing.assert_allclose(np.nan_to_num(ours), theirs, atol=1e-6, rtol=0)


def offset(chance: Random) -> None:
    """Count frames until one comes that is not before the output."""
    interval = Fraction(chance.randint(1, 200_000), 1_000_000)
    latency = chance.choice(
        [
            Fraction(chance.randint(0, 2_000_000), 1_000_000),
            interval * chance.randint(0, 20),  # on a frame
        ]
    )
    frame = 0
    while frame * interval < latency and frame < 3000:
        frame += 1
    if frame < 3000:
        assert frame_offset(latency, interval) == frame
        assert frame_offset(float(latency), float(interval)) == frame  # whole microseconds


def schedule(chance: Random) -> None:
    """Watch devices tick by tick."""
    latencies = [chance.randint(1, 24) for _ in range(chance.randint(1, 4))]
    interval, frames = chance.randint(1, 8), chance.randint(1, 40)
    devices, policy = chance.choice([None, 1, 1, 2, 3]), chance.choice(POLICIES)
    strict = chance.random() < 0.5
    found = newest_frames(
        [Fraction(ticks, 70) for ticks in latencies],
        Fraction(interval, 70),
        devices,
        policy,
        strict=strict,
        frames=frames,
    )
    assert found == simulate(latencies, interval, devices, policy, strict, frames)


def toystreet(folder: Path, jobs: int) -> None:
    """Render a small set and compare every file's digest with the committed one."""
    found = rendered_digests(folder, jobs)
    wanted = json.loads(TOYSTREET.read_text())
    other = [name for name in wanted if found.get(name) != wanted[name]]
    assert found.keys() == wanted.keys() and not other, f"other bytes: {other[:3]}"


def rendered_digests(folder: Path, jobs: int) -> dict[str, str]:
    """Render 1 and 2 clips; return the digest of every clip's frames and labels."""
    script = ROOT / "data_scripts" / "render_toystreet.py"
    options = ["--size", "32x64", "--train", "1", "--val", "2", "--jobs", str(jobs)]
    command = [sys.executable, str(script), "--out", str(folder), *options]
    subprocess.run(command, check=True, capture_output=True)
    digests: dict[str, str] = {}
    for kind in sorted(folder.glob("*/*/*")):
        by_clip: dict[str, list[Path]] = {}
        for path in sorted(kind.glob("*.png")):
            by_clip.setdefault(path.name[:17], []).append(path)
        for clip, paths in by_clip.items():
            data = b"".join(path.read_bytes() for path in paths)
            name = f"{kind.parent.relative_to(folder)}/{clip}"
            digests[name] = hashlib.sha256(data).hexdigest()
    return digests


def figures(folder: Path, kind: str) -> None:
    """Compare the files of two processes."""
    written = [_written(folder, str(number)) for number in range(2)]
    one, other = (place / f"drawn.{kind}" for place in written)
    assert one.read_bytes() == other.read_bytes(), f"{kind} of one process differs from another's"


@cache
def _written(folder: Path, name: str) -> Path:
    code = f"from tests.torture import exact; exact.draw(exact.Path({str(folder / name)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    return folder / name


def draw(out: Path) -> None:
    """Write a table and a figure like the notebooks."""
    chance = np.random.default_rng(0)
    rows = [
        {"network": name, "offset": k, "miou": chance.random()} for name in "ab" for k in range(9)
    ]
    table = pd.DataFrame(rows)
    tables.write("drawn", table, titled(table).astype(str), "A caption of 100 % & more.", out)
    _, axes = plt.subplots()
    for name, own in table.groupby("network"):
        axes.plot(own["offset"], own["miou"], "o-", label=name)
    axes.fill_between(range(9), 0.1, 0.2, alpha=0.2)
    axes.legend()
    plots.write("drawn", axes, "A caption.", out)
