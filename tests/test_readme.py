import re

from tests import ROOT

README = (ROOT / "README.md").read_text()


def test_the_lines_for_ones_own_network_run(tmp_path, monkeypatch, capsys):
    module, call = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "my_module.py").write_text(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    exec(call, {})
    assert re.search(r"network only +\d+\.\d ms +1 .* 0\.\d{3} \[", capsys.readouterr().out)
    assert (tmp_path / "scores" / "counts.npz").is_file()


def test_the_files_that_it_names_are_there():
    for path in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (ROOT / path).exists(), path
