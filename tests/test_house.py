"""The packages: what each holds, and imports that only point up this table."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

from tests import ROOT

PACKAGE = ROOT / "lasegm_core"
# From the ground up: a package imports only from those above it in this table.
PACKAGES = {
    "support": "errors, whole-or-absent files, processes, progress, machine facts, digests",
    "published": "numbers printed in the papers, each with table and page",
    "metric": "confusion matrices, IoU, LAmIoU, bootstrap, counts, offsets, staleness",
    "data": "class tables, palettes, indexes, clips, augmentation, sources, ToyStreet",
    "models": "a file a network, the registry, loading of users' networks",
    "latency": "timing, hardware cards, engines",
    "training": "recipes as data, the loop, checkpoints, devices, evaluation, cost of a step",
    "experiments": "runs, making them once, provenance, grids, the setting, plan, stored runs",
    "reports": "counts to scores, verdicts, tables, plots, pictures",
    "studies": "one package a question",
    "search": "architecture search",
    "scoring": "the user's own network and video",
    "viewers": "widgets, explorer, server",
    "cli": "console script, arguments, exit codes",
}
SHARED_STUDIES = {"streaming", "flow"}  # the others may import from these two
MOST_FILES = 12  # a folder; networks and the toy street's parts are one each


def modules():
    """List the modules by dotted name below the package."""
    paths = (path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in paths}


MODULES = modules()


def imports(path):
    """List what a module imports from the package, by dotted name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lasegm_core"):
            inner = node.module.removeprefix("lasegm_core").lstrip(".")
            names = [f"{inner}.{alias.name}".lstrip(".") for alias in node.names]
            yield from (name if name in MODULES else inner or name for name in names)


GRAPH = {name: set(imports(path)) for name, path in MODULES.items()}


def test_the_packages_are_those_of_the_table():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert folders == set(PACKAGES)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_a_package_imports_only_from_those_above_it_in_the_table():
    order = list(PACKAGES)
    for name, others in GRAPH.items():
        own = name.split(".")[0]
        for other in others - {"__version__"} if own != "__main__" else ():
            above = order.index(other.split(".")[0]) <= order.index(own)
            assert above, f"{name} imports {other}, which stands below it in the table"


def test_there_is_no_circle_among_the_modules():
    list(TopologicalSorter(GRAPH).static_order())


def test_a_study_imports_no_other_but_streaming_and_flow():
    for name, others in GRAPH.items():
        for other in others if name.startswith("studies.") else ():
            study = other.split(".")[1] if other.startswith("studies.") else ""
            mine = study in {"", name.split(".")[1], *SHARED_STUDIES}
            assert mine, f"{name} imports {other}, another study's"


def test_folders_are_small_enough_to_be_read_at_a_glance():
    for folder in {path.parent for path in MODULES.values()}:
        if folder.name not in ("networks", "toystreet"):
            files = [path for path in folder.iterdir() if path.is_file() and path.suffix == ".py"]
            assert len(files) <= MOST_FILES, f"{folder} holds {len(files)} modules"


def test_every_package_says_what_lives_there():
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


@pytest.mark.parametrize(
    "words",
    [
        ["-m", "lasegm_core", "networks"],
        ["-m", "lasegm_core", "train", "--help"],
        *([script, "--help"] for script in sorted((ROOT / "data_scripts").glob("*_*.py"))),
    ],
    ids=lambda words: Path(words[-2]).name,
)
def test_what_needs_no_torch_does_not_wait_for_it(words):
    command = [sys.executable, "-X", "importtime", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    imported = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    assert "lasegm_core" in imported and "torch" not in imported


def test_ipywidgets_is_imported_in_viewers_alone():
    users = [path for path in PACKAGE.rglob("*.py") if "ipywidgets" in path.read_text()]
    assert {path.relative_to(PACKAGE).parts[0] for path in users} == {"viewers"}


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_package_offers_is_there(name):
    package = import_module(f"lasegm_core.{name}")
    assert all(hasattr(package, offered) for offered in getattr(package, "__all__", ()))
