"""The times of a step of training as a table, and in words."""

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from lasegm_core import models
from lasegm_core.experiments.runs import Run, base_of, steps_of
from lasegm_core.latency.cards import Card
from lasegm_core.studies.tuning.step_times import (
    COMPILED,
    FILES,
    MATRICES,
    MEMORY,
    PLAIN,
    SIDE,
    TWO_RUNS,
)

_STEPS = {TWO_RUNS: 2, FILES: 0, MEMORY: 0}  # that a call takes; 1 where nothing is said


def table(card: Card) -> pd.DataFrame:
    """Compare the ways with the plain step of the same network.

    Returns:
        A row a network and way: `network`, `way`, `ms`, the median time of a step or a batch (of
        two runs side by side: half the time of a step of each), `gflops`, 10^9 operations a second
        of a step, `ratio`, the median over rounds of the time over that of the plain step, with its
        95 % bootstrap interval over rounds `ci_low`, `ci_high`, and `first_s`, seconds of the first
        step where it is compiled.
    """
    rows = []
    for name, samples in card.samples_s.items():
        network, slash, way = name.partition("/")
        if slash:
            steps, plain = _STEPS.get(way, 1), card.samples(f"{network}/{PLAIN}")
            seconds = np.asarray(samples) / max(steps, 1)
            row = {"network": network, "way": way, "ms": 1000 * np.median(seconds)}
            row["gflops"] = card.facts["gflop"][network] / np.median(seconds) if steps else np.nan
            first_s = card.facts["compile_s"].get(network) if way == COMPILED else np.nan
            rows.append(row | _ratio(seconds / plain) | {"first_s": first_s})
    return pd.DataFrame(rows)


def _ratio(ratios: np.ndarray) -> dict[str, float]:
    found = {"ratio": float(np.median(ratios)), "ci_low": np.nan, "ci_high": np.nan}
    if len(ratios) > 1:
        drawn = bootstrap((ratios,), np.median, method="percentile", rng=0)
        found["ci_low"], found["ci_high"] = drawn.confidence_interval
    return found


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """Lay the table out; text cells."""
    ratios = [
        f"{row.ratio:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}]" for row in found.itertuples()
    ]
    return pd.DataFrame(
        {
            "network": [models.entry(name).title for name in found["network"]],
            "way": found["way"],
            "ms": found["ms"].map("{:.0f}".format),
            "GFLOP/s": found["gflops"].map("{:.0f}".format).replace("nan", "-"),
            "over the network's first row": ratios,
            "first step (s)": found["first_s"].map("{:.0f}".format).replace("nan", "-"),
        }
    )


def caption(card: Card) -> str:
    """Say what was timed, how and where."""
    facts = card.facts
    peak = 2 * SIDE**3 / card.of(MATRICES) / 1e9
    missing = "".join(f"; without {name}: {why}" for name, why in facts["without"].items())
    return (
        "Batches of 8 frames of 64x128 on one core, but for the two ways that name two; two runs "
        f"take a step each in twice the time that is shown. Medians of {facts['rounds']} rounds in "
        "turn, 95 % intervals by bootstrap over rounds. The core reaches "
        f"{peak:.0f} GFLOP/s in products of {SIDE}x{SIDE} matrices; a step is three times the "
        f"operations of its forward pass{missing}. "
        f"{facts['device']}, {facts['software']}; commit {facts['commit']}, {facts['date']}."
    )


def say(found: pd.DataFrame, profile: str) -> str:
    """Say after how many steps a compiled training is ahead, beside those of a profile's base."""
    said = []
    for network, of in found.groupby("network", sort=False):
        ways = of.set_index("way")
        base = base_of(Run(network, 1, 0, "toystreet", profile))
        after = "never"
        if ways["ci_high"].get(COMPILED, 1) < 1:
            saved_s = (ways["ms"][PLAIN] - ways["ms"][COMPILED]) / 1000
            after = f"after {ways['first_s'][COMPILED] / saved_s:,.0f} steps"
        said.append(f"{models.entry(network).title} {after} (its base takes {steps_of(base, 0)})")
    return f"A training by torch.compile is ahead: {'; '.join(said)}."
