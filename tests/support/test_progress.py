"""Bars in a log: whole lines, few of them, and no control characters."""

import os
import pty
import re
import subprocess
import sys
import termios

from tqdm import tqdm

from tests import ROOT

STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d"
BARS = """
from lasegm_core.support.progress import log_lines
log_lines()
from tqdm import tqdm
for _ in tqdm(range(2), "outer"):
    for _ in tqdm(range(1000), "inner"):
        pass
for _ in tqdm(range(9), "for a screen only", disable=None):
    pass
"""
APART = """
from lasegm_core.support.processes import side_by_side
from lasegm_core.support.progress import log_lines
from tests.support.test_progress import count_up
if __name__ == "__main__":
    log_lines()
    list(side_by_side(count_up, "ab", 2))
"""


def count_up(title):
    for _ in tqdm(range(3), title):
        pass


def lines(*command, **options):
    """Run Python; gives the lines of its log, of which each must begin with the time."""
    said = subprocess.run([sys.executable, *command], capture_output=True, **options).stderr
    assert not set(b"\r\x1b") & set(said)
    found = [re.fullmatch(STAMP + r" (\w.*)", line) for line in said.decode().splitlines()]
    return [line[1] for line in found]


def test_a_log_has_a_line_at_the_start_and_at_the_end_of_each_bar():
    names = [tuple(re.split(r": +", line.split("|")[0])) for line in lines("-c", BARS)]
    inner = [("inner", "0%"), ("inner", "100%")]
    assert names == [("outer", "0%"), *inner, *inner, ("outer", "100%")]


def test_so_has_the_log_of_processes_side_by_side(tmp_path):
    script = tmp_path / "apart.py"
    script.write_text(APART)
    path = {"PYTHONPATH": str(ROOT)}
    found = lines(script, env=os.environ | path)
    assert sorted(line[0] for line in found) == ["a", "a", "b", "b"]


def test_a_terminal_has_one_line_that_moves():
    own, terminal = pty.openpty()
    termios.tcsetwinsize(own, (24, 80))
    subprocess.run([sys.executable, "-c", BARS], stderr=terminal, check=True)
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(own, 65536):
            shown += part
    except OSError:  # as Linux says that nothing more will come
        pass
    assert shown.count(b"\router") > 1 and b"\x1b[A" in shown
