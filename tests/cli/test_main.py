import os
import signal
import subprocess
import sys
import time
import tomllib
from importlib.metadata import distribution
from itertools import chain

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from safetensors.torch import load_file

from lasegm_core.cli.main import main
from lasegm_core.cli.runs_command import GRIDS
from lasegm_core.experiments import grids
from lasegm_core.training.pairs import MOST_INPUTS
from tests import ROOT
from tests.conftest import hear_control_c

HELP = ["make", "--no-print-directory", "help"]  # a make around it would add two lines
LASEGM = [
    sys.executable,
    "-c",
    "import sys; from lasegm_core.cli.main import main; sys.exit(main())",
]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["table1", "--profile", "laptp"], "unknown profile 'laptp': did you mean 'laptop'?"),
        (["table1", "--dataset", "camvd"], "unknown data set 'camvd': did you mean 'camvid'?"),
        (["table1", "--profile", "paper"], "profile 'paper' is not for data set 'toystreet'"),
        (["table1", "--hardware", "gtx1080"], "did you mean 'gtx1080ti'?"),
        (["table1", "--hardware", "none.json"], "none.json is not a readable hardware card"),
        (["table1", "--dataset", "kitti_step", "--seed", "7"], "DATA_ROOT"),
        (["table1", "--dataset", "camvid", "--data", "nowhere"], "holds neither manifest.csv"),
        (
            ["table1", "--dataset", "cityscapes", "--profile", "paper", "--data", "nowhere"],
            "no frames",
        ),
        (["explore", "--profile", "laptp"], "unknown profile 'laptp': did you mean 'laptop'?"),
        (["explore", "--port", "99999"], "--port 99999 must be 1 to 65535"),
        (["explore", "--dataset", "kitti_step"], "DATA_ROOT"),
        (["latency", "swiftnet"], "'swiftnet_r18'"),
        (["latency", "swiftnet_r18", "--size", "12"], "must be HEIGHTxWIDTH"),
        (["latency", "swiftnet_r18", "--calls", "0"], "--calls 0 must be 1 or more"),
        (["latency", "swiftnet_r18", "--out", "card.txt"], "must end in .json"),
        (["report", "report.html", "none.ipynb"], "notebook none.ipynb is missing"),
        (["notebook", "none.ipynb", "out.ipynb"], "notebook none.ipynb is missing"),
        (["notebook", "NOTEBOOK", "out.ipynb", "profil=smoke"], "did you mean 'profile'"),
        (["notebook", "NOTEBOOK", "out.ipynb", "smoke"], "must be NAME=VALUE"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    notebook = str(ROOT / "notebooks" / "table1.ipynb")
    code = main([notebook if word == "NOTEBOOK" else word for word in arguments])
    err = capsys.readouterr().err.strip()
    assert code == 2
    assert words in err
    assert len(err.splitlines()) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]


COMMANDS_WITH_DATA = [
    ["table1"],
    ["figure3", "--dry-run"],
    ["train", "swiftnet_r18"],
    ["search"],
    ["explore"],
    ["score", "--network", "swiftnet_r18", "--dataset", "toystreet"],
    ["movie", "--network", "swiftnet_r18", "--dataset", "toystreet", "--out", "late.gif"],
]


@pytest.mark.parametrize("command", COMMANDS_WITH_DATA, ids=lambda words: words[0])
def test_data_of_a_user_is_refused_for_what_is_rendered(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--data", "made"]) == 2
    (said,) = capsys.readouterr().err.strip().splitlines()
    assert said == (
        "lasegm: data set 'toystreet' is rendered, not read from made: leave out --data; the "
        "folder of what is rendered is --cache"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["table1", "--dataset", "camvid", "--data-root", "x"], "--data-root is now --data"),
        (["train", "swiftnet_r18", "--data-root=x"], "--data-root is now --data"),
        (["search", "--data-root", "x"], "--data-root is now --data"),
        (["explore", "--data-root=x", "--made", "y"], "--data-root is now --data"),
        (["score", "--network", "n", "--made", "x"], "--made is now --cache"),
        (["latency", "swiftnet_r18", "--made=x"], "--made is now --cache"),
    ],
)
def test_an_old_option_names_the_new_one(words, said, capsys):
    assert main(words) == 2
    assert capsys.readouterr().err.strip() == f"lasegm: {said}"


