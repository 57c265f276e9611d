"""What `import lasegm_core` offers: the names people came for, lazily, each with an example."""

import subprocess
import sys
from doctest import DocTestFinder
from types import ModuleType

import pytest

import lasegm_core

NAMES = {"LAmIoU", "count", "iou", "mean_iou", "frame_offset", "build", "score", "streaming_miou"}


def test_the_names_are_these():
    assert set(lasegm_core.__all__) == NAMES | {"viewers"}
    assert isinstance(lasegm_core.viewers, ModuleType)


@pytest.mark.parametrize("name", sorted(NAMES | {"viewers"}))
def test_each_shows_an_example(name):
    finder = DocTestFinder(recurse=False)
    (found,) = finder.find(getattr(lasegm_core, name), name)
    assert found.examples


def test_arithmetic_of_time_loads_no_torch():
    code = (
        "import sys, lasegm_core; lasegm_core.frame_offset(1, 1); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
