"""Engines that run an ONNX graph on the CPU; the network is exported by torch."""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

import torch
from torch import nn

from lasegm_core.latency.engines.quantised import quantised, quantised_by_nncf
from lasegm_core.models.own.network import Call

if TYPE_CHECKING:
    from openvino import Model


@lru_cache(maxsize=1)  # the engines of one network come one after the other
def _graph(network: nn.Module, shape: torch.Size) -> bytes:
    """Export a network for frames of one shape."""
    program = torch.onnx.export(network, (torch.zeros(shape),), dynamo=True, verbose=False)
    return program.model_proto.SerializeToString()


def onnxruntime(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by ONNX Runtime in fp32."""
    return _by_onnxruntime(_graph(network, frames.shape))


def onnxruntime_int8(
    network: nn.Module, frames: torch.Tensor, calibration: Sequence[torch.Tensor]
) -> Call:
    """Run by ONNX Runtime, most convolutions in int8 (see `quantised.quantised`)."""
    return _by_onnxruntime(quantised(_graph(network, frames.shape), calibration))


def _by_onnxruntime(graph: bytes) -> Call:
    """Run a graph with torch's number of threads.

    Idle threads stop spinning when a call ends, so that they do not slow what runs next.
    """
    library = import_module("onnxruntime")
    options = library.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = library.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    return lambda frames: torch.from_numpy(session.run(None, {taken.name: frames.numpy()})[0])


def openvino(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by OpenVINO in fp32."""
    return _by_openvino(_model(network, frames), {"INFERENCE_PRECISION_HINT": "f32"})


def openvino_default(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by OpenVINO in its default precision: bf16 where the CPU has it."""
    return _by_openvino(_model(network, frames), {})


def openvino_int8(
    network: nn.Module, frames: torch.Tensor, calibration: Sequence[torch.Tensor]
) -> Call:
    """Run by OpenVINO, convolutions in int8 (see `quantised.quantised_by_nncf`)."""
    model = quantised_by_nncf(_model(network, frames), calibration)
    return _by_openvino(model, {"INFERENCE_PRECISION_HINT": "f32"})  # of what is not int8


@lru_cache(maxsize=1)
def _openvino_core():
    """Make the only core of this process.

    A core's CPU plugin sets the thread's signal stack, and restores the earlier one when it ends.
    Two cores that end in the order they were made leave a freed stack: the next signal crashes.
    """
    return import_module("openvino").Core()


def _model(network: nn.Module, frames: torch.Tensor) -> "Model":
    """Read the ONNX graph: openvino's converter of torch modules would send telemetry."""
    return _openvino_core().read_model(_graph(network, frames.shape))


def _by_openvino(model: "Model", hints: dict[str, str]) -> Call:
    hints = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        **hints,
    }
    compiled = _openvino_core().compile_model(model, "CPU", hints)
    return lambda frames: torch.from_numpy(compiled([frames.numpy()])[0])
