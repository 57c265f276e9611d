"""Provenance: how, where and when a run was made, and what changed since an earlier one."""

import json
import sys
from pathlib import Path

from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import result_set
from lasegm_core.experiments.runs import Run, decisive, run_folder, training_key
from lasegm_core.support.files import atomic, clear_away, sha256
from lasegm_core.support.machine import machine

_RECORD = "run.json"  # beside the weights


def note_training(run: Run, place: Place, train_s: float, processes: int) -> None:
    """Write beside the weights how, where and when they were made."""
    facts = {"decisive": decisive(run, place), "train_s": round(train_s, 1)}
    path = run_folder(run, place) / _RECORD
    _write_json(path, facts | {"processes": processes, **machine()})


def training_facts(run: Run, place: Place) -> dict:
    """Read what made a run, where and when; empty if it was not trained."""
    if place.results:
        return result_set(place.results, run.dataset, run.profile).runs.get(run.title, {})
    path = run_folder(run, place) / _RECORD
    return _read_json(path) if path.is_file() else {}


def record(run: Run, place: Place, counts: Path) -> dict:
    """Collect what a set of results keeps of a run: what made it, when, its settings and digests.

    Args:
        run: the run.
        place: where it is kept.
        counts: file of its counts, if it has any.
    """
    facts = dict(training_facts(run, place))
    settings = facts.pop("decisive", None)
    if settings:  # of a run that was made here
        facts |= {"digest": training_key(run, place)}
        facts |= {"settings": {name: settings[name] for name in settings if name != "classes"}}
    return facts | ({"counts_sha256": sha256(counts)} if counts.is_file() else {})


def note_scoring(counts: Path, scoring: dict) -> None:
    """Write beside the counts all that decides them."""
    _write_json(counts.with_suffix(".json"), scoring)


def say_why_trained(run: Run, place: Place) -> None:
    """Report what changed since an earlier run of the same name, if there is one."""
    folder = run_folder(run, place)
    others = list(folder.parent.glob(f"{run.title}-*/{_RECORD}"))
    if others:
        before = _read_json(_newest(others)).get("decisive", {})
        if changed := _changed(before, decisive(run, place)):
            print(f"{run.title} is run again: {changed} changed", file=sys.stderr)


def say_why_scored(run: Run, counts: Path, scoring: dict) -> None:
    """Report what changed since the same weights were scored, if they were."""
    others = [other for other in counts.parent.glob("counts-*.json") if other.stem != counts.stem]
    if others:
        changed = _changed(_read_json(_newest(others)), scoring)
        print(f"{run.title} is scored again: {changed} changed", file=sys.stderr)


def _newest(paths: list[Path]) -> Path:
    return max(paths, key=lambda path: path.stat().st_mtime)


def _changed(before: dict, now: dict) -> str:
    now = json.loads(json.dumps(now, default=str))
    return ", ".join(name for name in now if now[name] != before.get(name))


def _read_json(path: Path) -> dict:
    """Read a file that only informs; a damaged one counts as empty."""
    try:
        return json.loads(path.read_text())
    except ValueError:
        return {}


def _write_json(path: Path, content: dict) -> None:
    clear_away(path)
    with atomic(path) as partial:
        partial.write_text(json.dumps(content, indent=2, default=str) + "\n")
