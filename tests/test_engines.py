import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from lasegm_core import user
from lasegm_core.cards import Card
from lasegm_core.cli import main
from lasegm_core.engines import command, compare, registry
from lasegm_core.engines.build import CannotRun, make
from lasegm_core.engines.frames import read_frames
from lasegm_core.engines.pipeline import PREPARED, STAGES, Pipeline, decode, encode, time_stream
from lasegm_core.engines.registry import REGISTRY, chosen, left_out
from lasegm_core.errors import BadInput
from lasegm_core.latency import class_ids
from lasegm_core.loading import load_network
from lasegm_core.own_data import find_data

TOLERANCE = 1e-3  # of logits, for engines that compute in fp32
SIZE = (48, 64)
EXACT = ("channels_last", "folded", "onnxruntime", "openvino")


class Tiny(nn.Module):
    """A convolution, its BatchNorm with statistics of its own, and one score a class."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.norm = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.head = nn.Conv2d(8, 4, 1)
        self.norm.running_mean.uniform_(-0.5, 0.5)
        self.norm.running_var.uniform_(0.5, 2)

    def forward(self, frames):  # (B, 3, H, W)
        return self.head(self.norm(self.conv(frames)).relu())


class Branching(Tiny):
    """Uses a convolution beside its BatchNorm, so that it cannot be folded."""

    def forward(self, frames):
        features = self.conv(frames)
        return self.head(self.norm(features) + features)


class InNumpy(Tiny):
    """Leaves torch, so that no graph holds it."""

    def forward(self, frames):
        return torch.from_numpy(np.sort(super().forward(frames).detach().numpy(), 1))


def tiny():
    return Tiny()


def in_numpy():
    return InNumpy()


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Photographs of a sort: smooth shapes, larger than the network's frames."""
    folder, chance = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    paths = [folder / f"{number}.png" for number in range(3)]
    for path in paths:
        coarse = chance.integers(0, 255, (6, 8, 3), np.uint8)
        cv2.imwrite(str(path), cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC))
    return [str(path) for path in paths]


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
    """Answers otherwise under autocast: in so many rows the first class wins."""

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


@pytest.mark.parametrize(
    ("engine", "package", "way"),
    [
        ("onnxruntime", "onnxruntime", "pip install 'lasegm-core[onnx]'"),
        ("openvino", "openvino", "pip install 'lasegm-core[onnx,openvino]'"),
        ("openvino_default", "onnxscript", "pip install 'lasegm-core[onnx,openvino]'"),
        ("tensorrt", "torch_tensorrt", "pip install 'torch-tensorrt'"),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(monkeypatch, engine, package, way):
    there = lambda name: None if name == package else name  # noqa: E731
    monkeypatch.setattr(registry, "find_spec", there)
    line = f"engine {engine} needs {package}: {way}"
    names, lines = chosen("all", "cpu")
    assert line in lines and engine not in names and "eager" in names
    with pytest.raises(BadInput) as error:
        chosen(engine, "cpu")
    assert str(error.value) == line


def test_cuda_graphs_are_for_a_gpu_and_compile_for_a_compiler(monkeypatch):
    assert left_out("cuda_graphs", "cpu") == (
        "engine cuda_graphs runs on a GPU, the network on the CPU"
    )
    monkeypatch.setattr(registry.shutil, "which", lambda _name: None)
    assert "needs a C++ compiler: apt install g++" in left_out("compile", "cpu")
    assert not left_out("compile", "cuda")


@pytest.mark.parametrize("engine", ["folded", "onnxruntime", "openvino"])
def test_what_an_engine_cannot_do_is_one_line(engine):
    with pytest.raises(CannotRun) as error:
        make(engine, load_network(InNumpy()), torch.rand(1, 1, 3, *SIZE))
    line = str(error.value)
    assert line.startswith(f"engine {engine} cannot run InNumpy: ") and "\n" not in line
    assert len(line) < 250


def test_an_engine_that_cannot_run_is_left_out_with_a_word(images):
    network, frames = load_network(InNumpy()), read_frames(images, SIZE)
    found = compare.compare(network, ["onnxruntime", "channels_last"], frames, 1)
    assert found.table()["engine"].tolist() == ["eager", "channels_last"]
    text = command.say([found], ["engine x needs y"])
    assert "left out: engine x needs y\nleft out: engine onnxruntime cannot run InNumpy" in text
    with pytest.raises(BadInput, match="engine onnxruntime cannot run InNumpy"):
        found.card("onnxruntime")


def run(images, *words):
    frames = ["--frames", *images, "--calls", "2", "--size", "48x64"]
    return main(["latency", "tests.test_engines:tiny", *words, *frames])


def test_the_command_prints_a_row_an_engine_and_what_is_left_out(images, monkeypatch, capsys):
    slow = dict(REGISTRY)
    slow.pop("compile")  # has a test of its own
    monkeypatch.setattr(registry, "REGISTRY", slow)
    assert run(images, "--engine", "all") == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[1]: line for line in lines if line.split()[0].startswith("tests.")}
    out = [line for line in lines if line.startswith("left out: engine ")]
    assert {*rows} | {line.split()[3] for line in out} == {*slow}
    assert {"eager", "folded", "onnxruntime", "openvino"} <= {*rows}
    assert " 1.00x " in rows["eager"] and " 0.0000 %" in rows["openvino"]
    assert any("cuda_graphs" in line for line in out)


def test_a_card_is_of_one_engine_and_names_it(images, tmp_path, capsys):
    path = tmp_path / "mine.json"
    assert run(images, "--engine", "openvino", "--out", str(path)) == 0
    card = Card.load(path)
    assert card.facts["engine"] == "openvino" and card.facts["runtime"] == "OpenVINO, f32"
    assert list(card.latency_s) == ["tests.test_engines:tiny"]
    assert len(card.samples("tests.test_engines:tiny")) == 2
    assert run(images, "--engine", "all", "--out", str(path)) == 2
    assert "--out is the card of one engine" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--engine", "openvno"], "unknown engine 'openvno': did you mean 'openvino'"),
        (["--engine", "eager,,folded"], "unknown engine ''"),
        (["--engine", "cuda_graphs"], "engine cuda_graphs runs on a GPU"),
        (["--engine", "all", "--precision", "bf16"], "--precision bf16 is --engine bf16"),
    ],
)
def test_wrong_engines_are_refused_in_a_line(images, words, fault, capsys):
    assert run(images, *words) == 2
    assert fault in capsys.readouterr().err.splitlines()[-1]


