"""Engines compared: the pixels they change, and their latencies, timed in turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from lasegm_core.latency.cards import Card, noted
from lasegm_core.latency.engines.build import CannotRun, make
from lasegm_core.latency.engines.registry import REFERENCE, REGISTRY
from lasegm_core.latency.timing import (
    class_ids,
    end_to_end,
    how_timed,
    measured_card,
    time_in_turn,
)
from lasegm_core.models.own.network import Call, Network
from lasegm_core.support.errors import BadInput

MOST_CHANGED = 0.001  # of the pixels, before an engine is marked
MOST_S = 30.0  # of one engine's samples: emulated bf16 takes ten times as long
MARK = f"changes > {100 * MOST_CHANGED:g} %"
_NETWORK, _WHOLE = "network only", "end to end"


@dataclass(frozen=True)
class Comparison:
    """One network by several engines, the reference among them.

    Attributes:
        network: its title.
        networks: by engine, ready to be called.
        changes: a row an engine, against the reference: `difference` (largest, of logits) and
            `changed` (share of pixels of another class).
        samples_s: seconds of every call, by engine; samples at one position are of one round.
        end_to_end_s: the same from uint8 frames to class ids in host memory.
        refused: a line for each engine that cannot run it.
        facts: how it was timed.
    """

    network: str
    networks: dict[str, Network]
    changes: pd.DataFrame
    samples_s: dict[str, list[float]]
    end_to_end_s: dict[str, list[float]]
    refused: list[str]
    facts: dict

    def table(self) -> pd.DataFrame:
        """Make a row an engine.

        Returns:
            `network`, `engine`, `device`, `median_ms`, `p90_ms`, `ratio` (speed relative to the
            reference, median over the rounds), `end_to_end_ms`, `difference`, `changed`, `mark`
            (`MARK`, or empty).
        """
        rows = []
        for engine, samples in self.samples_s.items():
            middle, p90 = np.percentile(samples, [50, 90]) * 1000
            pairs = zip(self.samples_s[REFERENCE], samples, strict=False)  # of the rounds of both
            ratio = np.median([reference / sample for reference, sample in pairs])
            changes = self.changes.loc[engine]
            row = {"network": self.network, "engine": engine, "device": self.facts["device"]}
            row |= {"median_ms": middle, "p90_ms": p90, "ratio": ratio}
            row |= {"end_to_end_ms": 1000 * np.median(self.end_to_end_s[engine]), **changes}
            rows.append(row | {"mark": self.mark(engine)})
        return pd.DataFrame(rows)

    def is_marked(self, engine: str) -> bool:
        """Tell whether fp32 counts do not hold for an engine: too many pixels change, or NaN."""
        row = self.changes.loc[engine]
        return bool(row["changed"] > MOST_CHANGED or np.isnan(row["difference"]))

    def mark(self, engine: str) -> str:
        """Write the mark of an engine; empty if it has none."""
        return MARK if self.is_marked(engine) else ""

    def best(self) -> str:
        """Name the fastest engine that is not marked."""
        usable = [engine for engine in self.samples_s if not self.is_marked(engine)]
        return min(usable, key=lambda engine: np.median(self.samples_s[engine]))

    def card(self, engine: str) -> Card:
        """Make the hardware card of one engine.

        Raises:
            BadInput: the engine is marked, or cannot run the network.
        """
        if engine not in self.samples_s:
            raise BadInput(f"there is no card: {' '.join(self.refused)}")
        if self.is_marked(engine):
            raise BadInput(
                f"engine {engine} changes {100 * self.changes.loc[engine, 'changed']:.3f} % of the "
                f"pixels of {self.network}, over {100 * MOST_CHANGED:g} %: its latency does not go "
                "with the counts of fp32, so no card is written"
            )
        return self.measured(engine)

    def measured(self, engine: str) -> Card:
        """Make the card of one engine, marked or not."""
        facts = {
            "engine": engine,
            "runtime": self.networks[engine].runtime,
            "precision": REGISTRY[engine].precision,
        }
        samples = {self.network: self.samples_s[engine]}
        whole = {self.network: self.end_to_end_s[engine]}
        return measured_card(self.facts | facts, samples, whole)


@torch.inference_mode()
def compare(
    network: Network,
    engines: Iterable[str],
    frames: Sequence[torch.Tensor],
    rounds: int = 20,
    calibration: Sequence[torch.Tensor] | None = None,
) -> Comparison:
    """Run a network by engines on real frames, and time them in turn on the first.

    Args:
        network: result of `loading.load_network`, in fp32.
        engines: names that are usable here (see `registry.chosen`); the reference is added.
        frames: examples (1, T, 3, H, W) on its device, of one size.
        rounds: samples of each engine; a slow one stops after `MOST_S`.
        calibration: frames like these, for engines that are calibrated; None takes these, which
            changes fewer pixels than others would.

    Raises:
        BadInput: as `Network.fitted`.
    """
    network, networks, refused = network.fitted(frames[0]), {}, []
    calibration = frames if calibration is None else calibration
    for engine in dict.fromkeys([REFERENCE, *engines]):
        try:
            networks[engine] = make(engine, network, frames[0], calibration)
        except CannotRun as error:
            refused.append(str(error))
    calls = {engine: of.call for engine, of in networks.items()}
    changes = _changes(calls, frames)
    host = (255 * frames[0]).round().to(torch.uint8).cpu()
    turns = {(_NETWORK, engine): partial(call, frames[0]) for engine, call in calls.items()}
    for engine, call in calls.items():
        turns[_WHOLE, engine] = partial(end_to_end, call, host, network.device)
    samples = time_in_turn(turns, rounds, MOST_S)
    network_only, whole = (
        {engine: samples[timer, engine] for engine in calls} for timer in (_NETWORK, _WHOLE)
    )
    size, inputs = tuple(host.shape[-2:]), host.shape[1]
    facts = how_timed(network.device, network.runtime, size, inputs, "fp32")
    facts |= noted({network.title: network.notes})
    return Comparison(network.title, networks, changes, network_only, whole, refused, facts)


def _changes(calls: dict[str, Call], frames: Sequence[torch.Tensor]) -> pd.DataFrame:
    """Compare logits, if there are any, and class ids with the reference's on all frames."""
    rows = {engine: {"difference": 0.0, "changed": 0.0} for engine in calls}
    for example in frames:
        expected = calls[REFERENCE](example)
        for engine, call in calls.items():
            logits = call(example)
            row, changed = rows[engine], class_ids(logits) != class_ids(expected)
            row["difference"] = np.maximum(
                row["difference"], float((logits.float() - expected.float()).abs().max())
            )
            row["changed"] += changed.sum().item() / changed.numel() / len(frames)
    return pd.DataFrame.from_dict(rows, orient="index")


def say(tables: Sequence[pd.DataFrame]) -> str:
    """Write the rows of several networks as text: percent, milliseconds, relative speed."""
    rows = pd.concat(tables, ignore_index=True).drop(columns="device")
    shown = rows.assign(
        ratio=[f"{ratio:.2f}x" for ratio in rows["ratio"]],
        difference=[f"{value:.1e}" for value in rows["difference"]],
        changed=[f"{100 * share:.4f} %" for share in rows["changed"]],
    )
    for column in ("median_ms", "p90_ms", "end_to_end_ms"):
        shown[column] = [f"{value:.1f}" for value in rows[column]]
    names = {"median_ms": "median ms", "p90_ms": "p90 ms", "ratio": "faster", "changed": "pixels"}
    names |= {"end_to_end_ms": "end to end ms", "difference": "largest difference"}
    return shown.rename(columns=names).to_string(index=False)
