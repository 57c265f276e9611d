"""Two processes of one torchrun, on the CPU, against one process."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from lightning_fabric import Fabric
from safetensors.torch import load_file
from torch.nn.modules.batchnorm import _NormBase

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.metric.counts import Counts
from lasegm_core.models.building import build
from lasegm_core.support.errors import BadInput
from lasegm_core.training.devices import synchronise_batch_norm
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.loop import fit
from lasegm_core.training.pairs import scored_pairs
from lasegm_core.training.recipes import recipe
from tests import ROOT
from tests.conftest import hear_control_c, write_clip

# Two processes share a batch of three; a crop larger than the frames is filled with ignored pixels,
# so that some clips have fewer valid ones. In double precision rounding is far below what a wrong
# weight or a mean of means would change.
CHANGES = {"batch": 3, "augmentation": Augmentation((32, 64), (0.5, 1.0), blur=0.5)}
PRECISION = "64-true"
STEPS = 4
GO_ON = "repeat the command to go on from the last checkpoint"
# Stands in for `-m lasegm_core`: the same command, with a profile of a few tiny steps.
COMMAND = f"""
import sys
from lasegm_core.training import devices, loop, profiles
from lasegm_core.experiments import making, runs
from lasegm_core.cli.main import main
from lasegm_core.data.index import DATASETS
from lasegm_core.data.settings import Augmentation
from lasegm_core.training.recipes import Profile
DATASETS["cityscapes"] = DATASETS["toystreet"]  # every frame has a label
for module in (devices, making, runs):
    module.fast_precision = lambda: {PRECISION!r}
