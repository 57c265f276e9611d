import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_ten_lines_for_ones_own_network_run(capsys):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    exec(code, {})
    assert re.fullmatch(r"k = \d+, LAmIoU = 0\.\d{3}\n", capsys.readouterr().out)


def test_the_files_that_it_names_are_there():
    for path in re.findall(r"\]\(((?!http)[^)]+)\)", README):
        assert (Path(__file__).parents[1] / path).exists(), path
