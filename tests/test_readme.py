import re

from lasegm_core.latency.cards import Card
from lasegm_core.scoring import own_score
from tests import ROOT

README = (ROOT / "README.md").read_text()


FIRST, MODULE, CALL = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_first_example_is_lamiou_of_two_arrays_in_six_lines(capsys):
    assert README.split("\n\n")[2].startswith("```python")  # after the title and one paragraph
    assert len([line for line in FIRST.splitlines() if line]) == 6
    exec(FIRST, {})
    (printed,) = re.findall(r"print.*  # (0\.\d{3})$", FIRST, re.MULTILINE)
    assert capsys.readouterr().out == f"{printed}\n"
    assert f"when it comes, {printed} of it is left" in " ".join(README.split())


def test_the_lines_for_ones_own_network_run(tmp_path, monkeypatch, capsys):
    (tmp_path / "my_module.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    # 50 ms are one and a half frames of 30 fps, on any machine.
    card = Card("one", "a device", "printed", {"my_module:build": 0.05})
    monkeypatch.setattr(own_score, "time_networks", lambda *_: card)
    names = {}
    exec(CALL, names)
    (lamiou,) = names["found"].table.query("timing == 'network only'")["lamiou"]
    row = rf"^ *network only +50\.0 ms +2 \(0\.50\) +{lamiou:.3f} \["
    assert re.search(row, capsys.readouterr().out, re.MULTILINE)
    assert (tmp_path / "scores" / "counts.npz").is_file()


def test_the_files_that_it_names_are_there():
    for path in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / path).exists(), path