def test_a_score_is_of_the_engine_that_is_asked_for(shared_place):
    data = find_data(shared_place, None, "cityscapes", "tiny")
    network = nn.Sequential(nn.Conv2d(3, 19, 3, padding=1))
    cards = Card("mine", "a device", "measured", {"Sequential": 0.05})
    found = {
        engine: user.score(network, data, hardware=cards, engine=engine)
        for engine in ("eager", "openvino")
    }
    difference = found["openvino"].counts.values - found["eager"].counts.values
    assert np.abs(difference).sum() <= 0.002 * found["eager"].counts.values.sum()
    with pytest.raises(BadInput, match="engine all is several: name one"):
        user.score(network, data, engine="all")


def test_frames_that_are_missing_or_too_few_are_refused(images):
    with pytest.raises(BadInput, match=r"nowhere\.png is missing"):
        read_frames(["nowhere.png"], SIZE)
    with pytest.raises(BadInput, match="1 frames are fewer than the 2 input frames"):
        read_frames(images[:1], SIZE, inputs=2)
    (pair,) = read_frames(images, SIZE, inputs=2)
    assert pair.shape == (1, 2, 3, *SIZE)


@pytest.mark.parametrize("contiguous", [True, False])
def test_class_ids_are_the_argmax_in_any_memory_format(contiguous):
    logits = torch.randn(2, 19, 65, 33)
    laid_out = logits if contiguous else logits.to(memory_format=torch.channels_last)
    assert torch.equal(class_ids(laid_out), logits.argmax(1).to(torch.uint8))


def stream_of(images, suffix=".png"):
    return [encode(cv2.imread(path)[..., ::-1].copy(), suffix) for path in images]


@torch.inference_mode()
def test_the_pipeline_gives_the_class_ids_of_the_plain_path(images):
    network = Tiny().eval()
    pipeline = Pipeline(lambda frames: network(frames[:, 0]), SIZE)
    plain = [network(frames[:, 0]).argmax(1)[0].numpy() for frames in read_frames(images, SIZE)]
    stream = stream_of(images)
    overlapped = [ids for _, ids in pipeline.overlapped(stream)]
    for number, expected in enumerate(plain):
        np.testing.assert_array_equal(pipeline(stream[number]), expected)
        np.testing.assert_array_equal(overlapped[number], expected)


def test_the_next_frame_is_prepared_while_the_network_runs(images):
    prepared, waited = threading.Semaphore(0), []

    def call(frames):
        ahead = 1 if waited else 2  # its own, and the next one
        waited.append(all(prepared.acquire(timeout=60) for _ in range(ahead)))
        return torch.zeros(1, 4, *frames.shape[-2:])

    class Telling(Pipeline):
        def prepare(self, encoded):
            found = super().prepare(encoded)
            prepared.release()
            return found

    running = Telling(call, SIZE).overlapped(stream_of(images))
    for _ in range(2):
        next(running)
    assert waited == [True, True]


def test_every_stage_of_a_stream_is_timed(images):
    network = Tiny().eval()
    pipeline = Pipeline(lambda frames: network(frames[:, 0]), SIZE)
    times = time_stream(pipeline, stream_of(images, ".jpg"), rounds=2)
    assert list(times.stages) == list(STAGES) and set(PREPARED) < set(STAGES)
    assert len(times.stages) == len(times.plain) == len(times.latency) == 2 * len(images)
    (row,) = times.table().to_dict("records")
    assert row["sum"] == pytest.approx(1000 * np.median(times.stages.sum(axis=1)))
    assert row["saved"] == pytest.approx(1 - row["interval"] / row["sum"])


def test_bytes_that_are_no_image_are_refused():
    with pytest.raises(BadInput, match="a frame of 3 bytes does not decode: send JPEG or PNG"):
        decode(b"abc")


def test_the_help_names_every_engine(capsys):
    with pytest.raises(SystemExit):
        main(["latency", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert all(name in text for name in REGISTRY)


SIGNAL = """
import signal, subprocess, sys
import torch
from lasegm_core.engines.build import make
from lasegm_core.loading import load_network
from tests.test_engines import Tiny

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
