"""Committed counts are read without what trains networks."""

import subprocess
import sys

from lasegm_core.data.sources import Place
from lasegm_core.experiments import ensure_all
from tests import ROOT

FIGURES = ROOT / "figures"

TABLE1 = """
import sys
from lasegm_core.data.sources import find_place
from lasegm_core.experiments import cells, grids
from lasegm_core.experiments.setting import find_setting
from lasegm_core.reports import captions, plots, scores, tables

place = find_place("toystreet", "build", "data", None, sys.argv[1])
setting = find_setting("toystreet", "laptop", "gtx1080ti", place)
counts = cells.ensure_counts(grids.table1(setting), place)
print(len(counts), "torch" in sys.modules)
"""


def test_table_1_is_read_without_torch():
    command = [sys.executable, "-c", TABLE1, str(FIGURES / "toystreet-laptop")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == "16 False\n"


def test_with_committed_results_nothing_is_made(tmp_path):
    ensure_all([None], Place(tmp_path / "build", tmp_path / "data", results=FIGURES))
    assert not list(tmp_path.iterdir())
