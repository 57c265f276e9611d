import os
import signal
import subprocess
import sys
import time

import pytest

from lasegm_core.support.errors import BadInput
from lasegm_core.support.processes import side_by_side
from tests import ROOT
from tests.conftest import hear_control_c

# What a process of its own calls must be importable there: these stand in for a long training.
PARENT = """
import sys
from lasegm_core.support.processes import side_by_side
from tests.support import test_processes
if __name__ == "__main__":
    call = getattr(test_processes, sys.argv[2])
    try:
        list(side_by_side(call, [sys.argv[1] + "/a", sys.argv[1] + "/b"], 2))
    except KeyboardInterrupt:
        sys.exit(130)
"""


def square(number):
    return number * number


def refuse_three(number):
    if number == 3:
        raise BadInput("three is not taken")
    time.sleep(60 if number == 4 else 0)
    return number


def note_and_sleep(path):
    try:
        with open(path, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(60)
    finally:
        os.rename(path, path + ".cleaned")


class SleepsWhenItGoes:
    def __init__(self, path):
        self.path = path

    def __del__(self):
        note_and_sleep(self.path)


def note_and_sleep_in_a_destructor(path):
    SleepsWhenItGoes(path)
    try:
        time.sleep(60)
    finally:
        os.rename(path + ".cleaned", path + ".heard")


def start(folder, signal_number, call=note_and_sleep):
    command = [sys.executable, "-c", PARENT, str(folder), call.__name__]
    parent = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, preexec_fn=hear_control_c)
    while not all((folder / name).is_file() and (folder / name).read_text() for name in "ab"):
        time.sleep(0.05)
        assert parent.poll() is None
    children = [int((folder / name).read_text()) for name in "ab"]
    os.kill(parent.pid, signal_number)
    errors = parent.communicate(timeout=20)[1]
    return parent.returncode, errors, children


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_item_is_called_for():
    assert sorted(side_by_side(square, range(5), 2)) == [0, 1, 4, 9, 16]


def test_a_failure_is_raised_and_interrupts_the_others():
    begun = time.monotonic()
    with pytest.raises(BadInput, match="three is not taken"):
        list(side_by_side(refuse_three, [4, 3], 2))
    assert time.monotonic() - begun < 30


def test_control_c_lets_the_calls_clean_up_and_says_nothing(tmp_path):
    code, errors, _ = start(tmp_path, signal.SIGINT)
    assert (code, errors) == (130, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cleaned", "b.cleaned"]


def test_control_c_is_heard_though_a_destructor_drops_it(tmp_path):
    code, errors, _ = start(tmp_path, signal.SIGINT, note_and_sleep_in_a_destructor)
    assert (code, errors) == (130, b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.heard", "b.heard"]


def test_the_processes_of_a_killed_parent_end(tmp_path):
    children = start(tmp_path, signal.SIGKILL)[2]
    end = time.monotonic() + 20
    while any(map(alive, children)):
        time.sleep(0.1)
        assert time.monotonic() < end
