"""Whatever a user gets wrong in a command: one line, the exit code 2, and nothing half-written."""

import pytest

from lasegm_core.cli import latency_command, movie_command, score_command
from lasegm_core.cli.main import main
from tests import ROOT

TABLE1 = str(ROOT / "notebooks" / "table1.ipynb")
FILES = {
    "empty": b"",
    "card.json": b'{"hardware": "m", "device": "d", "kind": "measured", "latency_s": {"a": NaN}}',
    "list.json": b"[1, 2]",
    "words.json": b'{"hardware": "m", "device": "d", "kind": "measured", "latency_s": {"a": "1"}}',
    "deep.json": b"[" * 100_000,
    "not.json": b"\xff\xfe\x00",
    "not.yaml": b"frames: {clip}/{frame}.png\nlabels: [",
    "date.yaml": b"frames: 2001-99-99",
    "deep.yaml": b"[" * 5000,
    "space.yaml": b"width: 1\nratios: 3\n",
    "junk.pt": b"PK\x03\x04 no archive",
    "junk.pt2": b"PK\x03\x04 no archive",
    "junk.onnx": b"no graph",
    "junk.npz": b"PK\x03\x04 no archive",
    "junk.ipynb": b"{}",
    "list.ipynb": b"[]",
    "text.ipynb": b"not JSON",
    "manifest.csv": b"clip,split\na,train\n",
    "Straße.yaml": b"fps: 30\n",
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with files that are not what their names say."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    for command in (latency_command, score_command, movie_command):
        monkeypatch.setattr(command, "prepare", lambda _options: None)  # would set threads
    return tmp_path


def listing(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: path.read_bytes() for path in files}


NO_VIDEO = ["--dataset", "folder", "--data"]
TRAIN = ["train", "swiftnet_r18", "--profile", "smoke"]
SCORE = ["score", "--network", "swiftnet_r18"]
NOTEBOOK = ["notebook", TABLE1, "out.ipynb"]
ENGINES = ["notebook", TABLE1.replace("table1", "engines"), "out.ipynb"]

COMMANDS = [
    # a name that is misspelt
    (["train", "swiftnet_r81"], "did you mean 'swiftnet_r18"),
    (["table1", "--networks", "swiftnet_r18,enett"], "unknown network 'enett'"),
    (["figure3", "--dataset", "kitti-step"], "did you mean 'kitti_step'"),
    (["search", "--objective", "lamiuo"], "lamiuo"),
    (["search", "--budget", "latncy=20"], "latncy"),
    ([*NOTEBOOK, "datset=toystreet"], "did you mean 'dataset'"),
    # a parameter of another kind than its default
    ([*NOTEBOOK, "profile=on"], "profile=True does not suit"),
    ([*NOTEBOOK, "hardware=3"], "hardware=3 does not suit"),
    ([*ENGINES, "calls=many"], "calls='many' does not suit"),
    ([*ENGINES, "calls=0"], "calls=0 does not suit"),
    ([*ENGINES, "calls=2.5"], "a value as 15 would"),
    ([*ENGINES, "size=64x128"], "size='64x128' does not suit"),
    ([*ENGINES, "rates=[17, fast]"], "rates=[17, 'fast'] does not suit"),
    ([*ENGINES, "networks=[1]"], "networks=[1] does not suit"),
    # a number out of range, of another kind, or none
    (["table1", "--profile", "smoke", "--jobs", "0"], "--jobs 0 must be 1 or more"),
    (["table1", "--profile", "smoke", "--jobs", "-2"], "--jobs -2 must be 1 or more"),
    (["table1", "--profile", "smoke", "--seed", "-1"], "--seed -1 must be 0 to"),
    ([*TRAIN, "--seed", str(2**70)], f"--seed {2**70} must be"),
    ([*TRAIN, "--seed", "-1"], "--seed -1 must be"),
    ([*TRAIN, "--inputs", "3"], "--inputs 3 must be 1 to 2"),
    ([*TRAIN, "--offset", "-1"], "--offset -1 must be"),
    ([*TRAIN, "--offset", "99"], "--offset 99 must be"),
    ([*TRAIN, "--offset", "-1", "--no-score"], "--offset -1 must be"),
    (["zoo", "--size", "0x64"], "--size '0x64' must be HEIGHTxWIDTH"),
    (["latency", "swiftnet_r18", "--classes", "0"], "--classes 0 must be 1 to 254"),
    (["latency", "swiftnet_r18", "--seconds", "nan"], "--seconds nan must be"),
    (["latency", "swiftnet_r18", "--seconds", "-1"], "--seconds -1.0 must be"),
    ([*SCORE, "--fps", "0"], "fps '0' must be frames per second"),
    ([*SCORE, "--fps", "fast"], "fps 'fast' must be frames per second"),
    ([*SCORE, "--fps", "1e9999999"], "fps '1e9999999' must be frames per second"),
    ([*SCORE, "--offsets", "0"], "--offsets 0 must be 1 or more"),
    (["search", "--width", "3"], "3"),
    (["search", "--steps", "0"], "steps 0"),
    (["search", "--budget", "latency=-1"], "latency"),
    (["search", "--budget", "latency=nan"], "latency"),
    (["search", "--out", "found.txt"], "--out found.txt must end in .yaml"),
    (["explore", "--port", "0"], "--port 0 must be 1 to 65535"),
    # a file that is missing, or is not what it should be
    (["table1", "--hardware", "card.json"], "card.json is not a readable hardware card"),
    (["table1", "--hardware", "list.json"], "list.json is not a readable hardware card"),
    (["table1", "--hardware", "words.json"], "words.json is not a readable hardware card"),
    (["table1", "--hardware", "deep.json"], "deep.json is not a readable hardware card"),
    (["table1", "--hardware", "not.json"], "not.json is not a readable hardware card"),
    (["table1", *NO_VIDEO, "nowhere.yaml", "--profile", "laptop"], "nowhere.yaml: is not a file"),
    (["table1", *NO_VIDEO, ".", "--profile", "laptop"], "or a folder with one in it"),
    (["table1", *NO_VIDEO, "empty", "--profile", "laptop"], "empty: the file must hold frames"),
    (["table1", *NO_VIDEO, "not.yaml", "--profile", "laptop"], "not.yaml: line"),
    (["table1", *NO_VIDEO, "date.yaml", "--profile", "laptop"], "date.yaml: "),
    (["table1", *NO_VIDEO, "deep.yaml", "--profile", "laptop"], "deep.yaml: "),
    (["table1", *NO_VIDEO, "Straße.yaml", "--profile", "laptop"], "Straße.yaml: the file has no"),
    (["table1", "--dataset", "camvid", "--data", "."], "manifest.csv"),
    (["table1", "--dataset", "kitti_step", "--data", "."], "is missing"),
    (["table1", "--dataset", "vkitti2", "--data", "."], "is missing"),
    (["train", "space.yaml", "--profile", "smoke"], "space.yaml"),
    (["latency", "deep.yaml"], "deep.yaml"),
    (["latency", "junk.pt"], "junk.pt is no TorchScript file"),
    (["latency", "junk.pt2"], "junk.pt2 is no exported program"),
    (["latency", "junk.onnx"], "junk.onnx"),
    (["latency", "none.onnx"], "none.onnx is missing"),
    (["latency", "no_module:build"], "no_module:build cannot be loaded"),
    (["latency", "math:pi"], "math:pi must be a function"),
    (["score", "--network", "swiftnet_r18", "--data", "nowhere"], "nowhere"),
    ([*SCORE, "--hardware", "none.json"], "none.json is not a readable hardware card"),
    (["notebook", "junk.ipynb", "out.ipynb"], "junk.ipynb is not a notebook"),
    (["notebook", "text.ipynb", "out.ipynb"], "text.ipynb is not a notebook"),
    (["notebook", "list.ipynb", "out.ipynb"], "list.ipynb is not a notebook"),
    ([*NOTEBOOK, "dataset=[1"], "dataset='[1' is not YAML"),
    ([*NOTEBOOK, "dataset=2001-99-99"], "is not YAML"),
    (["report", "report.html", "text.ipynb"], "text.ipynb is not a notebook"),
    (["report", "report.html", "junk.ipynb"], "junk.ipynb is not a notebook"),
]


@pytest.mark.parametrize(("arguments", "words"), COMMANDS, ids=lambda of: " ".join(of)[:60])
def test_a_command_says_one_line_and_leaves_all_as_it_was(arguments, words, place, capsys):
    before = listing(place)
    code = main(arguments)
    said = capsys.readouterr().err.strip()
    assert (code, len(said.splitlines())) == (2, 1), said[-2000:]
    assert words in said
    assert listing(place) == before


SCRIPTS = [
    ("check_folder", ["nowhere.yaml"], "nowhere.yaml"),
    ("check_folder", ["deep.yaml"], "deep.yaml"),
    ("check_kitti_step", ["nowhere"], "nowhere"),
    ("fetch_vkitti2", ["--out", "set", "--variations", "clon"], "did you mean 'clone'"),
    ("fetch_vkitti2", ["--out", "set", "--base-url", "file:///etc"], "is not an http(s) address"),
    ("prepare_cityscapes", ["--zips", "nowhere", "--out", "set"], "nowhere lacks"),
    ("prepare_cityscapes", ["--verify", "--out", "nowhere"], "prepared.csv is missing"),
    ("render_toystreet", ["--out", "empty"], "empty"),
]


@pytest.mark.parametrize(("script", "arguments", "words"), SCRIPTS)
def test_a_script_says_one_line_and_leaves_all_as_it_was(
    script, arguments, words, place, capsys, monkeypatch
):
    monkeypatch.syspath_prepend(ROOT / "data_scripts")
    before = listing(place)
    code = __import__(script).main(arguments)
    said = capsys.readouterr().err.strip()
    assert (code in (1, 2), len(said.splitlines())) == (True, 1), said[-2000:]
    assert words in said
    assert listing(place) == before
