"""Engines by their names: which can be used here, and `lasegm latency --engine`."""

import pytest
import torch

from lasegm_core.cli.main import main
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines import registry
from lasegm_core.latency.engines.registry import REGISTRY, chosen, left_out, only_one
from lasegm_core.support.errors import BadInput
from tests.helpers.tiny import write_images


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return write_images(tmp_path_factory.mktemp("images"))


@pytest.mark.parametrize(
    ("engine", "package", "way"),
    [
        ("onnxruntime", "onnxruntime", "pip install 'lasegm-core[onnx]'"),
        ("onnxruntime_int8", "onnxruntime", "pip install 'lasegm-core[onnx]'"),
        ("openvino", "openvino", "pip install 'lasegm-core[onnx,openvino]'"),
        ("openvino_int8", "nncf", "pip install 'lasegm-core[onnx,openvino]'"),
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


@pytest.mark.parametrize(
    ("flag", "architecture", "left"),
    [(False, "x86_64", True), (True, "x86_64", False), (False, "aarch64", False)],
)
def test_all_leaves_out_half_precision_that_a_cpu_emulates(monkeypatch, flag, architecture, left):
    has = dict.fromkeys(("avx512_bf16", "amx_bf16", "avx512_fp16", "amx_fp16"), flag)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has | {"architecture": architecture})
    names, lines = chosen("all", "cpu")
    for name in ("bf16", "fp16"):
        assert (name not in names) is left
        assert any(line.startswith(f"engine {name} is only emulated") for line in lines) is left
    assert chosen("fp16", "cpu") == (["fp16"], [])


def test_cuda_graphs_are_for_a_gpu_and_compile_for_a_compiler(monkeypatch):
    assert left_out("cuda_graphs", "cpu") == (
        "engine cuda_graphs runs on a GPU, the network on the CPU"
    )
    monkeypatch.setattr(registry.shutil, "which", lambda _name: None)
    assert "needs a C++ compiler: apt install g++" in left_out("compile", "cpu")
    assert not left_out("compile", "cuda")


def test_all_leaves_out_int8_and_a_score_refuses_it():
    names, lines = chosen("all", "cpu")
    assert "onnxruntime_int8" not in names
    assert any("engine onnxruntime_int8 gives results of its own" in line for line in lines)
    assert chosen("onnxruntime_int8", "cpu") == (["onnxruntime_int8"], [])
    with pytest.raises(BadInput, match="onnxruntime_int8 needs calibration frames"):
        only_one("onnxruntime_int8", "cpu")


def run(images, *words):
    frames = ["--frames", *images, "--calls", "2", "--size", "48x64"]
    return main(["latency", "tests.helpers.tiny:tiny", *words, *frames])


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


def test_int8_is_calibrated_on_the_frames_that_are_given(images, capsys):
    assert run(images, "--engine", "onnxruntime_int8") == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "tests." in line]
    assert [row[1] for row in rows] == ["eager", "onnxruntime_int8"]


def test_a_card_is_of_one_engine_and_names_it(images, tmp_path, capsys):
    path = tmp_path / "mine.json"
    assert run(images, "--engine", "openvino", "--out", str(path)) == 0
    card = Card.load(path)
    assert card.facts["engine"] == "openvino" and card.facts["runtime"] == "OpenVINO, f32"
    assert list(card.latency_s) == ["tests.helpers.tiny:tiny"]
    assert len(card.samples("tests.helpers.tiny:tiny")) == 2
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


def test_the_help_names_every_engine(capsys):
    with pytest.raises(SystemExit):
        main(["latency", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert all(name in text for name in REGISTRY)