@pytest.mark.parametrize("name", ["table1", "train", "search", "explore", "score", "movie"])
def test_every_command_calls_its_folders_alike(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "--data DATA your data: YAML file of your own video or its folder, or folder of" in shown
    assert "--build BUILD folder of runs (default: build)" in shown
    assert "--cache CACHE folder of rendered data (default: data)" in shown
    assert "--data-root" not in shown and "--made" not in shown


def test_a_missing_command_shows_the_usage():
    done = subprocess.run(LASEGM, capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage: lasegm" in done.stderr


def test_the_command_knows_every_grid_without_loading_torch():
    assert tuple(grids.GRIDS) == GRIDS


@pytest.mark.parametrize("inputs", [0, MOST_INPUTS + 1])
def test_a_run_has_one_input_frame_up_to_the_most_that_are_scored(inputs, capsys):
    assert main(["train", "swiftnet_r18", f"--inputs={inputs}"]) == 2
    assert f"--inputs {inputs} must be 1 to {MOST_INPUTS}" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["latency", "enet"], ["score", "--network", "enet"]])
@pytest.mark.parametrize("name", ["inputs", "calls", "threads"])
def test_what_is_timed_needs_one_or_more(command, name, capsys):
    assert main([*command, f"--{name}=0"]) == 2
    assert f"--{name} 0 must be 1 or more" in capsys.readouterr().err


def test_networks_are_listed(capsys):
    assert main(["networks"]) == 0
    assert "SwiftNet-R18-X" in capsys.readouterr().out


def test_ctrl_c_is_one_line_and_leaves_whole_files_only(tmp_path):
    command = [*LASEGM, "table1", "--profile", "smoke", "--networks", "swiftnet_r18"]
    places = ["--build", str(tmp_path / "build"), "--cache", str(tmp_path / "data")]
    stopped = subprocess.Popen(
        [*command, *places],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_control_c,
    )
    while not list(tmp_path.glob("build/runs/*/*/weights.safetensors")):
        time.sleep(0.2)
        assert stopped.poll() is None
    os.killpg(stopped.pid, signal.SIGINT)
    err = stopped.communicate(timeout=60)[1]
    assert stopped.returncode == 130
    assert "repeat the command to go on" in err.splitlines()[-1]
    assert "Traceback" not in err
    written = list(tmp_path.rglob("*.safetensors"))
    assert written and all(load_file(path) for path in written)
    assert not [path for path in tmp_path.rglob(".*") if not path.name.endswith(".lock")]


def test_a_failing_cell_is_one_line_and_the_old_output_stays(tmp_path, capsys):
    cells = [nbformat.v4.new_code_cell("raise ValueError('no such thing')")]
    source, output = tmp_path / "a.ipynb", tmp_path / "out" / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    output.parent.mkdir()
    output.write_text("old")
    assert main(["notebook", str(source), str(output)]) == 2
    err = capsys.readouterr().err.strip().splitlines()[-1]
    assert "failed in cell 1: ValueError: no such thing" in err
    assert output.read_text() == "old"
    assert (tmp_path / "out" / "a.failed.ipynb").is_file()


def test_make_help_fits_on_a_screen_and_lists_every_target():
    shown = subprocess.run(HELP, cwd=ROOT, capture_output=True, text=True).stdout
    for target in ("reproduce", "reproduce-figure6", "report", "test", "lab", "bench", "lock"):
        assert target in shown
    assert len(shown.splitlines()) <= 24


def test_the_conda_environment_installs_the_lock_and_names_no_version_of_its_own():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *packages, pip = environment["dependencies"]
    assert [name.split("=")[0] for name in packages] == ["python", "pip", "make", "git"]
    assert pip == {"pip": ["-r requirements.txt", "-e ."]}


def test_the_lock_meets_the_ranges_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate():
                locked[pin.name] = next(iter(pin.specifier)).version
    for text in chain(project["dependencies"], *project["optional-dependencies"].values()):
        need = Requirement(text)
        assert locked[need.name] in need.specifier, text
        assert distribution(need.name).version == locked[need.name], text
