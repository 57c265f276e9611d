"""A training that is stopped and resumed ends in the weights of an undisturbed one, bit for bit.

In this process, right after a step: its checkpoint is written, and the run is stopped.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors.torch import save

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.models.building import build
from lasegm_core.training import loop
from lasegm_core.training.devices import make_fabric
from lasegm_core.training.recipes import recipe
from tests.conftest import write_street
from tests.torture.counting import Case

BATCH, EPOCHS, ROWS = 2, 3, 10
STEPS = EPOCHS * ROWS // BATCH
SMALL = {"batch": BATCH, "augmentation": Augmentation((64, 64), (0.75, 1.5), blur=0.5)}
KIND = "training stopped and resumed, the same weights"


class Stopped(BaseException):
    """Stands for whatever ends a process."""


def cases(folder: Path, seed: int, short: bool) -> Iterator[Case]:
    """List the moments: every end of an epoch, and random steps, up to three a run."""
    chance, undisturbed = Random(seed), _Undisturbed(folder)
    epochs = [epoch * ROWS // BATCH for epoch in range(1, EPOCHS)]
    draws = [
        sorted(chance.sample(range(1, STEPS), chance.randint(1, 3)))
        for _ in range(1 if short else 8)
    ]
    for steps in ([step] for step in epochs):
        yield Case(KIND, f"at the end of an epoch, step {steps}", partial(undisturbed.met, steps))
    for steps in draws:
        yield Case(KIND, f"after steps {steps}", partial(undisturbed.met, steps))


class _Undisturbed:
    """The weights of the undisturbed run, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.weights, self.number = folder, None, 0

    def met(self, stops: list[int]) -> None:
        """Check that a run stopped after these steps ends in the same weights."""
        if self.weights is None:
            write_street(self.folder)
            self.weights = self._train("undisturbed", [])
        self.number += 1
        assert self._train(f"{self.number}", stops) == self.weights

    def _train(self, name: str, stops: list[int]) -> bytes:
        checkpoint = self.folder / name / "checkpoint.pt"
        for stop in (*stops, None):
            network = self._go_on(checkpoint, stop)
        return save({key: value.contiguous() for key, value in network.state_dict().items()})

    def _go_on(self, checkpoint: Path, stop: int | None) -> torch.nn.Module:
        """Train from the checkpoint to the end, or until a checkpoint is written after a step."""
        clips = make_clips(cityscapes.dense_frames(self.folder, "train"), 1, 2)[:ROWS]
        data = ClipDataset(clips, CITYSCAPES, SMALL["augmentation"])
        torch.manual_seed(0)
        network = build("swiftnet_r18", inputs=2)
        written = loop.save

        def save_and_stop(path: Path, done: dict, *rest) -> None:
            if done["step"] == stop:
                written(path, done, *rest)
                raise Stopped

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "CHECKPOINT_S", -1)
            patch.setattr(loop, "save", save_and_stop)
            own = (checkpoint, make_fabric(), "resume")
            try:
                loop.fit(network, data, recipe("swiftnet", SMALL), STEPS, 0, *own)
                assert stop is None
            except Stopped:
                pass
        return network
