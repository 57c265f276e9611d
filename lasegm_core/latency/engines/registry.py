"""The engines as data: what each needs, where it runs, in which precision. Loads no torch."""

import os
import shutil
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from lasegm_core.support.errors import BadInput, known

REFERENCE = "eager"


class Engine(NamedTuple):
    """An engine: a way to run a network.

    Its maker takes an eager fp32 network (a module) and example frames (1, T, 3, H, W), and returns
    a call from frames to logits. If the engine is calibrated, the maker takes calibration frames
    too, a sequence of such examples.
    """

    title: str
    maker: str  # "module:function" in this package
    packages: tuple[str, ...] = ()  # must be importable
    install: str = ""  # pip's name for them
    devices: tuple[str, ...] = ("cpu", "cuda")
    precision: str = "fp32"
    calibrated: bool = False


_ONNX = ("onnx", "onnxscript")  # to export
_COMPILER = "a C++ compiler: apt install g++, or conda install cxx-compiler; CXX may name it"
_FAST = {"bf16": ("avx512_bf16", "amx_bf16"), "fp16": ("avx512_fp16", "amx_fp16")}  # of x86
REGISTRY = {
    REFERENCE: Engine("torch, as it is loaded", "in_torch:eager"),
    "channels_last": Engine("torch, channels last", "in_torch:channels_last"),
    "folded": Engine("torch, BatchNorm folded, channels last", "in_torch:folded"),
    "compile": Engine("torch.compile, inductor", "in_torch:compiled"),
    "bf16": Engine("torch, bf16 autocast", "in_torch:bf16", precision="bf16"),
    "fp16": Engine("torch, fp16 autocast", "in_torch:fp16", precision="fp16"),
    "cuda_graphs": Engine("torch, CUDA graph", "in_torch:cuda_graph", devices=("cuda",)),
    "onnxruntime": Engine(
        "ONNX Runtime",
        "by_onnx:onnxruntime",
        (*_ONNX, "onnxruntime"),
        "lasegm-core[onnx]",
        ("cpu",),
    ),
    "onnxruntime_int8": Engine(
        "ONNX Runtime, convolutions in int8",
        "by_onnx:onnxruntime_int8",
        (*_ONNX, "onnxruntime"),
        "lasegm-core[onnx]",
        ("cpu",),
        precision="int8",
        calibrated=True,
    ),
    "openvino": Engine(
        "OpenVINO, f32",
        "by_onnx:openvino",
        (*_ONNX, "openvino"),
        "lasegm-core[onnx,openvino]",
        ("cpu",),
    ),
    "openvino_default": Engine(
        "OpenVINO, its default precision",
        "by_onnx:openvino_default",
        (*_ONNX, "openvino"),
        "lasegm-core[onnx,openvino]",
        ("cpu",),
        precision="its default",
    ),
    "openvino_int8": Engine(
        "OpenVINO, convolutions in int8",
        "by_onnx:openvino_int8",
        (*_ONNX, "openvino", "nncf"),
        "lasegm-core[onnx,openvino]",
        ("cpu",),
        precision="int8",
        calibrated=True,
    ),
    "tensorrt": Engine(
        "TensorRT", "in_torch:tensorrt", ("torch_tensorrt",), "torch-tensorrt", ("cuda",)
    ),
}


def left_out(name: str, device: str) -> str:
    """Say in one line why an engine cannot be used here; empty if it can.

    Args:
        name: of the registry.
        device: "cpu" or "cuda".
    """
    engine = REGISTRY[name]
    absent = [package for package in engine.packages if find_spec(package) is None]
    if absent:
        return f"engine {name} needs {' and '.join(absent)}: pip install '{engine.install}'"
    if device not in engine.devices:
        where = {"cpu": "the CPU", "cuda": "a GPU"}
        return f"engine {name} runs on {where[engine.devices[0]]}, the network on {where[device]}"
    if name == "compile" and device == "cpu" and not _has_compiler():
        return f"engine {name} needs {_COMPILER}"
    return ""


def _has_compiler() -> bool:
    return any(map(shutil.which, filter(None, (os.environ.get("CXX"), "g++", "clang++"))))


def only_by_name(name: str, device: str) -> str:
    """Say in one line why "all" leaves out a usable engine; empty if it does not.

    int8 is a network of other results, which follow from the calibration frames. A CPU without
    instructions for half precision takes up to a hundred times as long.
    """
    if REGISTRY[name].calibrated:
        return f"engine {name} gives results of its own calibration: --engine {name} tries it"
    if device != "cpu" or name not in _FAST:
        return ""
    has = import_module("torch").cpu.get_capabilities()
    if has["architecture"] != "x86_64" or any(has[flag] for flag in _FAST[name]):
        return ""
    return f"engine {name} is only emulated by this CPU, and slow: --engine {name} tries it"


def chosen(text: str, device: str) -> tuple[list[str], list[str]]:
    """Find the engines that a user chose.

    Args:
        text: "all", a name, or several with commas.
        device: "cpu" or "cuda".

    Returns:
        Their names, and a line for each one that "all" leaves out.

    Raises:
        BadInput: there is no such engine, or one given by name cannot be used here.
    """
    names = [known("engine", name.strip(), [*REGISTRY, "all"]) for name in text.split(",")]
    if "all" in names:
        lines = {name: left_out(name, device) or only_by_name(name, device) for name in REGISTRY}
        return [name for name, line in lines.items() if not line], list(
            filter(None, lines.values())
        )
    for name in names:
        if line := left_out(name, device):
            raise BadInput(line)
    return list(dict.fromkeys(names)), []


def only_one(name: str, device: str) -> str:
    """Return the name of an engine that is usable here, without calibration.

    Raises:
        BadInput: as `chosen`, it is several, or it is calibrated.
    """
    names, _lines = chosen(name, device)
    if len(names) > 1 or name == "all":
        raise BadInput(f"engine {name} is several: name one")
    if REGISTRY[names[0]].calibrated:
        raise BadInput(f"engine {name} needs calibration frames, which only lasegm latency gives")
    return names[0]
