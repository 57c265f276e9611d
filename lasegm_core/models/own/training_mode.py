"""Whether a network computes as in training, which its own `training` flag need not say."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Watch(TorchDispatchMode):
    """Sees every operator that torch runs, in TorchScript and exported programs too.

    Attributes:
        fault: what only training should do, in words; empty if there is nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fault = ""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        """Look at one operator, and run it."""
        names = [argument.name for argument in func._schema.arguments]
        self.fault = self.fault or _fault(dict(zip(names, args, strict=False)) | (kwargs or {}))
        return func(*args, **(kwargs or {}))


def _fault(given: dict) -> str:
    # Without running statistics it is InstanceNorm, or a BatchNorm that is meant so.
    if given.get("training") and isinstance(given.get("running_mean"), torch.Tensor):
        return "BatchNorm takes its statistics from the frame"
    if (given.get("train") and given.get("p", 1)) or given.get("dropout_p"):
        return "dropout is on"
    return ""
