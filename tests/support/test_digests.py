"""Digests of code."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lasegm_core.support.digests import source_digest
from tests import ROOT


@pytest.fixture
def other_threads_run_while_memory_is_freed():
    def give_way(_phase, _facts):
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("other_threads_run_while_memory_is_freed")
def test_threads_may_ask_at_once():
    files = sorted((ROOT / "lasegm_core" / "models" / "networks").glob("*.py"))[:6]
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: source_digest(*files), range(24)))
    assert len(found) == 1


def test_comments_and_docstrings_decide_nothing_and_code_does(tmp_path):
    def of(text):
        path = tmp_path / "code.py"
        path.write_text(text)
        return source_digest(path)

    plain = of('def f(x):\n    """Return x."""\n    return x\n')
    assert of('def f(x):  # as it is\n    """Give x back."""\n    return x\n') == plain
    assert of('def f(x):\n    """Return x."""\n    return x + 1\n') != plain
