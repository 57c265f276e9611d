import re

from tests import ROOT

README = (ROOT / "README.md").read_text()


(FIRST,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
MOST = 12 * 1024  # bytes


def test_the_first_example_is_lamiou_of_two_arrays_in_six_lines(capsys):
    assert len([line for line in FIRST.splitlines() if line]) == 6
    exec(FIRST, {})
    (printed,) = re.findall(r"print.*  # (0\.\d{3})$", FIRST, re.MULTILINE)
    assert capsys.readouterr().out == f"{printed}\n"


def test_it_is_short():
    assert len(README.encode()) <= MOST
