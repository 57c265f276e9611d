"""Engines that run an ONNX graph on the CPU; the network is exported by torch."""

from functools import lru_cache
from importlib import import_module

import torch
from torch import nn

from lasegm_core.models.loading import Call


@lru_cache(maxsize=1)  # for the engines of one network after the other
def _graph(network: nn.Module, shape: torch.Size) -> bytes:
    """Export a network for frames of one shape."""
    program = torch.onnx.export(network, (torch.zeros(shape),), dynamo=True, verbose=False)
    return program.model_proto.SerializeToString()


def onnxruntime(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by ONNX Runtime, with torch's number of threads.

    They stop spinning when a call ends, so that they do not take the cores from what comes next.
    """
    library = import_module("onnxruntime")
    options = library.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.force_spinning_stop", "1")
    graph = _graph(network, frames.shape)
    session = library.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    (taken,) = session.get_inputs()
    return lambda frames: torch.from_numpy(session.run(None, {taken.name: frames.numpy()})[0])


def openvino(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by OpenVINO in fp32."""
    return _by_openvino(network, frames, {"INFERENCE_PRECISION_HINT": "f32"})


def openvino_default(network: nn.Module, frames: torch.Tensor) -> Call:
    """Run by OpenVINO in the precision that it takes by itself: bf16 where the CPU has it."""
    return _by_openvino(network, frames, {})


@lru_cache(maxsize=1)
def _openvino_core():
    """Make the one core of this process.

    Its CPU plugin gives the thread a stack for signals, and on its end the one that it found. Two
    cores that end in the order they were made leave a stack that is gone: the next signal crashes.
    """
    return import_module("openvino").Core()


def _by_openvino(network: nn.Module, frames: torch.Tensor, hints: dict[str, str]) -> Call:
    core = _openvino_core()
    hints = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        **hints,
    }
    # The graph itself is read: openvino's converter of torch modules would send telemetry.
    model = core.compile_model(core.read_model(_graph(network, frames.shape)), "CPU", hints)
    return lambda frames: torch.from_numpy(model([frames.numpy()])[0])
