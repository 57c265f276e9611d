"""Guards against nbval's traps: an unstored output that passes, and a dead kernel that hangs."""

import time
from queue import Empty

import pytest
from nbval.kernel import RunningKernel

_get_message = RunningKernel.get_message
OUTPUT_S = 60  # nbval gives an output 5 s to arrive; a loaded machine needs more


def get_message_of_the_living(kernel, stream, timeout=None):
    """Wait for a message as nbval does, but look every second whether the kernel still lives."""
    end = time.monotonic() + max(timeout or 0, OUTPUT_S)
    while True:
        try:
            return _get_message(kernel, stream, timeout=1)
        except Empty:
            if not kernel.is_alive():
                raise RuntimeError("the kernel died") from None
            if time.monotonic() > end:
                raise


def pytest_configure():
    """Put the guard in place."""
    RunningKernel.get_message = get_message_of_the_living


def pytest_runtest_setup(item):
    """Fail a cell whose output is to be checked but is not stored: nbval would pass it."""
    cell = getattr(item, "cell", None)
    if cell is not None and "NBVAL_CHECK_OUTPUT" in cell["source"] and not cell["outputs"]:
        pytest.fail("no output is stored: run the notebook and commit it with its outputs")
