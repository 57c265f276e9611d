"""The environment is made once, even if several processes ask for it."""

import signal
import subprocess
import sys

from tests import ROOT

RUN_ONCE = ROOT / "lasegm_core" / "support" / "run_once.py"
MAKE = "import pathlib, sys, time; print('made', flush=True); time.sleep(1);"
MAKE += "pathlib.Path(sys.argv[1]).touch()"


def ask(path):
    command = [
        sys.executable,
        RUN_ONCE,
        path,
        sys.executable,
        "-c",
        MAKE,
        path,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_several_processes_one_makes_the_file(tmp_path):
    asked = [ask(tmp_path / "ready") for _ in range(3)]
    said = [process.communicate(timeout=60)[0] for process in asked]
    assert sorted(said) == ["", "", "made\n"]
    assert [process.returncode for process in asked] == [0, 0, 0]


def test_if_the_maker_dies_the_next_process_makes_it(tmp_path):
    first = ask(tmp_path / "ready")
    assert first.stdout.readline() == "made\n"
    second = ask(tmp_path / "ready")
    first.send_signal(signal.SIGKILL)
    assert second.communicate(timeout=60)[0] == "made\n"
    assert (tmp_path / "ready").exists()
