"""Engines of torch: each makes a call from an eager fp32 network and example frames."""

from collections import Counter
from copy import deepcopy
from functools import partial
from importlib import import_module

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from lasegm_core.latency.timing import autocast
from lasegm_core.models.own.network import Call

_CONVOLUTIONS = (torch.ops.aten.conv2d.default, torch.ops.aten.conv2d.padding)
_NORM = torch.ops.aten.batch_norm.default


def eager(network: nn.Module, _frames: torch.Tensor) -> Call:
    """Run the network as it is."""
    return network


def channels_last(network: nn.Module, _frames: torch.Tensor) -> Call:
    """Keep weights, and so features, with the channels last in memory."""
    return deepcopy(network).to(memory_format=torch.channels_last)


def folded(network: nn.Module, frames: torch.Tensor) -> Call:
    """Fold each BatchNorm into the convolution before it, channels last.

    The exported graph shows which convolutions are used by a BatchNorm alone; torch's own
    `fuse_conv_bn_eval` folds them.
    """
    network = deepcopy(network)
    for before, after in _pairs(network, frames):
        conv, norm = network.get_submodule(before), network.get_submodule(after)
        if type(conv) is nn.Conv2d and type(norm) is nn.BatchNorm2d:
            network.set_submodule(before, fuse_conv_bn_eval(conv, norm))
            network.set_submodule(after, nn.Identity())
    return network.to(memory_format=torch.channels_last)


def _pairs(network: nn.Module, frames: torch.Tensor) -> list[tuple[str, str]]:
    """Name the convolutions that only a BatchNorm uses, with that BatchNorm; each used once."""
    program = torch.export.export(network, (frames,))
    owners = {
        name: target.rpartition(".")[0]
        for name, target in program.graph_signature.inputs_to_parameters.items()
    }
    norms = [node for node in program.graph.nodes if node.target is _NORM]
    convolutions = [node for node in program.graph.nodes if node.target in _CONVOLUTIONS]
    uses = Counter(owners.get(node.args[1].name) for node in norms + convolutions)
    found = []
    for norm in norms:
        conv = norm.args[0]
        if conv in convolutions and len(conv.users) == 1 and norm.args[1] is not None:
            pair = owners.get(conv.args[1].name), owners.get(norm.args[1].name)
            if uses[pair[0]] == uses[pair[1]] == 1:
                found.append(pair)
    return found


def compiled(network: nn.Module, _frames: torch.Tensor) -> Call:
    """Compile with inductor and frozen weights, which folds BatchNorm and packs the weights.

    Earlier compilations are reset: beyond its limit torch would run further networks uncompiled
    without saying so.
    """
    torch.compiler.reset()
    return torch.compile(network, dynamic=False, options={"freezing": True})


def bf16(network: nn.Module, frames: torch.Tensor) -> Call:
    """Compute in bf16 what autocast allows."""
    return partial(_autocast, network, frames.device.type, "bf16")


def fp16(network: nn.Module, frames: torch.Tensor) -> Call:
    """Compute in fp16 what autocast allows."""
    return partial(_autocast, network, frames.device.type, "fp16")


def _autocast(
    network: nn.Module, device: str, precision: str, frames: torch.Tensor
) -> torch.Tensor:
    with autocast(device, precision):
        return network(frames)


def cuda_graph(network: nn.Module, frames: torch.Tensor) -> Call:
    """Record the network's kernels once, and replay them with one launch."""
    taken, stream = frames.clone(), torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream), torch.no_grad():
        for _ in range(3):  # libraries choose their kernels
            network(taken)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph), torch.no_grad():
        given = network(taken)

    def call(frames: torch.Tensor) -> torch.Tensor:
        taken.copy_(frames)
        graph.replay()
        return given.clone()  # the next call overwrites it

    return call


def tensorrt(network: nn.Module, frames: torch.Tensor) -> Call:
    """Compile with TensorRT in fp32."""
    torch_tensorrt = import_module("torch_tensorrt")
    return torch_tensorrt.compile(network, inputs=[frames], enabled_precisions={torch.float32})