profiles.PROFILES["cityscapes", "tiny"] = Profile(
    steps={STEPS}, base_steps=0, offsets=2, targets=3, changes={CHANGES!r}
)
loop.CHECKPOINT_S = float(sys.argv.pop())
sys.exit(main())
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The data set, and the command that trains on it."""
    root = tmp_path_factory.mktemp("street")
    for split in ("train", "val"):
        for sequence in range(2):
            write_clip(root, split, "town", sequence, size=(32, 48))
    (root / "command.py").write_text(COMMAND)
    return root


def start(root, build, checkpoint_s=3600):
    """Start a run on two processes."""
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    places = ["--data", root, "--build", build, "--cache", root]
    run = ["train", "swiftnet_r18", "--dataset=cityscapes", "--profile=tiny", *places]
    return subprocess.Popen(
        [sys.executable, *torchrun, root / "command.py", *run, str(checkpoint_s)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_control_c,
    )


def finish(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


def only(build, pattern):
    (found,) = build.glob(f"runs/*/*/{pattern}")
    return found


@pytest.fixture(scope="module")
def pair(root):
    """A run that two processes made undisturbed: its folder, and what was said."""
    out, err = finish(start(root, root / "pair"))
    return SimpleNamespace(build=root / "pair", out=out, err=err)


def test_the_same_batches_give_the_same_losses_and_weights_on_two_processes(root, pair, tmp_path):
    data = ClipDataset(
        make_clips(cityscapes.dense_frames(root, "train"), 0, 1, 2),
        CITYSCAPES,
        CHANGES["augmentation"],
    )
    torch.manual_seed(0)
    network = build("swiftnet_r18")
    torch.set_num_threads(1)
    fabric = Fabric(accelerator="cpu", devices=1, precision=PRECISION)
    settings = recipe("swiftnet", CHANGES)
    fit(network, data, settings, STEPS, 0, tmp_path / "checkpoint.pt", fabric, "alone")
    curve = pd.read_csv(only(pair.build, "loss.csv"))
    assert curve["step"].tolist() == list(range(1, STEPS + 1))
    pd.testing.assert_frame_equal(curve, pd.read_csv(tmp_path / "loss.csv"), rtol=1e-5)
    shared = load_file(only(pair.build, "weights.safetensors"))
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(shared[name], tensor.cpu(), rtol=1e-4, atol=1e-6)


def test_two_processes_count_what_one_counts(root, pair):
    network = build("swiftnet_r18").double()
    network.load_state_dict(load_file(only(pair.build, "weights.safetensors")))
    pairs = scored_pairs(cityscapes.dense_frames(root, "val"), 1, offsets=2, targets=3)
    fabric = Fabric(accelerator="cpu", devices=1, precision=PRECISION)
    single = evaluate(network, pairs, CITYSCAPES, fabric, "alone")
    shared = Counts.load(only(pair.build, "counts-*.npz"))
    assert shared.values.sum() == len(pairs) * 32 * 48
    assert (shared.values == single.values).all()


def test_only_the_first_process_speaks_and_writes(pair):
    assert pair.out.count("mIoU") == 1
    assert pair.err.count("train swiftnet_r18-i1-k0-s0:   0%") == 1
    assert pair.err.count("score swiftnet_r18-i1-k0-s0:   0%") == 1
    written = {path.name.split("-")[0] for path in pair.build.rglob("*") if path.is_file()}
    assert {name for name in written if not name.startswith(".")} == {
        "weights.safetensors",
        "weights.safetensors.sha256",
        "loss.csv",
        "run.json",
        "counts",
    }
    assert json.loads(only(pair.build, "run.json").read_text())["processes"] == 2


def after_a_checkpoint(process, build):
    """Wait for the first checkpoint; return the process ids by rank."""
    while not list(build.glob("runs/*/*/checkpoint.pt")):
        time.sleep(0.01)
        assert process.poll() is None
    ranks = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == process.pid:
                words = (folder / "environ").read_text().split("\0")
                ranks |= {int(word[5:]): int(folder.name) for word in words if word[:5] == "RANK="}
        except (OSError, ValueError):
            continue
    return ranks


def test_a_killed_process_ends_the_run_which_resumes_to_the_same_weights(root, pair, tmp_path):
    broken = start(root, tmp_path, -1)
    os.kill(after_a_checkpoint(broken, tmp_path)[1], signal.SIGKILL)
    begun = time.monotonic()
    err = broken.communicate(timeout=60)[1]
    assert time.monotonic() - begun < 30
    assert broken.returncode != 0
    ended = "a process of this run was ended, by hand or for lack of memory"
    assert said(err) == [f"lasegm: {ended}; {GO_ON}"]
    steps = len(pd.read_csv(only(tmp_path, "loss.csv")))
    assert 1 <= steps < STEPS
    _, err = finish(start(root, tmp_path))
    assert f"| {steps}/{STEPS} [" in err  # the first thing that the bar shows
    undisturbed = load_file(only(pair.build, "weights.safetensors"))
    resumed = load_file(only(tmp_path, "weights.safetensors"))
    assert all(torch.equal(undisturbed[name], resumed[name]) for name in undisturbed)
    assert only(tmp_path, "loss.csv").read_text() == only(pair.build, "loss.csv").read_text()


def test_ctrl_c_is_one_line_of_ours(root, tmp_path):
    stopped = start(root, tmp_path, -1)
    after_a_checkpoint(stopped, tmp_path)
    os.killpg(stopped.pid, signal.SIGINT)
    err = stopped.communicate(timeout=60)[1]
    assert stopped.returncode != 0
    assert said(err) == [f"lasegm: stopped; {GO_ON}"]
    assert "lasegm_core/" not in err  # no traceback of ours
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert not [name for name in left if name[0] == "." and not name.endswith(".lock")]


def said(err):
    return [line for line in err.splitlines() if line.startswith("lasegm: ")]


def test_more_processes_than_clips_in_a_batch_are_refused(tmp_path):
    fabric = SimpleNamespace(world_size=4)
    with pytest.raises(BadInput, match="3 clips cannot be shared by 4 processes: use at most 3"):
        fit(None, None, recipe("swiftnet", CHANGES), 1, 0, tmp_path / "c.pt", fabric, "test")


def test_a_gpu_gets_the_synchronised_batch_norm_of_torch_and_keeps_the_names_of_the_weights():
    network = build("swiftnet_r18")
    names = list(network.state_dict())
    fabric = SimpleNamespace(world_size=2, device=torch.device("cuda"))
    synchronise_batch_norm(network, fabric)
    kinds = {type(part) for part in network.modules() if isinstance(part, _NormBase)}
    assert kinds == {torch.nn.SyncBatchNorm}
    assert list(network.state_dict()) == names
