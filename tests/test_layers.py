"""A module imports only from floors strictly below its own."""

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "lasegm_core"
FLOORS = [
    {"errors", "progress", "alone"},
    {"files", "labels", "offsets", "palette", "processes", "published", "recipes", "identity"},
    {
        "augmentation",
        "cards",
        "counts",
        "index",
        "machine",
        "metric",
        "estimators",
        "models",
        "schedule",
    },
    {"clips", "counts", "flow", "loading", "sources", "staleness", "checkpoint", "devices"},
    {"latency", "training", "evaluation"},
    {"hardware", "own_data"},
    {"runs", "scene", "trial", "retention"},
    {"grids", "provenance"},
    {"experiments"},
    {"results", "claims", "samples", "warping", "finished", "footage"},
    {"scores", "speed", "anisotropy", "plan", "leaderboard", "streaming"},
    {"delays", "regain", "flow_costs", "standings", "replays", "streaming_scores", "jitter"},
    {"engines"},
    {"user", "tables", "plots", "notebook", "material", "ranking", "zoo", "video"},
    {
        "pictures",
        "own_network",
        "report",
        "streaming_plots",
        "flow_plots",
        "streaming_report",
        "leaderboard_plots",
    },
    {"viewers", "search"},
    {"arguments", "ending", "server"},
    {"cli"},
    {"__main__"},
]


def module_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lasegm_core"):
            inner = node.module.split(".")[1:]
            yield from [inner[0]] if inner else [alias.name for alias in node.names]


def test_imports_point_down():
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    paths = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]
    assert {module_of(path) for path in paths} == set(floor)
    for path in paths:
        own = module_of(path)
        for other in set(imports(path)) - {own, "__version__"}:
            assert floor[other] < floor[own], f"{path} imports {other}, which is not below it"


def test_importing_the_package_and_its_command_loads_no_torch():
    code = "import sys, lasegm_core, lasegm_core.cli; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_ipywidgets_is_imported_in_viewers_alone():
    users = [path for path in PACKAGE.rglob("*.py") if "ipywidgets" in path.read_text()]
    assert {module_of(path) for path in users} == {"viewers"}
