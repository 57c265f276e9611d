"""The command that writes a movie, and what it refuses."""

import pytest

from lasegm_core.cli.main import main
from tests.helpers.fast_square import write_fast_square
from tests.helpers.movies import read_movie
from tests.helpers.square import constant

PERFECT = "tests.helpers.square:perfect"


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    return write_fast_square(tmp_path_factory.mktemp("video"))


@pytest.fixture
def command(video, tmp_path, monkeypatch):
    """Run the command on the video, in a folder of its own, with a card of 50 ms."""
    place, cards = tmp_path / "out", tmp_path / "cards"
    place.mkdir()
    constant(50, PERFECT).save(cards / "slow.json")
    monkeypatch.chdir(place)
    given = ["--network", PERFECT, "--data", str(video), "--hardware", str(cards / "slow.json")]
    return lambda *more: main(["movie", *given, "--out", "late.gif", *more])


def test_the_command_writes_a_movie_of_a_part(command, tmp_path, capsys):
    words = ["--start", "0.2", "--seconds", "0.4", "--clip", "b", "--scale", "2", "--no-score"]
    assert command(*words, "--fps", "30", "--out", "new/late.webp") == 0
    assert capsys.readouterr().out == "new/late.webp: 12 frames, 0.40 s\n"
    frames, length_ms = read_movie(tmp_path / "out" / "new" / "late.webp")
    assert (len(frames), length_ms, frames.shape[2]) == (12, 400, 240)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--network", "swiftnet"], "unknown network"),
        (["--fps", "0"], "fps '0' must be frames per second"),
        (["--fps", "-25"], "fps '-25' must be frames per second"),
        (["--out", "late.avi"], "--out late.avi must end in .mp4, .gif, .webp"),
        (["--out", "."], "--out . must end in .mp4, .gif, .webp"),
        (["--data", "nowhere.yaml"], "nowhere.yaml: is not a file"),
        (["--hardware", "none.json"], "none.json is not a readable hardware card"),
        (["--start", "9"], "no frame of the clip, which is 0.8 s long"),
        (["--seconds", "0"], "no frame of the clip, which is 0.8 s long"),
        (["--start", "nan"], "--start nan must be 0 to"),
        (["--scale", "0"], "--scale 0 must be 1 to 64"),
        (["--clip", "7"], "clip '7' must be a number from 0 to 0, or a name such as b"),
        (["--dataset", "toystreet"], "is rendered, not read from"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(more, words, command, tmp_path, capsys):
    assert command(*more) == 2
    (said,) = capsys.readouterr().err.strip().splitlines()
    assert words in said
    assert not list((tmp_path / "out").iterdir())


def test_a_place_that_cannot_be_written_to_is_one_line(command, tmp_path, capsys):
    (tmp_path / "out" / "file").write_text("")
    assert command("--no-score", "--out", "file/late.mp4") == 1
    said = [line for line in capsys.readouterr().err.splitlines() if "lasegm:" in line]
    assert len(said) == 1 and "file" in said[0]


def test_the_help_teaches_by_three_examples(capsys):
    with pytest.raises(SystemExit):
        main(["movie", "--help"])
    shown = capsys.readouterr().out
    assert shown.count("\n  lasegm movie --network ") == 3
    assert "code that runs on" in shown
