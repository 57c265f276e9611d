import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lasegm_core.support.script import control_c_heard, exit_code


class Interrupted:
    """Ctrl-C comes while it is destroyed; Python prints the exception and goes on."""

    def __del__(self):
        raise KeyboardInterrupt


class Broken:
    def __del__(self):
        raise ValueError("not Ctrl-C")


def test_what_a_destructor_drops_is_raised_again():
    with pytest.raises(KeyboardInterrupt), control_c_heard():
        Interrupted()
        time.sleep(10)


def test_a_command_ends_with_130_though_a_destructor_dropped_it():
    def work():
        Interrupted()
        time.sleep(10)

    assert exit_code(work, lambda _message, code: code, "stopped") == 130


def test_other_exceptions_are_told_as_before_and_the_hooks_are_put_back(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: told.append(dropped.exc_type))
    before = signal.getsignal(signal.SIGALRM), sys.unraisablehook
    with control_c_heard():
        Broken()
    assert told == [ValueError]
    assert (signal.getsignal(signal.SIGALRM), sys.unraisablehook) == before


def test_a_thread_which_no_signal_reaches_is_left_alone():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(exit_code, lambda: 0, None, "stopped").result() == 0
