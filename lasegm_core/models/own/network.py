"""A network that can be called, and how it is fitted to what it takes and gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn

from lasegm_core.models.own.inputs import UNKNOWN, Prepare, Takes, candidates
from lasegm_core.models.own.outputs import LOGITS, Read, find, tensors
from lasegm_core.models.own.training_mode import Watch
from lasegm_core.models.scaled import ScaledInput, scale_down
from lasegm_core.support.errors import BadInput, one_line

Call = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Network:
    """A network that can be called.

    Attributes:
        title: the name that the user gave.
        call: takes float frames in 0..1 on `device`; once fitted, (1, T, 3, H, W), and returns
            logits (1, K, H, W), or class ids (1, H, W) if its `kind` is `outputs.IDS`.
        device: "cpu" or "cuda".
        runtime: the software that runs it.
        takes: what is known of its input; None once it is fitted.
        kind: what it gives, of `outputs`.
        dtype: of the frames that it takes.
        notes: what is done to its frames and outputs, and what else a report must say.
        input_scale: of the frames that it is shown; 1 once it is fitted.
    """

    title: str
    call: Call
    device: str
    runtime: str
    takes: Takes | None = UNKNOWN
    kind: str = LOGITS
    dtype: torch.dtype = torch.float32
    notes: tuple[str, ...] = ()
    input_scale: float = 1.0

    def fitted(self, frames: torch.Tensor, classes: int | None = None) -> "Network":
        """Find by trial in which form the network takes its frames, and what it gives.

        Args:
            frames: (1, T, 3, H, W) on its device; real ones tell a probability from a logit.
            classes: how many it should have; None is any number.

        Returns:
            The network with a `call` as above, for frames of any size that it takes. If nothing
            that it gives has so many classes, it has others.

        Raises:
            BadInput: it returns nothing that can be a segmentation of these frames, or computes as
                in training.
        """
        if self.input_scale != 1:
            return self._scaled(frames, classes)
        if self.takes is None:
            return self
        others, faults = [], []
        for prepare, found, fault in self._answers(frames):
            seen = prepare.taken(frames)
            if read := find(found, classes, seen):
                return self._as(prepare, read, found, frames, fault)
            if read := find(found, None, seen):
                others.append((prepare, read, found, frames, fault))
            failed = found is None and fault
            faults.append((prepare, fault if failed else f"{_shapes(found)} is given"))
        if others:
            return self._as(*others[0])
        raise BadInput(self._refusal(frames, faults))

    def _scaled(self, frames: torch.Tensor, classes: int | None) -> "Network":
        """Fit it to smaller frames, and put the scaling before it."""
        found = replace(self, input_scale=1.0)
        found = found.fitted(scale_down(frames, self.input_scale), classes)
        call = ScaledInput(module_of(found.call) or found.call, self.input_scale)
        notes = (f"frames are scaled by {self.input_scale:g}", *found.notes)
        return replace(found, call=call, notes=notes)

    def _answers(self, frames: torch.Tensor) -> Iterator[tuple[Prepare, object, str]]:
        """Call it with each form: yields what it gives and a fault, or None and the error.

        Frames are padded only if it fails without.
        """
        answered = False
        for prepare in candidates(self.takes, frames):
            if answered and prepare.multiple > 1:
                return
            try:
                with Watch() as watch:
                    found = self.call(prepare(frames))
            except Exception as error:  # whatever the user's code or file raises
                yield prepare, None, one_line(error)
            else:
                answered = True
                yield prepare, found, watch.fault

    def _as(
        self, prepare: Prepare, read: Read, found: object, frames: torch.Tensor, fault: str
    ) -> "Network":
        """Make the fitted network; one that needs nothing keeps its own call."""
        if fault:
            raise BadInput(
                f"{self.title} is in training mode ({fault}): call .eval() on the network before "
                "it is exported, saved or returned"
            )
        shown = frames.shape[-2:]
        target = shown if prepare.size else prepare.taken(frames)
        notes = (*prepare.notes(frames), *read.notes(found, target))
        plain = prepare == Prepare() and read == Read() and isinstance(found, torch.Tensor)
        call = self.call if plain and not notes else Adapted(self.call, prepare, read)
        notes = (*self.notes, *notes)
        return replace(
            self, call=call, takes=None, kind=read.kind, dtype=prepare.dtype, notes=notes
        )

    def _refusal(self, frames: torch.Tensor, faults: list[tuple[Prepare, str]]) -> str:
        height, width = frames.shape[-2:]
        first = "; ".join(f"of {tuple(form(frames).shape)}: {fault}" for form, fault in faults[:2])
        return f"{self.title} must give logits (1, K, {height}, {width}); of frames {first[3:]}"


class Adapted(nn.Module):
    """A network between the forms of its frames and outputs, and those that are used here.

    Args:
        call: the network.
        prepare: makes what it takes of frames (1, T, 3, H, W) in 0..1.
        read: makes logits or class ids of what it gives.
    """

    def __init__(self, call: Call, prepare: Prepare, read: Read) -> None:
        super().__init__()
        self.call = module_of(call) or call
        self.prepare, self.read = prepare, read

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map (1, T, 3, H, W) to logits (1, K, H, W), or class ids (1, H, W)."""
        found = self.call(self.prepare(frames))
        padded_to = None if self.prepare.size else self.prepare.taken(frames)
        return self.read(found, tuple(frames.shape[-2:]), padded_to)


def module_of(call: Call) -> nn.Module | None:
    """Find the module that a call is: itself, or the one whose `forward` it is."""
    owner = getattr(call, "__self__", call)  # an exported program's is bound
    is_module = isinstance(owner, nn.Module) and (owner is call or call == owner.forward)
    return owner if is_module else None


def _shapes(found: object) -> str:
    shapes = [str(tuple(tensor.shape)) for _name, tensor in tensors(found)]
    return " and ".join(shapes) or f"a {type(found).__name__}"
