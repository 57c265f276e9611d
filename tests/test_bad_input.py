"""Whatever a user gets wrong: one line that names it, the exit code 2, and nothing half-written."""

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lasegm_core import metric, own_network, recipes
from lasegm_core.cards import Card, card, lognormal
from lasegm_core.cli import main
from lasegm_core.clips import make_clips, read_image, read_label
from lasegm_core.errors import BadInput
from lasegm_core.evaluation import Counts, scored_pairs
from lasegm_core.files import intact
from lasegm_core.index import camvid, cityscapes, dataset, folder, kitti_step, vkitti2
from lasegm_core.index.common import by_number, images_in
from lasegm_core.labels import CAMVID, CITYSCAPES, VKITTI2
from lasegm_core.models import build
from lasegm_core.offsets import frame_interval, frame_offset, spare
from lasegm_core.schedule import POLICIES
from lasegm_core.staleness import newest_frames, staleness

ROOT = Path(__file__).parents[1]
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
    monkeypatch.setattr(own_network, "_prepare", lambda _options: None)  # would set threads
    return tmp_path


def listing(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: path.read_bytes() for path in files}


NO_VIDEO = ["--dataset", "folder", "--data-root"]
TRAIN = ["train", "swiftnet_r18", "--profile", "smoke"]
SCORE = ["score", "--network", "swiftnet_r18"]
NOTEBOOK = ["notebook", TABLE1, "out.ipynb"]

