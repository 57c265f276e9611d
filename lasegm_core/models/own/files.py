"""Networks in files of torch: TorchScript and exported programs. A pickle is never opened."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch.export.passes import move_to_device_pass

from lasegm_core.models.own.inputs import UNKNOWN, Takes
from lasegm_core.models.own.network import Call, Network
from lasegm_core.support.errors import BadInput, one_line

_KINDS = "TorchScript (.pt, .pth, .ts), an exported program (.pt2) or ONNX (.onnx)"
_OTHERS = (".ckpt", ".tar", ".safetensors", ".bin", ".h5", ".keras", ".pb", ".tflite", ".engine")


def in_torch(title: str, call: Call, notes: tuple[str, ...] = ()) -> Network:
    """Make a network of a module, in evaluation mode, or of a function; on the GPU if there is one.

    Raises:
        BadInput: it cannot be called.
    """
    if not callable(call):
        raise BadInput(f"{title} must be a network, but is a {type(call).__name__}")
    takes = UNKNOWN
    if isinstance(call, torch.nn.Module):
        call = call.to(device()).eval()
        dtypes = (of.dtype for of in call.parameters() if of.is_floating_point())
        takes = Takes(next(dtypes, None))
    return Network(title, call, device(), "torch", takes, notes=notes)


def device() -> str:
    """Name the device that networks of torch run on."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def refuse_others(path: str) -> None:
    """Refuse a file that holds no network, by its name.

    Raises:
        BadInput: it is one; the message says what is taken.
    """
    if Path(path).suffix.lower() in _OTHERS or Path(path).is_file():
        raise BadInput(
            f"{path} is no network file: these are {_KINDS}; weights alone need the code of their "
            "network: name package.module:function that builds it and loads them, or, of a "
            f"library's network, 'smp:Unet(resnet18)@{path}'"
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Silence torch's deprecation of TorchScript, and the tracebacks that it logs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)


def torchscript(path: str) -> Network:
    """Load TorchScript.

    Raises:
        BadInput: the file is something else.
    """
    try:
        with quiet():
            return in_torch(path, torch.jit.load(path, map_location=device()))
    except RuntimeError:
        raise BadInput(
            f"{path} is no TorchScript file; weights alone and pickled modules are not opened: "
            "name package.module:function that builds the network and loads them"
        ) from None


def exported(path: str) -> Network:
    """Load an exported program.

    Raises:
        BadInput: the file is something else.
    """
    try:
        with quiet():
            program = torch.export.load(path)
            if device() != "cpu":
                program = move_to_device_pass(program, device())
    except Exception as error:  # of many kinds
        raise BadInput(f"{path} is no exported program: {one_line(error)}") from None
    # An exported module refuses eval(), so it is passed on as a function.
    return Network(path, program.module().forward, device(), "torch", _takes(program))


def _takes(program: torch.export.ExportedProgram) -> Takes:
    """Read the type and the fixed sides of the first input."""
    name, *_others = program.graph_signature.user_inputs
    value = next(node.meta["val"] for node in program.graph.nodes if node.name == name)
    sides = [side if isinstance(side, int) else None for side in value.shape[-2:]]
    return Takes(value.dtype, tuple(sides) if value.ndim >= 4 else (None, None))
