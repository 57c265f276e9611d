"""The results of `farsee` and `farsee_claims`, as tables and sentences for people."""

import pandas as pd

from lasegm_core.latency.sizes import Samples
from lasegm_core.reports.tables import formatted
from lasegm_core.support.machine import machine


def layout(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out the result of `farsee.beside`: printed / ours in each cell, "-" for missing values.

    Times are in the unit that the table prints, ms or fps.
    """
    in_fps = rows["speed"].str.endswith("fps").any()
    ours = [_time(seconds, in_fps) for seconds in rows["ours_s"]]
    cells = {
        "network": rows["title"],
        "size": rows["size"].replace("", "-") + " / " + rows["size_here"],
        "mIoU (%)": rows["miou"].str.removesuffix(" %") + " / -",
        "parameters (M)": [f"- / {formatted(count, '{:.2f}')}" for count in rows["parameters"]],
        "GMAC": [f"- / {formatted(count, '{:.1f}')}" for count in rows["gmac"]],
        "running time": rows["speed"].fillna("-") + " / " + ours,
        "printed on": rows["device"].fillna("-"),
    }
    numbers = rows["row"].astype(str).rename("row, printed / ours")
    return pd.DataFrame(cells).set_index(numbers)


def _time(seconds: float, in_fps: bool) -> str:
    if pd.isna(seconds):
        return "-"
    return f"{1 / seconds:.1f} fps" if in_fps else f"{1000 * seconds:.1f} ms"


def _times(ratio: float) -> str:
    return formatted(ratio, "{:.2f}x")


def readable(compared: pd.DataFrame) -> pd.DataFrame:
    """Write the ratios of `farsee_claims.ratios` or `verdicts`: printed / ours [95 % interval]."""
    cells = [
        f"{_times(row.printed)} / {_times(row.ours)}"
        + ("" if pd.isna(row.ours) else f" [{_times(row.ci_low)}, {_times(row.ci_high)}]")
        for row in compared.itertuples()
    ]
    shown = compared.drop(columns=["printed", "ours", "ci_low", "ci_high"]).round(2)
    return shown.assign(**{"ratio of times, printed / ours": cells})


def ranks(correlations: pd.DataFrame) -> pd.DataFrame:
    """Write the result of `farsee.correlations`: a row a choice of devices, a column a quantity."""
    names = {"ours_s": "time here", "gmac": "GMAC", "parameters": "parameters"}
    cells = [
        "-"
        if pd.isna(row.spearman)
        else f"{row.spearman:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}]"
        for row in correlations.itertuples()
    ]
    found = correlations.assign(text=cells)
    wide = found.pivot(index=["devices", "rows"], columns="quantity", values="text")
    return wide[[*names]].rename(columns=names).rename_axis(columns=None).reset_index()


def say(verdicts: pd.DataFrame) -> str:
    """Sum up `farsee_claims.verdicts` in one sentence."""
    claims = verdicts.groupby("verdict", sort=False)["claim"]
    parts = [f"{verdict}: {'; '.join(of)}" for verdict, of in claims]
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def caption(samples: Samples) -> str:
    """Describe how the times were measured: method, machine, software, code and date."""
    here = machine()
    rounds = len(next(iter(samples.values()), []))
    return (
        f"Ours: medians of {rounds} calls in turn, random weights, batch 1, frames on the device "
        f"to logits; 95 % intervals by bootstrap over the rounds; on {here['device']}, "
        f"{here['software']}; commit {here['commit']}, {here['date']}."
    )
