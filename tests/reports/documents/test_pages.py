"""Pages say what the committed results say."""

import subprocess
import sys

import pytest

from lasegm_core.reports.documents.pages import fill
from lasegm_core.support.errors import BadInput

ROWS = "network,miou,k\nfast,0.4251,1\nslow,0.3,4\n"


@pytest.fixture
def figures(tmp_path):
    folder = tmp_path / "figures" / "set"
    folder.mkdir(parents=True)
    (folder / "scores.csv").write_text(ROWS)
    (folder / "scores.md").write_text("| network |\n| --- |\n| fast |\n\nData set: *made up*.\n")
    return folder.parent


def test_a_number_is_written_between_its_marks_again_and_again(figures):
    rule = "<!--= set/scores.csv :: k == 1 :: {miou:.3f} ({network}) -->"
    page = fill(f"It scores {rule}<!--/-->.", figures)
    assert page == f"It scores {rule}0.425 (fast)<!--/-->."
    (figures / "set" / "scores.csv").write_text(ROWS.replace("0.4251", "0.5"))
    assert fill(page, figures) == f"It scores {rule}0.500 (fast)<!--/-->."


def test_every_chosen_row_is_said(figures):
    assert ">0.43, 0.30<" in fill(
        "It is <!--= set/scores.csv ::  :: {miou:.2f} --><!--/-->", figures
    )


def test_a_table_comes_with_its_caption(figures):
    page = fill("<!--= set/scores.md -->\nold\n<!--/-->\nmore", figures)
    assert page == (
        "<!--= set/scores.md -->\n| network |\n| --- |\n| fast |\n\n"
        "*Data set: \\*made up\\*.*\n<!--/-->\nmore"
    )


def test_a_number_that_begins_a_line_is_refused(figures):
    with pytest.raises(BadInput, match="must not begin a line"):
        fill("It is\n<!--= set/scores.csv :: k == 1 :: {k} --><!--/-->", figures)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("set/none.md", "none.md is missing"),
        ("set/none.csv :: k == 1 :: {k}", "holds no table none"),
        ("set/scores.csv :: k == 9 :: {k}", "chooses no row"),
        ("set/scores.csv :: k == 1 :: {age}", "does not fit"),
        ("set/scores.csv :: age == 1 :: {k}", "does not fit"),
        ("set/scores.csv :: k == :: {k}", "does not fit"),
        ("set/scores.csv :: k == 1", "must be SET/TABLE.md, or"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(figures, rule, told):
    with pytest.raises(BadInput, match=told):
        fill(f"It is <!--= {rule} --><!--/-->", figures)


def test_the_command_writes_and_checks(figures, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("It is <!--= set/scores.csv :: k == 4 :: {miou} --><!--/-->")
    command = [
        sys.executable,
        "-m",
        "lasegm_core.reports.documents.pages",
        "--figures",
        figures,
        page,
    ]
    checked = subprocess.run([*command, "--check"], capture_output=True, text=True)
    assert checked.returncode == 2 and "numbers are stale, run `make pages`" in checked.stderr
    assert page.read_text().endswith("--><!--/-->")
    assert subprocess.run(command).returncode == 0
    assert page.read_text().endswith(">0.3<!--/-->")
    assert subprocess.run([*command, "--check"]).returncode == 0
