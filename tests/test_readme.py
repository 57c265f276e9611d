import re

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
    exec(CALL, {})
    assert re.search(r"network only +\d+\.\d ms +\d+ .* 0\.\d{3} \[", capsys.readouterr().out)
    assert (tmp_path / "scores" / "counts.npz").is_file()


def test_the_files_that_it_names_are_there():
    for path in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / path).exists(), path
