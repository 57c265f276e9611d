"""Pages say what the committed results say, and no number of theirs is typed."""

import json
import re

import pytest
import torch
from torchvision.models.segmentation import lraspp_mobilenet_v3_large

from lasegm_core.latency.cards import Card
from lasegm_core.reports.documents.pages import MARK, fill
from lasegm_core.scoring import own_score
from lasegm_core.scoring.data import find_data
from tests import ROOT
from tests.helpers.own_drive import write_file

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`|\]\([^)]*\)|<https?:[^>]*>", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+\.\d+(?![\w.]*\.\d)")
KNOWN = {"3.11", "5.3", "2004.02574"}  # Python, a section of the paper, the paper


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_marked_numbers_are_those_of_the_committed_results(page):
    text = page.read_text(encoding="utf-8")
    assert fill(text, ROOT / "figures") == text, "run `make pages`"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_no_number_is_typed(page):
    prose = CODE.sub("", MARK.sub("", page.read_text(encoding="utf-8")))
    typed = set(NUMBER.findall(prose)) - KNOWN
    assert not typed, (
        f"numbers of results stand between marks, see lasegm_core.reports.documents.pages: {typed}"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_what_a_page_links_to_is_there(page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_picture_is_told_in_words(page):
    text = page.read_text(encoding="utf-8")
    assert "<img" not in text
    for told in re.findall(r"!\[([^\]]*)\]\(", text):
        assert len(told.split()) >= 10, told


def test_the_lines_that_wrap_a_network_of_torchvision_run(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "your_network.md").read_text(encoding="utf-8")
    (wrapped,) = re.findall(r"```python\n([^`]*?class Wrapped.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    plain = lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=2)
    torch.save(plain.state_dict(), "weights.pth")
    names = {}
    exec(wrapped, names)
    assert names["build"]().eval()(torch.rand(1, 3, 64, 96)).shape == (1, 2, 64, 96)


def test_the_lines_for_a_score_in_five_minutes_run(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "your_network.md").read_text(encoding="utf-8")
    first, *_ = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    described, merged, *_ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (network,) = re.findall(r"lasegm score --network (torchvision:\w+) --data", page)
    monkeypatch.chdir(tmp_path)
    times_ms = {number: 40 * number for number in range(70)}
    write_file(tmp_path / "drive.mp4", "libx264", "yuv420p", times_ms=times_ms)
    (tmp_path / "video.yaml").write_text(described)
    exec(first, {})
    frames = sorted((tmp_path / "drive").glob("*.png"))
    assert [path.name for path in frames] == ["000030.png", "000045.png", "000060.png"]
    label_by_hand(frames, "car")
    card = Card("d", "d", "printed", {"n": 0.1})
    found = own_score.score(network, "video.yaml", hardware=card)
    assert "3 labelled frames" in str(found) and "RANDOM" in str(found)
    assert not found.table["lamiou"].isna().any()
    # The second file merges classes, and polygons may bear the names of the parts.
    about = described.partition("classes:")[0] + merged + "ignored: 0.95\n"
    (tmp_path / "video.yaml").write_text(about)
    label_by_hand(frames, "truck")
    assert "no label of val holds other" in " ".join(find_data("video.yaml").doubts())


def label_by_hand(frames, name):
    """Write polygons beside frames, as labelme does."""
    corners = {"road": [[0, 0], [63, 0], [63, 31]], name: [[0, 9], [20, 9], [20, 20]]}
    shapes = [{"label": of, "points": points} for of, points in corners.items()]
    size = {"imageHeight": 32, "imageWidth": 64}
    for path in frames:
        path.with_suffix(".json").write_text(json.dumps({"shapes": shapes} | size))


def test_the_lines_for_ones_own_network_run(tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs" / "your_network.md").read_text(encoding="utf-8")
    _five, video, module, _wrapped, _formats, call = re.findall(
        r"```python\n(.*?)```", page, re.DOTALL
    )
    (tmp_path / "my_module.py").write_text(module)
    (description,) = re.findall(r"```yaml\n(frames: video/.*?\.png.*?)```", page, re.DOTALL)[:1]
    (tmp_path / "video.yaml").write_text(description)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    # 50 ms are one and a half frames of 30 fps, on any machine.
    card = Card("one", "a device", "printed", {"my_module:build": 0.05})
    monkeypatch.setattr(own_score, "time_networks", lambda *_: card)
    exec(video, {})
    names = {}
    exec(call, names)
    (lamiou,) = names["found"].table.query("timing == 'network only'")["lamiou"]
    row = rf"^ *network only +50\.0 ms +2 \(0\.50\) +{lamiou:.3f} \["
    assert re.search(row, capsys.readouterr().out, re.MULTILINE)
    assert (tmp_path / "scores" / "counts.npz").is_file()
