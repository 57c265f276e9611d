"""The committed tables say what the committed counts say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lasegm_core.evaluation import Counts
from lasegm_core.metric import mean_iou

FIGURES = Path(__file__).parents[1] / "figures"
SETTINGS = [path.parent.name for path in sorted(FIGURES.glob("*/counts"))]


def read_off(setting, network, inputs, trained, scored):
    paths = (FIGURES / setting / "counts").glob(f"{network}-i{inputs}-k{trained}-s*.npz")
    return np.mean([mean_iou(Counts.load(path).at(scored).sum(0)) for path in paths])


@pytest.mark.parametrize("setting", SETTINGS)
def test_table1_is_read_off_its_counts(setting):
    table = pd.read_csv(FIGURES / setting / "table1.csv")
    rows = table[table["low"].notna()]
    assert len(rows)
    for row in rows.itertuples():
        trained = row.offset if row.quantity in ("configuration_2", "configuration_3") else 0
        inputs = 2 if row.quantity == "configuration_3" else 1
        ours = read_off(setting, row.network, inputs, trained, int(row.offset))
        assert row.ours == pytest.approx(ours, abs=1e-6), row


@pytest.mark.parametrize(
    "setting", [name for name in SETTINGS if (FIGURES / name / "figure3.csv").exists()]
)
def test_figure3_is_read_off_its_counts(setting):
    names = {"DeepLab-R101": "deeplab_r101", "SwiftNet-R18": "swiftnet_r18"}
    for row in pd.read_csv(FIGURES / setting / "figure3.csv").itertuples():
        ours = read_off(setting, names[row.name], 2, row.offset, row.offset)
        assert row.miou == pytest.approx(ours, abs=1e-6), row
