"""What `farsee` finds, as tables and sentences for people."""

from functools import partial

import pandas as pd

from lasegm_core.farsee import Samples
from lasegm_core.latency import machine


def layout(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out what `farsee.beside` gives: in each cell printed / ours, "-" for what there is not.

    Times are in the unit that the table prints: ms, or fps.
    """
    fps = rows["speed"].str.endswith("fps").any()
    ours = 1 / rows["ours_s"] if fps else 1000 * rows["ours_s"]
    speed = rows["speed"].str.split().str[0].fillna("-")
    cells = {
        "network": rows["title"],
        "size": rows["size"].replace("", "-") + " / " + rows["size_here"],
        "mIoU (%)": rows["miou"].str.removesuffix(" %") + " / -",
        "parameters (M)": "- / " + rows["parameters"].map(partial(_number, decimals=2)),
        "GMAC": "- / " + rows["gmac"].map(_number),
        "fps" if fps else "ms": speed + " / " + ours.map(_number),
        "printed on": rows["device"].fillna("-"),
    }
    return pd.DataFrame(cells).set_index(rows["test"]).rename_axis("test, printed / ours")


def _number(value: float, decimals: int = 1) -> str:
    return "-" if pd.isna(value) else f"{value:.{decimals}f}"


def readable(compared: pd.DataFrame) -> pd.DataFrame:
    """Write the ratios of `farsee.ratios` or `verdicts`: printed / ours [95 % interval]."""
    cells = [
        f"{_number(row.printed, 2)} / {_number(row.ours, 2)}"
        + ("" if pd.isna(row.ours) else f" [{row.low:.2f}, {row.high:.2f}]")
        for row in compared.itertuples()
    ]
    shown = compared.drop(columns=["printed", "ours", "low", "high"]).round(2)
    return shown.assign(**{"ratio of times, printed / ours": cells})


def say(verdicts: pd.DataFrame) -> str:
    """Say in one sentence what `farsee.verdicts` come to."""
    claims = verdicts.groupby("verdict", sort=False)["claim"]
    parts = [f"{verdict}: {'; '.join(of)}" for verdict, of in claims]
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def caption(samples: Samples) -> str:
    """Say what was timed how, on which machine, with which software and code, and when."""
    here = machine()
    rounds = len(next(iter(samples.values()), []))
    return (
        f"Ours: medians of {rounds} calls in turn, random weights, batch 1, frames on the device "
        f"to logits; 95 % intervals by bootstrap over the rounds; on {here['device']}, "
        f"{here['software']}; commit {here['commit']}, {here['date']}."
    )
