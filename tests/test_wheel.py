"""The wheel: it holds the whole package, and works outside the checkout, in an empty folder."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests import ROOT

BIN = Path(sys.executable).parent
# The environment is there already: make waits for nothing.
MAKE = ["make", "--no-print-directory", f"READY={sys.prefix}", f"BIN={BIN}", "wheel"]
MODULE = """\
import lasegm_core, torch
print("lasegm_core of", lasegm_core.__file__)
build = lambda: torch.nn.Conv2d(3, 19, 1)
"""
IMPORTS = """\
import lasegm_core
print(lasegm_core.__file__, lasegm_core.LAmIoU(2, 0.076, 0.06).offset)
from lasegm_core.data.sources import find_place
from lasegm_core.viewers import content, lens, load
print(content.FIGURES, load("toystreet", "smoke", find_place("toystreet")).note)
"""


@pytest.fixture(scope="module")
def wheel():
    subprocess.run(MAKE, cwd=ROOT, check=True)
    (path,) = ROOT.glob("build/wheel/*.whl")
    return path


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """A folder with the wheel installed, beside the environment's packages."""
    folder = tmp_path_factory.mktemp("site")
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", folder]
    subprocess.run([sys.executable, *install, wheel], check=True)
    return folder


@pytest.fixture
def run(site, tmp_path):
    """Run a command in an empty folder; gives what it printed."""

    def call(*words):
        known = os.environ | {"PYTHONPATH": str(site)}
        pipes = {"capture_output": True, "text": True, "cwd": tmp_path}
        done = subprocess.run([str(word) for word in words], env=known, **pipes)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


def test_it_holds_every_file_of_the_package(wheel):
    listed = ["git", "ls-files", "lasegm_core"]
    tracked = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    held = {name for name in ZipFile(wheel).namelist() if name.startswith("lasegm_core/")}
    assert held == set(tracked.stdout.split())
    for ending in ("table1.csv", "hmseg.yaml", "viewers.css", "lasegm/index.html.j2"):
        assert any(name.endswith(ending) for name in held)


def test_it_lists_the_networks(run):
    assert "SwiftNet-R18-X" in run(sys.executable, "-m", "lasegm_core", "networks")


def test_it_scores_a_network_on_toy_clips_and_its_viewers_need_no_figures(run, site, tmp_path):
    (tmp_path / "my_module.py").write_text(MODULE)
    quick = ["--calls", "3", "--seconds", "0"]
    said = run(site / "bin" / "lasegm", "score", "--network", "my_module:build", *quick)
    own = site / "lasegm_core" / "__init__.py"
    assert f"lasegm_core of {own}" in said
    assert "6 clips or stretches; commit release 0.1.0" in said
    first, second = run(sys.executable, "-c", IMPORTS).splitlines()
    assert first == f"{own} 2"
    assert second.startswith("None toystreet, profile smoke: 0 runs are trained here")


def test_it_renders_toystreet(run, tmp_path):
    small = ["--train", "1", "--val", "1", "--size", "64x128"]
    run(sys.executable, "-m", "lasegm_core.data.toystreet", "--out", "street", *small)
    assert (tmp_path / "street" / "manifest.json").is_file()
    assert len(list(tmp_path.glob("street/*/val/*/*.png"))) == 60  # images and labels
