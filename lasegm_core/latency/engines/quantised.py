"""Graphs in int8: quantised statically by ONNX Runtime or NNCF, calibrated on frames."""

import logging
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from openvino import Model

PERCENTILE = 99.99  # of the values of a feature that its range holds
# Types of OpenVINO's operations that NNCF may not leave out, or that shall be quantised.
_KEPT = {"Convolution", "Constant", "Parameter", "Result", "Convert"}
FEW = 8  # input channels of a group; a convolution with fewer stays in fp32


def quantised(graph: bytes, calibration: Sequence[torch.Tensor]) -> bytes:
    """Quantise the convolutions of a graph: uint8 features, int8 weights with a scale a channel.

    All else stays in fp32, as it costs little time and much accuracy. So do convolutions of few
    input channels, which read the image or are depthwise, and those whose weights are no constants.
    The range of a feature is a percentile, because one far value would stretch its 256 steps.
    Weights have 7 of the 8 bits: sums of 8-bit products overflow on CPUs without VNNI.

    Args:
        graph: in fp32, of a fixed shape.
        calibration: frames (1, T, 3, H, W) of that shape, in 0..1; the features of one at a time
            are held in memory.

    Raises:
        ValueError: no convolution can be quantised.
    """
    library = import_module("onnxruntime.quantization")
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        given, ready, made = (Path(folder, f"{name}.onnx") for name in ("fp32", "ready", "int8"))
        given.write_bytes(graph)
        library.quant_pre_process(given, ready, skip_symbolic_shape=True)  # the shapes are fixed
        plain = import_module("onnx").load(ready).graph
        library.quantize_static(
            ready,
            made,
            _Frames(plain.input[0].name, calibration),
            op_types_to_quantize=["Conv"],
            nodes_to_quantize=_of_many_channels(plain),
            per_channel=True,
            reduce_range=True,
            activation_type=library.QuantType.QUInt8,
            calibrate_method=library.CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE, "CalibStridedMinMax": 1},
        )
        return made.read_bytes()


def _of_many_channels(graph) -> list[str]:
    """Name the convolutions with constant weights whose groups do not have few input channels."""
    channels = {weights.name: weights.dims[1] for weights in graph.initializer if weights.dims[1:]}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    found = [node.name for node in convolutions if channels.get(node.input[1], 0) >= FEW]
    if not found:
        raise ValueError(f"it has no convolution of {FEW} or more input channels to quantise")
    return found


def quantised_by_nncf(model: "Model", calibration: Sequence[torch.Tensor]) -> "Model":
    """Quantise the dense convolutions of an OpenVINO model: uint8 features, int8 weights.

    As for ONNX Runtime, all else stays in fp32, depthwise convolutions too, and weights have 7 of
    the 8 bits. The range of a feature is that of all frames, with a zero point: after PReLU values
    lie on both sides of zero.

    Args:
        model: in fp32, of a fixed shape.
        calibration: frames (1, T, 3, H, W) of that shape, in 0..1.

    Raises:
        ValueError: there are no calibration frames.
    """
    if not calibration:
        raise ValueError("there are no calibration frames")
    os.environ.setdefault("NNCF_CI", "1")  # before it is imported; else it sends telemetry
    nncf = import_module("nncf")
    nncf.set_log_level(logging.ERROR)
    others = {operation.get_type_name() for operation in model.get_ops()} - _KEPT
    overflow = nncf.OverflowFix.ENABLE
    with redirect_stdout(StringIO()):
        return nncf.quantize(
            model,
            nncf.Dataset([example.numpy() for example in calibration]),
            subset_size=len(calibration),
            preset=nncf.QuantizationPreset.MIXED,
            ignored_scope=nncf.IgnoredScope(types=sorted(others), validate=False),
            advanced_parameters=nncf.AdvancedQuantizationParameters(overflow_fix=overflow),
        )


class _Frames:
    """Frames as ONNX Runtime reads them: in strides, here of one."""

    def __init__(self, name: str, frames: Sequence[torch.Tensor]) -> None:
        self.name, self.frames = name, frames

    def __len__(self) -> int:
        return len(self.frames)

    def set_range(self, start_index: int, end_index: int) -> None:
        """Choose the frames of one stride."""
        self.left = iter(self.frames[start_index:end_index])

    def get_next(self) -> dict | None:
        """Give the next frame by the name of the graph's input, None after the last."""
        frame = next(self.left, None)
        return None if frame is None else {self.name: frame.numpy()}
