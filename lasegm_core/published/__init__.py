"""Numbers printed in the papers. Each stands once, in a csv beside this file, with its place."""

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent


def table1() -> pd.DataFrame:
    """Read Table 1 of the paper (000): a row a quantity, a column a network, as printed."""
    printed = pd.read_csv(FOLDER / "table1.csv", dtype={"paper": str})
    return printed.pivot(index="quantity", columns="network", values="value")


def latencies() -> pd.DataFrame:
    """Read the printed latencies: a row a network on a device, with source and `latency_s`.

    Some papers print milliseconds, others frames per second; `value` and `unit` are as printed.
    """
    rows = pd.read_csv(FOLDER / "latencies.csv", dtype={"paper": str}, keep_default_na=False)
    fps = rows["unit"] == "fps"
    return rows.assign(latency_s=(1 / rows["value"]).where(fps, rows["value"] / 1000))


def peaks() -> pd.DataFrame:
    """Read the devices' peak fp32 rates in TFLOP/s, by the hardware's short name, with source."""
    return pd.read_csv(FOLDER / "peaks.csv", index_col="hardware")
