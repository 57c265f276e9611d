"""Every engine against eager: changed pixels, and networks that it cannot run."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines import compare
from lasegm_core.latency.engines.build import CannotRun, make
from lasegm_core.latency.engines.frames import read_frames
from lasegm_core.latency.engines.registry import left_out
from lasegm_core.models.loading import load_network
from lasegm_core.scoring import engines, own_score
from lasegm_core.scoring.data import find_data
from lasegm_core.support.errors import BadInput
from tests.helpers.tiny import SIZE, Tiny, write_images

TOLERANCE = 1e-3  # of logits, for engines that compute in fp32
EXACT = ("channels_last", "folded", "onnxruntime", "openvino")


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return write_images(tmp_path_factory.mktemp("images"))


class Branching(Tiny):
    """Uses a convolution beside its BatchNorm, so that it cannot be folded."""

    def forward(self, frames):
        features = self.conv(frames)
        return self.head(self.norm(features) + features)


class InNumpy(Tiny):
    """Leaves torch, so that no graph holds it."""

    def forward(self, frames):
        return torch.from_numpy(np.sort(super().forward(frames).detach().numpy(), 1))


@pytest.mark.parametrize(("name", "size"), [("swiftnet_r18", SIZE), ("fast_scnn", (61, 83))])
def test_engines_of_fp32_equal_eager(name, size, images):
    torch.manual_seed(0)
    network, frames = load_network(name), read_frames(images, size)
    found = compare.compare(network, EXACT, frames, rounds=1)
    assert list(found.changes.index) == ["eager", *EXACT] and not found.refused
    assert (found.changes["difference"] < TOLERANCE).all()
    assert (found.changes["changed"] <= compare.MOST_CHANGED).all()
    assert found.changes.loc["eager"].eq(0).all()
    assert set(found.table()["mark"]) == {""}


@pytest.mark.skipif(bool(left_out("compile", "cpu")), reason="no C++ compiler")
def test_compiled_equals_eager(images):
    found = compare.compare(load_network(Tiny()), ["compile"], read_frames(images, SIZE), 1)
    assert found.changes.loc["compile", "difference"] < TOLERANCE


def test_folding_leaves_no_batchnorm_where_a_convolution_has_one_use():
    frames = torch.rand(1, 1, 3, *SIZE)
    kept = {}
    for network in (Tiny(), Branching()):
        made = make("folded", load_network(network), frames)
        norms = [part for part in made.call.modules() if isinstance(part, nn.BatchNorm2d)]
        kept[type(network)] = len(norms)
        assert isinstance(network.norm, nn.BatchNorm2d)  # the network itself stays
    assert kept == {Tiny: 0, Branching: 1}


def test_bf16_changes_logits_and_says_so(images):
    found = compare.compare(load_network(Tiny()), ["bf16"], read_frames(images, SIZE), 1)
    row = found.table().set_index("engine").loc["bf16"]
    assert 0 < row["difference"] < 0.1
    assert 0 <= row["changed"] < 0.1


class Different(Tiny):
    """Predicts other classes under autocast: the first class in this many rows."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def forward(self, frames):
        logits = torch.zeros(1, 4, *frames.shape[-2:])
        logits[:, 1] = 1
        if torch.is_autocast_enabled("cpu"):
            logits[:, 0, : self.rows] = 2
        return logits


@pytest.mark.parametrize(("rows", "marked"), [(0, False), (1, False), (2, True)])
def test_an_engine_that_changes_over_a_thousandth_of_the_pixels_is_marked(rows, marked):
    frames = [torch.rand(1, 1, 3, 1000, 8)]
    found = compare.compare(load_network(Different(rows)), ["bf16"], frames, rounds=1)
    assert found.changes.loc["bf16", "changed"] == pytest.approx(rows / 1000)
    assert found.is_marked("bf16") is marked
    assert found.table()["mark"].tolist() == ["", compare.MARK if marked else ""]
    if marked:
        assert found.best() == "eager"
        with pytest.raises(BadInput, match=r"changes 0\.200 % of the pixels of Different"):
            found.card("bf16")


class Lost(Tiny):
    def forward(self, frames):
        scale = torch.nan if torch.is_autocast_enabled("cpu") else 1
        return super().forward(frames) * scale


def test_an_engine_that_gives_nan_is_marked(images):
    found = compare.compare(load_network(Lost()), ["bf16"], read_frames(images, SIZE), 1)
    assert found.is_marked("bf16")


@pytest.mark.parametrize("engine", ["folded", "onnxruntime", "onnxruntime_int8", "openvino"])
def test_a_fault_of_an_engine_is_one_line(engine):
    with pytest.raises(CannotRun) as error:
        make(engine, load_network(InNumpy()), torch.rand(1, 1, 3, *SIZE))
    line = str(error.value)
    assert line.startswith(f"engine {engine} cannot run InNumpy: ") and "\n" not in line
    assert len(line) < 250


def test_an_engine_that_cannot_run_is_left_out_with_a_reason(images):
    network, frames = load_network(InNumpy()), read_frames(images, SIZE)
    found = compare.compare(network, ["onnxruntime", "channels_last"], frames, 1)
    assert found.table()["engine"].tolist() == ["eager", "channels_last"]
    text = engines.say([found], ["engine x needs y"])
    assert "left out: engine x needs y\nleft out: engine onnxruntime cannot run InNumpy" in text
    with pytest.raises(BadInput, match="engine onnxruntime cannot run InNumpy"):
        found.card("onnxruntime")


def test_a_score_is_of_the_engine_that_is_asked_for(shared_place):
    data = find_data(
        shared_place.data_root, "cityscapes", "tiny", shared_place.build, shared_place.cache
    )
    network = nn.Sequential(nn.Conv2d(3, 19, 3, padding=1))
    cards = Card("mine", "a device", "measured", {"Sequential": 0.05})
    found = {
        engine: own_score.score(network, data, hardware=cards, engine=engine)
        for engine in ("eager", "openvino")
    }
    difference = found["openvino"].counts.values - found["eager"].counts.values
    assert np.abs(difference).sum() <= 0.002 * found["eager"].counts.values.sum()
    with pytest.raises(BadInput, match="engine all is several: name one"):
        own_score.score(network, data, engine="all")


SIGNAL = """
import signal, subprocess, sys
import torch
from lasegm_core.latency.engines.build import make
from lasegm_core.models.loading import load_network
from tests.helpers.tiny import Tiny

frames, network = torch.rand(1, 1, 3, 32, 32), load_network(Tiny())
first, second = (make(name, network, frames) for name in ("openvino", "openvino_default"))
del first
del second
signal.signal(signal.SIGCHLD, lambda *_: print("heard"))  # as torch's loader does
subprocess.run([sys.executable, "-c", ""], check=True)
"""


def test_signals_are_heard_after_two_openvino_engines():
    ended = subprocess.run([sys.executable, "-c", SIGNAL], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "heard\n"), ended.stderr
