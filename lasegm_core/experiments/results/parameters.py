"""The parameters that tables of a set of results were measured with, so that others are refused."""

import json
from collections.abc import Mapping
from pathlib import Path

from lasegm_core.experiments.results.result_set import MAKE
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, locked

RECORD = "parameters.json"  # of a set: by table, a value for each name


def read(results: Path) -> dict[str, dict]:
    """Read the parameters of every table of a set; empty if it tells of none.

    Raises:
        BadInput: the record is damaged.
    """
    path = Path(results) / RECORD
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except (ValueError, TypeError):
        raise BadInput(f"{path} is damaged: restore it, or {MAKE}") from None


def save(table: str, parameters: Mapping[str, object], out: Path) -> None:
    """Write what a table was measured with beside it; those of other tables stay."""
    path = Path(out) / RECORD
    with locked(path):
        facts = read(out) | {table: dict(parameters)}
        with atomic(path) as partial:
            partial.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


def differences(table: str, parameters: Mapping[str, object], results: Path) -> list[str]:
    """Say which parameters differ from those that a committed table was measured with.

    Args:
        table: its name.
        parameters: what is asked for; all of them are compared.
        results: folder of committed results.

    Returns:
        A phrase each; none if the table is the one that is asked for.

    Raises:
        BadInput: the set does not say how the table was measured.
    """
    used = read(results).get(table)
    if used is None:
        raise BadInput(f"{Path(results) / RECORD} does not say how {table} was measured: {MAKE}")
    asked = json.loads(json.dumps(parameters))  # tuples are lists
    return [
        f"{name} was {json.dumps(used.get(name))}, not {json.dumps(value)}"
        for name, value in asked.items()
        if used.get(name) != value
    ]


def check(table: str, parameters: Mapping[str, object], results: Path) -> None:
    """Refuse a committed table that was measured with other parameters.

    Raises:
        BadInput: they differ, or the set does not say how the table was measured.
    """
    if found := differences(table, parameters, results):
        raise BadInput(f"{results} holds another {table} ({'; '.join(found)}): {MAKE}")
