"""A movie of committed results: nothing is run, and the first picture of the README is one."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lasegm_core.cli.main import main
from lasegm_core.scoring import own_score
from lasegm_core.scoring.movie import columns
from tests import ROOT
from tests.helpers.movies import read_movie

RESULTS = ROOT / "figures" / "toystreet-laptop"
PICTURE = ROOT / "figures" / "explorer" / "late.webp"
MOST = 1_500_000  # bytes
TWO = ["--network", "swiftnet_r18", "--network", "deeplab_r101"]


def movie(tmp_path, *more, results=RESULTS):
    words = ["--hardware", "gtx1080ti", "--results", str(results), "--out", "late.webp"]
    return main(["movie", *TWO, *words, *more, "--cache", str(tmp_path), "--build", str(tmp_path)])


@pytest.fixture
def nothing_runs(monkeypatch, tmp_path):
    """Fail if a network is loaded or scored."""
    for module, name in ((columns, "fitted"), (own_score, "fitted"), (own_score, "evaluate")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("a network is run"))
    monkeypatch.chdir(tmp_path)


def test_the_readmes_picture_is_what_its_rule_makes_now(tmp_path, nothing_runs):
    assert movie(tmp_path) == 0
    made, length_ms = read_movie(tmp_path / "late.webp")
    kept, _ = read_movie(PICTURE)
    assert (len(made), length_ms) == (30, 1800)
    assert made.shape == kept.shape
    assert np.abs(made.astype(int) - kept).mean() < 1  # but for another release of the encoder
    assert PICTURE.stat().st_size < MOST
    with Image.open(PICTURE) as picture:
        assert picture.is_animated


def test_its_words_are_those_of_table_1(tmp_path, nothing_runs, monkeypatch):
    words = []
    of_column = columns.Column.words
    monkeypatch.setattr(
        columns.Column, "words", lambda *given: words.append(of_column(*given)) or words[-1]
    )
    assert movie(tmp_path, "--start", "1.2", "--seconds", "0.06") == 0
    table = pd.read_csv(RESULTS / "table1.csv")
    late = table[table["quantity"] == "configuration_1"].set_index("network")["ours"]
    swiftnet, deeplab = words
    assert swiftnet[:2] == ["swiftnet_r18, 26.0 ms", "1 frame old, 60 ms"]
    assert deeplab[0] == "deeplab_r101, 195.0 ms"
    assert swiftnet[2].startswith(f"LAmIoU {late['swiftnet_r18']:.3f} [")
    assert deeplab[2].startswith(f"LAmIoU {late['deeplab_r101']:.3f} [")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--hardware", "local"], "--results runs no network here, and shows those of one input"),
        (["--inputs", "2"], "--results runs no network here"),
        (["--network", "enet"], "enet"),
        (["--network", "swiftnet"], "unknown network 'swiftnet'"),
        (["--clip", "1"], "is missing: "),
        (["--results", "nowhere"], "nowhere/runs.json is missing"),
    ],
)
def test_what_is_not_there_is_one_line_and_leaves_nothing(
    tmp_path, nothing_runs, more, words, capsys
):
    assert movie(tmp_path, *more) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "lasegm:" in line]
    assert len(said) == 1 and words in said[0]
    assert not (tmp_path / "late.webp").exists()
