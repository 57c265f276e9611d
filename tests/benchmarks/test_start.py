"""Start-up times: importing the package, and a make that finds nothing to do."""

import subprocess
import sys
from statistics import median

from tests import ROOT
from tests.benchmarks.conftest import milliseconds

IMPORT = """
import time
begun = time.perf_counter()
import lasegm_core
print(1000 * (time.perf_counter() - begun))
"""


def output(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_importing_the_package(compare):
    took = median(float(output(sys.executable, "-c", IMPORT)) for _ in range(11))
    compare("import lasegm_core", took, "limit", 100, 1)


def test_a_make_that_finds_nothing_to_do(compare, tmp_path):
    (tmp_path / "table1.ipynb").touch()  # newer than all that it is made of
    command = ("make", "--no-print-directory", "reproduce-table1", f"MADE={tmp_path}")
    assert len(output(*command).splitlines()) == 1  # where the table is
    compare("make with nothing to do", milliseconds(lambda: output(*command), 11), "limit", 2000, 1)
