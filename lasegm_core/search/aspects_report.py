"""Table 6 of paper 004 for people: printed values beside those of our own searches."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.data.sources import Place
from lasegm_core.experiments.provenance import training_facts
from lasegm_core.metric.bootstrap import interval
from lasegm_core.models import complexity
from lasegm_core.reports.captions import say_made
from lasegm_core.reports.claims import decide, draws
from lasegm_core.reports.tables import formatted
from lasegm_core.search.aspects import BY_HAND, SIZE, runs_of

# What an aspect adds, where a pair of searches differs in it alone.
PAIRS = (("resolution", "b", "a"), ("resolution", "d", "c"), ("depth", "e", "b"))
PAIRS += (("operators", "e", "d"),)
_OURS = ("miou", "ci_low", "ci_high", "latency_s", "gmac", "parameters")


def table(
    networks: Mapping[str, str] | None = None,
    counts: Mapping[str, np.ndarray] | None = None,
    samples: Mapping[str, Sequence[float]] | None = None,
) -> pd.DataFrame:
    """Put our values beside those of Table 6; without any, only what is printed.

    Args:
        networks: result of `aspects.with_mrms`.
        counts: result of `aspects.trained`.
        samples: result of `aspects.timed`.

    Returns:
        A row a search, after that of MRMS: `exp`, `optimise` (text), `printed_miou` (0..1) and
        `printed_latency_s`; ours: instant `miou` with `ci_low`, `ci_high`, `latency_s` (median),
        `gmac` and `parameters` (10^6), NaN if it was not measured.
    """
    rows = []
    for exp, row in _printed().iterrows():
        ours = dict.fromkeys(_OURS, float("nan"))
        if networks:
            score, *drawn = draws(counts[exp])
            ci_low, ci_high = interval(drawn)
            ours |= {"miou": score, "ci_low": ci_low, "ci_high": ci_high}
            name = networks[exp]
            ours |= {"latency_s": median(samples[exp]), "gmac": complexity.operations(name, SIZE)}
            ours["parameters"] = complexity.parameters(name) / 1e6
        rows.append({"exp": exp, **row} | ours)
    return pd.DataFrame(rows)


def _printed() -> pd.DataFrame:
    """List the printed rows by `exp`; that of MRMS, of Table 1, comes first without one."""
    found = published.searches()
    mious, latencies = (
        of.query(f"paper == '004' and place == 'Table 1' and network == '{BY_HAND}'")
        for of in (published.accuracies(), published.latencies())
    )
    words = {exp: ", ".join(optimise) for exp, optimise in found["optimise"].items()}
    rows = {
        "": {
            "optimise": "none: MRMS",
            "printed_miou": mious["miou"].item(),
            "printed_latency_s": latencies["latency_s"].item(),
        }
    }
    for exp, row in found.iterrows():
        rows[exp] = {
            "optimise": words[exp],
            "printed_miou": row["miou"],
            "printed_latency_s": row["latency_s"],
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def gains(counts: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Decide what each aspect adds to the accuracy (section 4.2), where two searches differ in it.

    Args:
        counts: result of `aspects.trained`; empty if nothing was trained.

    Returns:
        A row a pair: `aspect`, `pair`, `printed` (difference in mIoU), `difference` with its paired
        95 % interval `ci_low`, `ci_high`, and `verdict`.
    """
    printed, rows = published.searches()["miou"], []
    for aspect, more, less in PAIRS:
        gain = draws(counts[more]) - draws(counts[less]) if counts else None
        found = decide("", "", gain, aspect)
        row = {"aspect": aspect, "pair": f"({more}) over ({less})"}
        row["printed"] = printed[more] - printed[less]
        ours = {name: found.get(name, float("nan")) for name in ("difference", "ci_low", "ci_high")}
        rows.append(row | ours | {"verdict": found["verdict"]})
    return pd.DataFrame(rows)


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out Table 6: in each cell printed / ours."""
    shown = [
        {
            "exp": f"({row.exp})" if row.exp else "-",
            "optimised": row.optimise,
            "mIoU (%), printed / ours": f"{100 * row.printed_miou:.2f} / {_miou(row)}",
            "latency (ms), printed / ours": f"{1000 * row.printed_latency_s:.1f} / "
            + formatted(1000 * row.latency_s, "{:.1f}"),
            "GMAC": formatted(row.gmac, "{:.3f}"),
            "parameters (M)": formatted(row.parameters, "{:.3f}"),
        }
        for row in rows.itertuples()
    ]
    return pd.DataFrame(shown)


def _miou(row) -> str:
    if pd.isna(row.miou):
        return "-"
    return f"{100 * row.miou:.1f} [{100 * row.ci_low:.1f}, {100 * row.ci_high:.1f}]"


def readable_gains(found: pd.DataFrame) -> pd.DataFrame:
    """Lay out the gains."""
    ours = [
        "-"
        if pd.isna(row.difference)
        else f"{row.difference:+.3f} [{row.ci_low:+.3f}, {row.ci_high:+.3f}]"
        for row in found.itertuples()
    ]
    shown = found[["aspect", "pair"]].rename(columns={"aspect": "what is added"})
    printed = found["printed"].map("{:+.4f}".format)
    return shown.assign(**{"printed gain": printed, "our gain": ours, "verdict": found["verdict"]})


def caption(networks: Iterable[str] = (), place: Place | None = None) -> str:
    """Describe the numbers: what is printed, and how ours were made."""
    printed = "Printed: Cityscapes, GTX 1080 Ti. "
    runs = [run for network in networks for run in runs_of(network)]
    if not runs:
        return f"{printed}Ours: nothing was searched yet."
    made = say_made([training_facts(run, place) for run in runs])
    seeds = len({run.seed for run in runs})
    size = "{}x{}".format(*SIZE)
    return (
        f"{printed}Ours: ToyStreet's 60 val clips at 64x128, instant mIoU with 95 % intervals by "
        f"bootstrap over {seeds} trainings and clips, of one search; one budget of latency for all "
        f"searches; latency and GMAC at {size}, latencies by torch, fp32, batch 1, in turn; {made}."
    )


def say(found: pd.DataFrame) -> str:
    """Say in one sentence what each aspect gains, printed and here."""
    words = [
        f"{row.aspect} {row.pair} {100 * row.printed:+.2f} printed, "
        + (
            f"{100 * row.difference:+.1f} here ({row.verdict})"
            if found["difference"].notna().all()
            else row.verdict
        )
        for row in found.itertuples()
    ]
    return f"Points of mIoU that an aspect adds: {'; '.join(words)}."
