"""k and the age of the newest prediction from frames without labels, or a rate alone."""

from fractions import Fraction

import pytest

from lasegm_core.cli.main import main
from lasegm_core.scoring.frames_alone import Camera, find_camera, say_ages
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import FRAMES, SIZE, say, write_file, write_images, write_labels
from tests.helpers.square import constant

NAMES = {number: f"{number:04d}" for number in range(FRAMES)}
INTERVAL_S = Fraction(1, 25)


@pytest.fixture
def images(tmp_path):
    write_images(tmp_path / "drive", NAMES)
    return tmp_path


def test_every_form_of_the_same_frames_is_the_same_camera(images):
    seen = Camera(INTERVAL_S, FRAMES, {SIZE: FRAMES})
    assert find_camera(write_file(images / "drive.mkv"), None) == seen
    assert find_camera(images / "drive", "25") == seen
    path = say(images, frames="drive/{frame}.png", labels=None, fps=25)
    assert find_camera(path, None) == find_camera(images, None) == seen
    assert find_camera(path, "50").interval_s == INTERVAL_S / 2
    assert find_camera(None, "25") == Camera(INTERVAL_S)
    write_labels(images / "masks", NAMES)
    assert find_camera(say(images, frames="drive/{frame}.png", fps=25), None).labelled


def test_the_ages_are_those_by_hand():
    # 50 ms at 40 ms a frame: runs begin at 0, 50, 100, 150, 200 ms, on frames 0, 1, 2, 3, 5. At the
    # frames 2 to 6 the newest finished prediction is of 0, 1, 2, 3 and 3: 2, 2, 2, 2 and 3 old.
    said = say_ages(constant(50), Camera(INTERVAL_S, FRAMES, {SIZE: FRAMES}))
    head, title, _, row, *_ = said.splitlines()
    assert head == "camera of 25 fps, 40.0 ms a frame; 24 frames"
    assert title == "Perfect: age of the newest finished prediction at a frame"
    words = " ".join(row.split())
    assert words.startswith(
        "network only 50.0 ms 2 (0.75) 2.20 frames, 88 ms 3 frames, 120 ms 2: 0.80"
    )
    assert "2x faster 25.0 ms 1 (0.38) 1.00 frames, 40 ms 1 frames, 40 ms" in " ".join(said.split())


@pytest.mark.parametrize("labelled", [False, True])
def test_accuracy_is_pointed_to_and_never_given(labelled):
    said = say_ages(constant(50), Camera(INTERVAL_S, FRAMES, {}, labelled)).splitlines()[-1]
    assert ("lasegm score" in said) and ("--pseudo-label" in said) != labelled
    assert ("lasegm movie" in said) != labelled


def test_a_network_that_is_never_in_time_has_no_age():
    said = say_ages(constant(10**7), Camera(INTERVAL_S))
    assert "none in time" in said


def test_the_command_times_frames_of_the_datas_size(images, capsys):
    path = write_file(images / "drive.mkv")
    quick = ["--calls", "3", "--seconds", "0", "--data", str(path)]
    assert main(["latency", "tests.helpers.square:perfect", *quick]) == 0
    shown = capsys.readouterr().out
    assert "network only, 32x64, fp32" in shown
    assert "camera of 25 fps, 40.0 ms a frame; 24 frames" in shown
    assert shown.rstrip().endswith("gives LAmIoU")
    assert main(["latency", "tests.helpers.square:perfect", *quick, "--size", "16x16"]) == 0
    assert "CARD AND FRAMES DIFFER: the latency is that of 16x16" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "drive"], "the images of drive do not say how far apart they are: add --fps"),
        (["--data", "empty", "--fps", "9"], "empty has no image and no YAML file in it"),
        (["--data", "none.yaml"], "none.yaml: is not a file"),
        (["--data", "none.mp4"], "none.mp4"),
        (["--fps", "0"], "fps '0' must be frames per second"),
        (["--fps", "30", "--engine", "all"], "leave out --engine"),
    ],
)
def test_bad_input_is_one_line(images, words, said, monkeypatch, capsys):
    monkeypatch.chdir(images)
    (images / "empty").mkdir()
    assert main(["latency", "swiftnet_r18", "--size", "32x64", *words]) in (1, 2)
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert said in line


def test_a_camera_must_be_told():
    with pytest.raises(BadInput, match="told by --fps, or by --data"):
        find_camera(None, None)
