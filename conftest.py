"""Guards: examples leave no files here, and a dead kernel ends its notebook's test."""

import os
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


@pytest.fixture(autouse=True)
def examples_of_docstrings_share_a_folder(request, tmp_path_factory, monkeypatch):
    """Run doctests in a temporary folder, the same for all, so that they render ToyStreet once."""
    if isinstance(request.node, pytest.DoctestItem):
        base = tmp_path_factory.getbasetemp()
        folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "doctests"
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
