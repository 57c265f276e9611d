"""The steps of an architecture search (paper 004, section 3.2), by cost or by LAmIoU.

Weight steps and architecture steps alternate, on two halves of the training clips; both draw one
path (`supernet`). An architecture step minimises

    instant:  the loss against the label of the last input frame + L_cost        (the paper's)
    lamiou:   the loss against the label k frames later, k of the drawn path     (`lateness`)

with L_cost = sign(F(a) - R) log E[cost], weight 1 (equation 4), for each budget R; lamiou needs no
budget. With lamiou the weights also learn the label at the k of the drawn path: a slower
architecture has to predict further ahead.

What the paper leaves open: the optimiser of the architecture parameters (here Adam at 0.01), how
the temperature falls (by the same factor every step), the shares of the data (half each).
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil, isfinite, log
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch.nn.functional import cross_entropy, one_hot

from lasegm_core.metric.confusion import IGNORE
from lasegm_core.metric.staleness import in_data_frames
from lasegm_core.models.auxiliary import first_and_others
from lasegm_core.search.aim import Aim, cost_loss
from lasegm_core.search.lateness import Lateness
from lasegm_core.search.supernet import Choices, Supernet, temperature
from lasegm_core.search.table import Table
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic
from lasegm_core.training.loop import make_optimizer
from lasegm_core.training.recipes import Recipe

if TYPE_CHECKING:
    from lightning_fabric import Fabric

ARCHITECTURE_LR = 0.01


class Search:
    """A search in progress.

    Args:
        network: the supernet.
        tables: of the budgets' costs, by name.
        lateness: model of k; None for the objective instant.
        aim: budgets, number and seed of the steps.
        recipe: of the weights.
        fabric: device and precision.
    """

    def __init__(
        self,
        network: Supernet,
        tables: Mapping[str, Table],
        lateness: Lateness | None,
        aim: Aim,
        recipe: Recipe,
        fabric: "Fabric",
    ) -> None:
        self.network, self.tables, self.lateness = network, tables, lateness
        self.aim, self.fabric, self.choices = aim, fabric, Choices(aim.optimise)
        optimizer, self.schedule = make_optimizer(network, recipe, aim.steps)
        network.to(memory_format=torch.channels_last)
        self.model, self.optimizer = fabric.setup(network, optimizer)
        self.model.train()
        self.architect = torch.optim.Adam(self.choices.parameters(), ARCHITECTURE_LR)
        self.rows: list[dict[str, float]] = []

    def steps(self, weight_batches: Iterable, architecture_batches: Iterable) -> Iterator[dict]:
        """Take the remaining steps, a weight and an architecture step in turn; yield a row each.

        Raises:
            BadInput: a loss is no longer finite.
        """
        both = zip(weight_batches, architecture_batches, strict=True)
        for step, (of_weights, of_architecture) in enumerate(both, len(self.rows)):
            heat = temperature(step, self.aim.steps)
            loss = self._weight_step(*of_weights, heat, step)
            late_loss, offset = self._architecture_step(*of_architecture, heat, step)
            self.schedule.step()
            losses = {"loss": loss.item(), "architecture_loss": late_loss.item()}
            if not all(map(isfinite, losses.values())):
                raise BadInput(f"the loss became {losses}: lower the learning rate or use fp32")
            if self.lateness:
                self.lateness.note(offset, losses["architecture_loss"])
            row = {"step": step + 1, "temperature": heat, "k": offset, **losses, **self._state()}
            self.rows.append(row)
            yield row

    def result(self) -> torch.Tensor:
        """Choose the architecture: gates (decisions, options).

        It is the most probable one after the last step. With budgets, equation 4 lets its cost
        swing about R: the architecture nearest to R in the last tenth of the steps is taken.
        """
        rows = self.rows[-ceil(len(self.rows) / 10) :] if self.aim.budgets else self.rows[-1:]
        nearest = min(reversed(rows), key=self._off_budget)
        options = torch.tensor([int(option) for option in nearest["best"].split()])
        return one_hot(options, self.choices.logits.shape[1])

    def _off_budget(self, row: dict) -> float:
        return max(
            (abs(log(row[f"best_{name}"] / budget)) for name, budget in self.aim.budgets), default=0
        )

    def _state(self) -> dict:
        """Return the expected costs, the most probable architecture, and its costs."""
        found = {"best": " ".join(map(str, self.choices.best().argmax(-1).tolist()))}
        for name, table in self.tables.items():
            found[f"expected_{name}"] = table.cost(self.choices.probabilities()).item()
            found[f"best_{name}"] = table.cost(self.choices.best()).item()
        return found

    def _draw(self, heat: float, step: int, kind: int) -> tuple[torch.Tensor, int]:
        """Draw the path of a step, which depends only on seed and step: its gates, and its k."""
        torch.manual_seed(hash((self.aim.seed, step, kind)) & 0xFFFFFFFF)
        gates = self.choices.sample(heat)
        return gates, int(self.lateness.offsets(gates.detach())) if self.lateness else 0

    def _weight_step(self, frames, labels, heat: float, step: int) -> torch.Tensor:
        with torch.no_grad():
            gates, offset = self._draw(heat, step, 0)
        loss = self._loss(frames, labels, gates, offset)
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        self.optimizer.step()
        return loss.detach()

    def _architecture_step(self, frames, labels, heat: float, step: int) -> tuple:
        gates, offset = self._draw(heat, step, 1)
        loss = self._loss(frames, labels, gates, offset)
        total = loss.cpu()
        if self.lateness:
            total = total + self.lateness.loss(self.choices)
        for name, budget in self.aim.budgets:
            expected = self.tables[name].cost(self.choices.probabilities())
            best = self.tables[name].cost(self.choices.best()).item()
            total = total + cost_loss(expected, best, budget)
        self.architect.zero_grad()
        self.fabric.backward(total)
        self.architect.step()
        return loss.detach(), offset

    def _loss(
        self, frames: torch.Tensor, labels: torch.Tensor, gates: torch.Tensor, offset: int
    ) -> torch.Tensor:
        """Run the path; return the mean loss over valid pixels against the label k frames later.

        If that time lies between two frames of the data, the losses against both are mixed.
        """
        self.network.choose(gates.to(frames.device))
        logits, auxiliary = first_and_others(self.model(frames))
        total = 0.0
        for later, share in in_data_frames({offset: Fraction(1)}, self.aim.ratio).items():
            label = labels[:, later]
            loss = cross_entropy(logits.float(), label, ignore_index=IGNORE, reduction="sum")
            loss = loss + self.model.auxiliary_loss(auxiliary, label)
            total = total + float(share) * loss / (label != IGNORE).sum()
        return total

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all, and `search.csv` beside it."""
        state = {name: part.state_dict() for name, part in self._parts().items()}
        state["rows"] = self.rows
        self.write_rows(path.with_name("search.csv"))
        with atomic(path) as partial:
            torch.save(state, partial)

    def resume(self, path: Path) -> None:
        """Continue from a checkpoint, if there is one."""
        if path.is_file():
            state = torch.load(path, map_location="cpu", weights_only=True)
            self.rows = state["rows"]
            for name, part in self._parts().items():
                part.load_state_dict(state[name])

    def write_rows(self, path: Path) -> None:
        """Write the losses and costs of every step."""
        with atomic(path) as partial:
            pd.DataFrame(self.rows).to_csv(partial, index=False, float_format="%.7g")

    def _parts(self) -> dict:
        parts = {"network": self.network, "choices": self.choices, "optimizer": self.optimizer}
        parts |= {"architect": self.architect, "schedule": self.schedule}
        return parts | ({"lateness": self.lateness} if self.lateness else {})
