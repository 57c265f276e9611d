"""Calls in parallel processes that end with their parent and leave nothing half-done."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed, wait
from contextlib import contextmanager
from functools import partialmethod

import cv2
from tqdm import tqdm

from lasegm_core.support.progress import log_lines
from lasegm_core.support.script import control_c_heard


def side_by_side(call: Callable, items: Iterable, jobs: int) -> Iterator:
    """Call for every item on `jobs` processes, started in the order of the items.

    Ctrl-C reaches the calls as KeyboardInterrupt, so that they can clean up.

    Args:
        call: a function of a module, or a partial of one.
        items: its arguments; both must pickle.
        jobs: processes.

    Yields:
        What the calls return, in the order in which they end.

    Raises:
        Exception: what a call raised; the other calls are interrupted.
    """
    context = multiprocessing.get_context("spawn")  # same on every system; inherits no lock
    with ProcessPoolExecutor(jobs, context, _start, (jobs,)) as pool:
        with _no_control_c():
            waiting = [pool.submit(_interruptible, call, item) for item in items]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BaseException:
            for future in waiting:
                future.cancel()
            # Repeat: a process that is still starting ignores the first signals.
            while wait(waiting, timeout=0.1).not_done:
                for child in multiprocessing.active_children():
                    os.kill(child.pid, signal.SIGINT)
            raise


@contextmanager
def _no_control_c() -> Iterator[None]:
    """Hold Ctrl-C back; processes that start here do so until they are ready for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def when_terminated(call: Callable[[], object]) -> None:
    """When SIGTERM comes, call and end this process with code 1.

    This is done in a thread of its own, because the main thread may be stuck in a library, waiting
    for a dead process. Forked children end at SIGTERM as usual.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)

    def listen() -> None:
        while os.read(heard, 1)[0] != signal.SIGTERM:
            pass
        call()
        os._exit(1)

    signal.signal(signal.SIGTERM, lambda *_: None)  # without a handler nothing is written
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=_deaf)
    threading.Thread(target=listen, daemon=True).start()


def _deaf() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _start(jobs: int) -> None:
    """Prepare a process: one thread, Ctrl-C ignored while idle, its bars on their own line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    multiprocessing.set_start_method(None, force=True)  # data loaders use the default again
    cv2.setNumThreads(1)
    if sys.stderr.isatty():
        line = int(multiprocessing.current_process().name.rpartition("-")[2]) % jobs
        tqdm.__init__ = partialmethod(tqdm.__init__, position=line, leave=False)
    log_lines()
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    # A killed parent cannot stop its processes; without this they would wait for ever.
    multiprocessing.parent_process().join()
    os._exit(1)


def _interrupt(*_signal) -> None:
    # Only once: a terminal signals every process and the parent signals again, which must not
    # interrupt the clean-up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _interruptible(call: Callable, item):
    signal.signal(signal.SIGINT, _interrupt)
    try:
        with control_c_heard():
            return call(item)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
