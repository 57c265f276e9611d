"""The committed tables say what the committed counts say."""

import re
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from lasegm_core.experiments import cells
from lasegm_core.experiments.results.parameters import read as read_parameters
from lasegm_core.experiments.results.result_set import read
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.staleness import staleness
from lasegm_core.metric.streaming import mix
from lasegm_core.reports import plots
from lasegm_core.studies.video.measured import NAMES
from lasegm_core.support.files import sha256
from tests import ROOT

matplotlib.use("agg")
FIGURES = ROOT / "figures"
SETTINGS = [path.parent.name for path in sorted(FIGURES.glob("*/counts"))]


def read_off(setting, network, inputs, trained, scored):
    paths = (FIGURES / setting / "counts").glob(f"{network}-i{inputs}-k{trained}-s*.npz")
    return np.mean([mean_iou(Counts.load(path).at(scored).sum(0)) for path in paths])


@pytest.mark.parametrize(
    "setting", [name for name in SETTINGS if (FIGURES / name / "table1.csv").exists()]
)
def test_table1_is_read_off_its_counts(setting):
    table = pd.read_csv(FIGURES / setting / "table1.csv")
    rows = table[table["ci_low"].notna()]
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


@pytest.mark.parametrize(
    "setting", [name for name in SETTINGS if (FIGURES / name / "streaming.csv").exists()]
)
def test_streaming_is_read_off_its_counts(setting):
    ages = pd.read_csv(FIGURES / setting / "streaming_ages.csv").set_index("network")
    interval_s = 1 / 15 if "camvid" in setting else 0.06
    table = pd.read_csv(FIGURES / setting / "streaming.csv")
    for row in table[table["streaming"].notna() & (table["quantity"] != "instant")].itertuples():
        latency_s, k = ages.loc[row.network, "latency_ms"] / 1000, ages.loc[row.network, "offset"]
        inputs = 2 if row.quantity == "configuration_3" else 1
        trained = 0 if row.quantity == "configuration_1" else k
        runs = (FIGURES / setting / "counts").glob(f"{row.network}-i{inputs}-k{trained}-s*.npz")
        shares = staleness(latency_s, interval_s).shares
        ours = np.mean([mean_iou(mix(Counts.load(path), shares).sum(0)) for path in runs])
        assert row.streaming == pytest.approx(ours, abs=1e-6), row


def test_the_zoo_is_read_off_its_counts():
    table = pd.read_csv(FIGURES / "zoo" / "zoo_lamiou.csv")
    rows = table[table["miou"].notna()]
    assert rows["network"].nunique() == 12
    for row in rows.itertuples():
        assert row.instant == pytest.approx(read_off("zoo", row.network, 1, 0, 0), abs=1e-6), row
        ours = read_off("zoo", row.network, 1, 0, int(row.offset))
        assert row.miou == pytest.approx(ours, abs=1e-6), row


def code(notebook):
    """List the code cells of a notebook, by name."""
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", 4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def run_in_here(notebook, out, **parameters):
    """Run the code of a notebook in this process, on committed results."""
    names = {}
    try:
        for cell in code(notebook):
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= parameters | {"out": out}
    finally:  # notebooks set options for themselves
        pd.reset_option("^display")
        plt.close("all")
    return Path(names["results"]).resolve()


# What is read off sets other than that of a notebook's defaults.
OTHERS = {
    "camvid-laptop": ({"dataset": "camvid"}, ("table1", "low_latency_video")),
    "toystreet-laptop-avx2": ({}, ("table1",)),
    "toystreet-reference": ({"profile": "reference"}, ("table1", "ablation")),
}


def measured_with(notebook, folder):
    """Read the parameters that a measured table was made with, where others are refused."""
    return read_parameters(FIGURES / folder)["propagation"] if "video" in notebook else {}


NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
CASES = [(name, {}) for name in NOTEBOOKS] + [
    (name, {"results": f"../figures/{folder}"} | given | measured_with(name, folder))
    for folder, (given, names) in OTHERS.items()
    for name in names
]


# Notebooks that read all sets, and what they write is committed as.
OF_ALL = {"leaderboard": "leaderboard", "latency_cost": "latency-cost"}


def set_of(notebook, parameters):
    """Name the folder of committed results that a case reads, or writes."""
    if notebook in OF_ALL:
        return OF_ALL[notebook]
    names = {}
    exec(code(notebook)[0].source, names)
    return Path((names | parameters)["results"]).name


def written_by(notebook):
    """Name the tables that a notebook may write."""
    source = "\n".join(cell.source for cell in code(notebook))
    named = set(re.findall(r"""tables\.write\(\s*"(\w+)\"""", source))
    return named | (set(NAMES.values()) if notebook == "low_latency_video" else set())


def committed_csv(folder):
    return {path.stem for path in (FIGURES / folder).glob("*.csv")}


@pytest.mark.parametrize("name, parameters", CASES, ids=lambda value: str(value or "defaults"))
def test_a_notebook_writes_the_committed_tables_to_the_digit(
    name, parameters, tmp_path, monkeypatch
):
    monkeypatch.chdir(ROOT / "notebooks")
    # Pictures and counts take most of the time, and are not compared here.
    monkeypatch.setattr(plots, "write", lambda *_: None)
    monkeypatch.setattr(cells, "save", lambda *_: None)
    committed = run_in_here(name, tmp_path, **parameters)
    committed /= OF_ALL.get(name, "")
    tables = [path for path in tmp_path.iterdir() if path.suffix in (".csv", ".md")]
    expected = written_by(name) & committed_csv(committed.name)
    assert expected or name == "explore"
    for suffix in (".csv", ".md"):
        assert {path.stem for path in tables if path.suffix == suffix} == expected
    for path in tables:
        assert path.read_text() == (committed / path.name).read_text(), path.name
    assert read_parameters(tmp_path).items() <= read_parameters(committed).items()


@pytest.mark.parametrize("folder", [*SETTINGS, "engines", *OF_ALL.values()])
def test_every_committed_table_is_written_by_a_notebook_that_is_run_on_its_set(folder):
    written = [written_by(name) for name, given in CASES if set_of(name, given) == folder]
    assert set().union(*written) >= committed_csv(folder)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_run_has_a_record_and_the_counts_it_tells_of(setting):
    found = read(FIGURES / setting)
    paths = {path.stem: path for path in (FIGURES / setting / "counts").glob("*-i?-k*-s*.npz")}
    own = {title: path for title, path in paths.items() if not title.startswith("dis_")}
    assert set(own) <= set(found.runs)
    for title, path in own.items():
        record = found.runs[title]
        assert record["counts_sha256"] == sha256(path)
        assert {"device", "software", "commit", "date"} <= set(record)
        assert "train_s" not in record or {"settings", "digest"} <= set(record)
        assert "dirty" not in record["commit"]


def test_headings_of_tables_are_for_people():
    for path in FIGURES.rglob("*.md"):
        head = path.read_text().splitlines()[0].strip("| ").split("|")
        for heading in map(str.strip, head):
            assert heading and not re.fullmatch(r"miou|[a-z0-9]+(_[a-z0-9]+)+", heading), path