COMMANDS = [
    # a name that is misspelt
    (["train", "swiftnet_r81"], "did you mean 'swiftnet_r18"),
    (["table1", "--networks", "swiftnet_r18,enett"], "unknown network 'enett'"),
    (["figure3", "--dataset", "kitti-step"], "did you mean 'kitti_step'"),
    (["search", "--objective", "lamiuo"], "lamiuo"),
    (["search", "--budget", "latncy=20"], "latncy"),
    ([*NOTEBOOK, "datset=toystreet"], "did you mean 'dataset'"),
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
    (["table1", *NO_VIDEO, "empty", "--profile", "laptop"], "empty: the file must hold frames"),
    (["table1", *NO_VIDEO, "not.yaml", "--profile", "laptop"], "not.yaml: line"),
    (["table1", *NO_VIDEO, "date.yaml", "--profile", "laptop"], "date.yaml: "),
    (["table1", *NO_VIDEO, "deep.yaml", "--profile", "laptop"], "deep.yaml: "),
    (["table1", *NO_VIDEO, "Straße.yaml", "--profile", "laptop"], "Straße.yaml: the file has no"),
    (["table1", "--dataset", "camvid", "--data-root", "."], "manifest.csv"),
    (["table1", "--dataset", "kitti_step", "--data-root", "."], "is missing"),
    (["table1", "--dataset", "vkitti2", "--data-root", "."], "is missing"),
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


FRAMES = pd.DataFrame({"clip": "a", "block": "a", "frame": [0, 1], "image": "i", "label": "l"})
ONES = np.ones((2, 3, 3), np.int64)
CALLS = {
    "a latency that is no number": (
        lambda: frame_offset("soon", 0.06),
        "latency_s must be a finite",
    ),
    "a latency that is NaN": (lambda: frame_offset(math.nan, 0.06), "latency_s must be a finite"),
    "a latency without end": (lambda: frame_offset(math.inf, 0.06), "latency_s must be a finite"),
    "a huge latency": (lambda: frame_offset("1e999999999", 0.06), "latency_s must be a finite"),
    "a latency below 0": (lambda: spare(-1, 0.06), "latency_s must not be negative"),
    "a division by 0": (lambda: frame_offset("1/0", 0.06), "latency_s must be a finite"),
    "an interval of 0": (lambda: frame_offset(0.1, 0), "interval_s must be greater than 0"),
    "a rate of 0": (lambda: frame_interval(0), "fps 0 must be frames per second"),
    "a rate that is huge": (lambda: frame_interval("1e400"), "must be frames per second"),
    "a rate that is tiny": (lambda: frame_interval("1e-400"), "must be frames per second"),
    "a rate that is none": (lambda: frame_interval(None), "fps None must be frames per second"),
    "no latencies": (lambda: staleness([], 0.06), "no latencies"),
    "half a device": (lambda: newest_frames(0.1, 0.06, 1.5, POLICIES[0]), "devices must be"),
    "an unknown policy": (lambda: staleness(0.1, 0.06, 1, "at-once"), "unknown policy"),
    "a variation below 0": (lambda: lognormal(0.1, -1), "coefficient of variation"),
    "a variation that is NaN": (lambda: lognormal(0.1, math.nan), "coefficient of variation"),
    "maps of two sizes": (lambda: metric.count(ONES[0], ONES[0, :2], 2), "differ in shape"),
    "an id outside the table": (lambda: metric.count(ONES[0], ONES[0], 1), "outside 0..0"),
    "maps of fractions": (lambda: metric.count(ONES / 2, ONES, 3), "whole numbers"),
    "maps with NaN": (lambda: metric.count(ONES * math.nan, ONES, 3), "whole numbers"),
    "an offset below 0": (lambda: make_clips(FRAMES, -1, 1), "offset -1 must be 0 or more"),
    "no inputs": (lambda: make_clips(FRAMES, 0, 0), "inputs 0 1 or more"),
    "clips too short": (lambda: make_clips(FRAMES, 5, 2), "larger than the clips allow"),
    "scored too far": (lambda: scored_pairs(FRAMES, 1, 9, None), "larger than the clips allow"),
    "an offset not scored": (lambda: Counts(ONES[:, None], ("a",)).at(1), "was not evaluated"),
    "no image": (lambda: read_image("none.png"), "none.png is missing"),
    "an empty image": (lambda: read_image("empty.png"), "empty.png does not decode"),
    "a folder for an image": (lambda: read_image("folder"), "folder"),
    "an array for an image": (lambda: read_image("empty.npy"), "empty.npy does not decode"),
    "a label of the wrong table": (
        lambda: read_label("label.png", CAMVID),
        "holds id 33, which is",
    ),
    "a label of colours": (lambda: read_label("colors.png", CITYSCAPES), "must be 8-bit with one"),
    "a label without colours": (lambda: read_label("label.png", VKITTI2), "must be 8-bit RGB"),
    "a label of 16 bits": (lambda: read_label("deep.png", CITYSCAPES), "must be 8-bit"),
    "an unknown data set": (lambda: dataset("cityscape"), "did you mean 'cityscapes'"),
    "a profile of another": (
        lambda: recipes.profile("camvid", "smoke"),
        "not for data set 'camvid'",
    ),
    "an unknown network": (lambda: build("swiftnet"), "unknown network 'swiftnet'"),
    "an unknown card": (lambda: card("gtx1080"), "did you mean 'gtx1080ti'"),
    "no folder of frames": (lambda: cityscapes.frames("none", "val"), "no frames none"),
    "an unknown split": (lambda: kitti_step.frames("none", "test"), "unknown split"),
    "an unknown split of scenes": (lambda: vkitti2.frames("none", "vall"), "did you mean 'val'"),
    "no manifest": (lambda: camvid.frames("none", "val"), "manifest.csv is missing"),
    "images without numbers": (lambda: images_in(Path("folder"), "rgb_"), "is not named rgb_"),
    "one number twice": (lambda: by_number([(1, "a"), (1, "b")]), "are the same frame"),
    "a number left out": (lambda: by_number([(1, "a"), (3, "b")]), "has no frame 2 before it"),
    "a damaged archive": (lambda: intact(Path("empty.npz")), "empty.npz is damaged"),
    "a missing archive": (lambda: intact(Path("none.npz")), "none.npz is missing"),
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    place = tmp_path_factory.mktemp("pictures")
    for name in ("empty.png", "empty.npy", "empty.npz"):
        (place / name).write_bytes(b"")
    (place / "folder").mkdir()
    (place / "folder" / "Straße.png").write_bytes(b"")
    cv2.imwrite(str(place / "label.png"), np.full((4, 4), 33, np.uint8))
    cv2.imwrite(str(place / "deep.png"), np.full((4, 4), 33, np.uint16))
    cv2.imwrite(str(place / "colors.png"), np.full((4, 4, 3), 33, np.uint8))
    return place


@pytest.mark.parametrize("name", CALLS)
def test_a_function_refuses_in_one_line(name, pictures, monkeypatch):
    monkeypatch.chdir(pictures)
    call, words = CALLS[name]
    with pytest.raises(BadInput) as refused:
        call()
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


ANY = settings(max_examples=200, deadline=None, derandomize=True, database=None)
# Without the ends of lines: who puts one into a file's name reads two.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)
YAMLISH = st.one_of(
    TEXT,
    st.text("[]{}:,-#&*!|>'\"%@` \n0aeE.~<=?\t", max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps),
)


def result_or_bad_input(call, *arguments):
    """Call; anything raised but BadInput in one line fails the test."""
    try:
        return call(*arguments)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1, str(error)
    return None


@ANY
@given(TEXT, st.sampled_from(["", "town_000001_", "a_1_"]))
def test_any_file_name_is_read_or_refused(text, start):
    found = result_or_bad_input(cityscapes.split_stem, start + text)
    assert found is None or found[1] >= 0


@ANY
@given(st.one_of(TEXT, st.text("0123456789eE./-+_ ", max_size=12), st.floats(), st.integers()))
def test_any_time_and_rate_is_read_or_refused(value):
    for call in (frame_interval, lambda time: frame_offset(time, "0.06")):
        found = result_or_bad_input(call, value)
        assert found is None or found >= 0


@ANY
@given(st.binary(max_size=24), st.binary(max_size=24))
def test_any_time_stamp_is_read_or_refused(stamps, before, after):
    (stamps / "a_1_000000_timestamp.txt").write_bytes(before)
    (stamps / "a_1_000001_timestamp.txt").write_bytes(after)
    found = result_or_bad_input(cityscapes._interval_s, stamps, ["a_1_000000", "a_1_000001"])
    assert found is None or found > 0


@ANY
@given(YAMLISH)
def test_any_yaml_file_is_read_or_refused(scratch, text):
    path = scratch / "video.yaml"
    path.write_text(text, encoding="utf-8")
    result_or_bad_input(folder.frames, path, "val")


VALUES = st.one_of(
    YAMLISH, st.sampled_from(["{clip}/{frame}.png", "../{clip}_{frame}", "30", "[a]", "cityscapes"])
)


@ANY
@given(st.dictionaries(st.sampled_from(["frames", "labels", "fps", "splits", "classes"]), VALUES))
def test_any_value_in_a_yaml_file_is_read_or_refused(scratch, values):
    path = scratch / "video.yaml"
    path.write_text("\n".join(f"{key}: {value}" for key, value in values.items()), encoding="utf-8")
    result_or_bad_input(folder.frames, path, "val")


@ANY
@given(YAMLISH)
def test_any_architecture_is_read_or_refused(scratch, text):
    path = scratch / "found.yaml"
    path.write_text(text, encoding="utf-8")
    result_or_bad_input(space_of, str(path))


def space_of(name):
    from lasegm_core.models import entry

    return entry(name)


@ANY
@given(
    st.dictionaries(
        st.sampled_from(["hardware", "device", "kind", "latency_s", "facts", "samples_s", "x"]),
        st.recursive(
            st.none() | st.floats() | TEXT,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
            max_leaves=4,
        ),
    )
)
def test_any_card_is_read_or_refused(scratch, content):
    path = scratch / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    found = result_or_bad_input(Card.load, path)
    assert found is None or all(found.of(name) > 0 for name in found.latency_s)


@ANY
@given(TEXT, st.sampled_from(["", "clip,frame,split,step,image,label\n"]))
def test_any_manifest_is_read_or_refused(scratch, text, head):
    (scratch / "manifest.csv").write_text(head + text, encoding="utf-8")
    result_or_bad_input(camvid.frames, scratch, "val")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def stamps(tmp_path_factory):
    return tmp_path_factory.mktemp("stamps")
