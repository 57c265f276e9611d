"""The check at the end of `make smoke`."""

import re

from tests import ROOT, smoke_tables


def write(folder, text):
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text(text)


def test_a_table_that_is_missing_or_has_other_columns_is_named(tmp_path):
    figures, made = tmp_path / "figures", tmp_path / "build"
    write(figures / "zoo" / "a.csv", "x,y\n1,2\n")
    write(figures / "bench" / "bench.csv", "x\n1\n")
    (missing,) = smoke_tables.faults(figures, made)
    assert missing.startswith(f"{made / 'zoo-smoke' / 'a.csv'} is missing")
    write(made / "zoo-smoke" / "a.csv", "# SMOKE RUN\nx,y\n3,4\n")
    assert smoke_tables.faults(figures, made) == []
    for head, said in (("x,z", "['y', 'z']"), ("y,x", "their order"), ("", "['', 'x', 'y']")):
        write(made / "zoo-smoke" / "a.csv", f"# SMOKE RUN\n{head}\n")
        (differs,) = smoke_tables.faults(figures, made)
        assert differs.endswith(f"has not the columns of {figures / 'zoo' / 'a.csv'}: {said}")


def test_a_set_that_nobody_thought_of_is_named(tmp_path):
    write(tmp_path / "new" / "a.csv", "x\n")
    (fault,) = smoke_tables.faults(tmp_path, tmp_path)
    assert "new/a.csv is neither of make smoke's nor" in fault


def test_make_smoke_ends_in_it():
    (rule,) = re.findall(r"^smoke:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rule.splitlines()[-1] == "\t$(BIN)/python -m tests.smoke_tables"
    for name in smoke_tables.ELSEWHERE:  # a table, or a set of them
        assert any((ROOT / "figures" / f"{name}{end}").exists() for end in (".csv", ""))
