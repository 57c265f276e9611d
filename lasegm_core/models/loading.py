"""Networks ready to be called: from the registry, the user's own module, or a file.

A module, a TorchScript file, an exported program and an ONNX file are code, which can do anything
on this machine. A pickle is never opened.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import torch
from torch.export.passes import move_to_device_pass

from lasegm_core import models
from lasegm_core.support.errors import BadInput

Call = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Network:
    """A network that can be called.

    Attributes:
        title: the name that the user gave.
        call: takes float frames in 0..1 on `device`, (1, T, 3, H, W) or (1, 3 T, H, W), and returns
            logits (1, K, H, W).
        device: "cpu" or "cuda".
        runtime: the software that runs it.
    """

    title: str
    call: Call
    device: str
    runtime: str

    def fitted(self, frames: torch.Tensor) -> "Network":
        """Find by trial in which shape the network takes its frames.

        Args:
            frames: (1, T, 3, H, W) on its device.

        Returns:
            The network with a `call` that takes (1, T, 3, H, W).

        Raises:
            BadInput: it returns no logits of the frames' size, neither for (1, T, 3, H, W) nor for
                (1, 3 T, H, W).
        """
        faults = []
        for take in (self.call, _stacking(self.call)):
            try:
                logits = take(frames)
            except Exception as error:  # whatever the user's code or file raises
                faults.append(one_line(error))
                continue
            if _fits(logits, frames):
                return replace(self, call=take)
            faults.append(f"{_kind(logits)} is given")
        inputs, (height, width) = frames.shape[1], frames.shape[-2:]
        raise BadInput(
            f"{self.title} must give logits (1, K, {height}, {width}); of frames (1, {inputs}, 3, "
            f"{height}, {width}): {faults[0]}; of (1, {3 * inputs}, {height}, {width}): {faults[1]}"
        )


def _stacking(call: Call) -> Call:
    return lambda frames: call(frames.flatten(1, 2))


def _fits(logits: object, frames: torch.Tensor) -> bool:
    shape = getattr(logits, "shape", ())
    return len(shape) == 4 and shape[0] == 1 and shape[-2:] == frames.shape[-2:]


def _kind(logits: object) -> str:
    return str(tuple(logits.shape)) if hasattr(logits, "shape") else f"a {type(logits).__name__}"


def one_line(error: Exception, length: int = 150) -> str:
    """Return the message of an error as one line; only its end if it is long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= length else f"...{text[-length:]}"


def load_network(
    source: str | Call, inputs: int = 1, classes: int = 19, cache: Path = Path("data")
) -> Network:
    """Load a network, on the GPU if there is one.

    Args:
        source: a network of the registry by its name; "network@data_set", with published weights;
            "package.module:function", which is called without arguments and returns the network; a
            TorchScript file (.pt, .pth), an exported program (.pt2) or an ONNX file (.onnx, on the
            CPU); or the network itself.
        inputs: number of input frames, for the registry's networks.
        classes: number of classes, for the registry's networks.
        cache: folder of what is fetched, for published weights.

    Raises:
        BadInput: there is no such network, function or file, or it cannot be loaded.
    """
    if not isinstance(source, str):
        return _in_torch(type(source).__name__, source)
    if ":" in source:
        return _in_torch(source, _returned_by(source))
    if "@" in source:
        name, _, weights = source.partition("@")
        return _in_torch(source, models.build(name, weights=weights, cache=cache))
    load = _FILES.get(Path(source).suffix)
    if load is None:
        network = models.build(source, inputs, classes).to(memory_format=torch.channels_last)
        return _in_torch(source, network)
    if not Path(source).is_file():
        raise BadInput(f"{source} is missing")
    return load(source)


def _in_torch(title: str, call: Call) -> Network:
    if not callable(call):
        raise BadInput(f"{title} must be a network, but is a {type(call).__name__}")
    device = _device()
    if isinstance(call, torch.nn.Module):
        call = call.to(device).eval()
    return Network(title, call, device, "torch")


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _returned_by(source: str) -> object:
    """Call "package.module:function"; an error inside it keeps its traceback."""
    module, _, function = source.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(f"{source} cannot be loaded: {error}") from None
    if not callable(found):
        raise BadInput(f"{source} must be a function, but is a {type(found).__name__}")
    return found()


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


def _torchscript(path: str) -> Network:
    try:
        with quiet():
            return _in_torch(path, torch.jit.load(path, map_location=_device()))
    except RuntimeError:
        raise BadInput(
            f"{path} is no TorchScript file; weights alone and pickled modules are not opened: "
            "name package.module:function that builds the network and loads them"
        ) from None


def _exported(path: str) -> Network:
    try:
        with quiet():
            program = torch.export.load(path)
            if _device() != "cpu":
                program = move_to_device_pass(program, _device())
    except Exception as error:  # of many kinds
        raise BadInput(f"{path} is no exported program: {one_line(error)}") from None
    # An exported module refuses eval(), so it is passed on as a function.
    return _in_torch(path, program.module().forward)


def _onnx(path: str) -> Network:
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

    def call(frames: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(session.run(None, {taken.name: frames.numpy()})[0])

    return Network(path, call, "cpu", f"onnxruntime {onnxruntime.__version__} on the CPU")


_FILES = {".pt": _torchscript, ".pth": _torchscript, ".pt2": _exported, ".onnx": _onnx}
