"""Networks in ONNX files, run by ONNX Runtime on the CPU."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import torch

from lasegm_core.models.own.inputs import Takes
from lasegm_core.models.own.network import Network
from lasegm_core.support.errors import BadInput, one_line

_DTYPES = {
    "tensor(float)": torch.float32,
    "tensor(float16)": torch.float16,
    "tensor(double)": torch.float64,
    "tensor(uint8)": torch.uint8,
}


def onnx(path: str) -> Network:
    """Load an ONNX file of one input.

    Raises:
        BadInput: the file is something else, is in training mode, or onnxruntime is missing.
    """
    try:
        onnxruntime = import_module("onnxruntime")
    except ImportError:
        raise BadInput(f"{path} needs onnxruntime: pip install 'lasegm-core[onnx]'") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3  # errors
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        (taken,) = session.get_inputs()
    except Exception as error:  # of many kinds
        raise BadInput(f"{path} is no ONNX file of one input: {one_line(error)}") from None
    _refuse_training(path)
    names = [given.name for given in session.get_outputs()]

    def call(frames: torch.Tensor) -> torch.Tensor | dict[str, torch.Tensor]:
        given = session.run(None, {taken.name: frames.numpy()})
        found = {name: torch.from_numpy(of) for name, of in zip(names, given, strict=True)}
        return found if len(found) > 1 else found[names[0]]

    runtime = f"onnxruntime {onnxruntime.__version__} on the CPU"
    return Network(path, call, "cpu", runtime, _takes(path, taken.type, taken.shape))


def _takes(path: str, kind: str, shape: Sequence[int | str | None]) -> Takes:
    """Read the type, the fixed sides, and where the channels are."""
    if kind not in _DTYPES:
        raise BadInput(f"{path} takes {kind}, and frames are one of {', '.join(_DTYPES)}")
    fixed = [side if isinstance(side, int) else None for side in shape]
    last = len(fixed) == 4 and fixed[1] not in (3, 6) and fixed[3] in (3, 6)
    sides = fixed[1:3] if last else fixed[-2:]
    return Takes(_DTYPES[kind], tuple(sides) if len(fixed) >= 4 else (None, None), last)


def _refuse_training(path: str) -> None:
    """Refuse BatchNorm in training mode, which ONNX Runtime computes as it stands."""
    if find_spec("onnx") is None:
        return
    graph = import_module("onnx").load(path, load_external_data=False).graph
    for node in graph.node:
        flags = {attribute.name: attribute.i for attribute in node.attribute}
        if node.op_type == "BatchNormalization" and flags.get("training_mode"):
            raise BadInput(
                f"{path} is in training mode (BatchNorm takes its statistics from the frame): "
                "call .eval() on the network before it is exported"
            )
