"""What verdicts on the survey rest on: its Table IV by network, and what was measured here."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lasegm_core.studies.zoo.survey import PRINTED

TABLE4, MEASURED = "Table IV", "measured here"
FULL, HALF, QUARTER = "rtx3090", "rtx3090-512x1024", "rtx3090-256x512"
JETSON, HERE = "jetson_xavier", "mean"
WHERE = {name: f"{device}, {size}" for name, (device, size) in PRINTED.items()}
WHERE |= {HERE: "this machine", "test": "Cityscapes test", "camvid": "CamVid"}
EARLY = 2018  # "a few earlier works" of section V: those before this year
OWN_COLUMNS = ("evidence", "unit")


class Table(NamedTuple):
    """The result of `survey.table`, by network."""

    rows: pd.DataFrame

    def of(self, network: str, column: str) -> float:
        """Return a value; NaN where there is none."""
        return float(self.rows[column].get(network, np.nan))

    def lead(self, one: str, other: str, column: str) -> np.ndarray | None:
        """Return by how much a network leads another, or None."""
        return exact(self.of(one, column) - self.of(other, column))

    def title(self, network: str) -> str:
        """Return the title of a network, as printed."""
        return str(self.rows["title"].get(network, network))

    def leads(self, first: str, column: str, among: pd.Series | None = None) -> list | None:
        """Return by how much a network leads each other one that has a value, or None."""
        values = self.rows[column] if among is None else self.rows[column].where(among)
        others = values.drop(first).dropna()
        if np.isnan(values[first]):
            return None
        return [exact(values[first] - value) for value in others] or None


def exact(difference: float) -> np.ndarray | None:
    """Turn a difference without chance into what `claims.decide` takes; None for NaN."""
    return None if np.isnan(difference) else np.full(2, difference)


def row(decided: dict, unit: str, evidence: str = TABLE4) -> dict:
    """Add what a verdict rests on, and the unit of its difference."""
    return decided | {"unit": unit, "evidence": evidence}


def evidence(column: str) -> str:
    """Say whether a column of speeds is printed or measured."""
    return MEASURED if column == HERE else TABLE4
