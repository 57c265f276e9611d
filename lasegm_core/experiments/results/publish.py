"""Copy a set of results from build/figures to figures, if clean code made it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lasegm_core.experiments.results import parameters
from lasegm_core.experiments.results.result_set import RECORD, SMOKE, read
from lasegm_core.support.errors import BadInput

CODE = ("lasegm_core", "notebooks")  # what decides results
_OWN_TARGET = ("zoo", "engines", "leaderboard")  # sets of make reproduce-NAME; others are settings'
# Seals are of the machine that made a file; html and pdf say what md and svg do. Git ignores all.
_LEFT_OUT = ("*.sha256", ".*.lock", "*.html", "*.pdf")


def publish(name: str, checkout: Path = Path()) -> Path:
    """Copy a set into the committed results; runs and files that only these have stay there.

    Args:
        name: of a folder of build/figures.
        checkout: folder of the checkout.

    Returns:
        The folder in figures.

    Raises:
        BadInput: there is no such set, or it is of a smoke run, of uncommitted code or of another
            data set or profile than that of its name in figures, which stays as it was.
    """
    made, target = (checkout / of / name for of in ("build/figures", "figures"))
    if (
        Path(name).name != name
        or name[:1] in ("", ".")
        or not (made.is_dir() and any(made.iterdir()))
    ):
        raise BadInput(f"{made} is missing: make it by `{_command(name)}`")
    _refuse_smoke(made)
    _refuse_dirty(made)
    _refuse_changed(checkout)
    stage, old = (target.with_name(f".{name}.{what}{os.getpid()}") for what in ("new", "old"))
    try:
        _join(made, target, stage)
        if target.exists():
            target.rename(old)
        stage.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for folder in (stage, old):
            shutil.rmtree(folder, ignore_errors=True)
    return target


def _command(name: str) -> str:
    """Name the command that makes a set."""
    if name in _OWN_TARGET:
        return f"make reproduce-{name}"
    dataset, _, rest = name.partition("-")
    profile, _, more = rest.partition("-")
    told = f"make reproduce DATASET={dataset or '...'} PROFILE={profile or '...'}"
    return told + (f" HARDWARE={more}" if more and dataset != "folder" else "")


def _refuse_smoke(made: Path) -> None:
    record = made / RECORD
    if made.name.endswith("-smoke") or (record.is_file() and read(made).profile == "smoke"):
        raise BadInput(f"{made} is of a smoke run, choose another PROFILE")
    for path in made.rglob("*.md"):
        if SMOKE in path.read_text(encoding="utf-8"):
            raise BadInput(f"{path} is of a smoke run, its numbers mean nothing: make it again")


def _refuse_dirty(made: Path) -> None:
    """Refuse results of code that was not committed, by the captions and the records."""
    for path in sorted(made.rglob("*.md")):
        if "-dirty" in path.read_text(encoding="utf-8"):
            raise BadInput(f"{path} is of uncommitted code (-dirty): commit, then make it again")
    for path in sorted(made.glob("*.json")):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise BadInput(f"{path} is damaged: make it again") from None
        for title, commit in _commits(facts):
            if "-dirty" in commit:
                told = f"{path}: {title} is" if title else f"{path} is"
                raise BadInput(f"{told} of uncommitted code ({commit}): commit, then make it again")


def _commits(facts: object, title: str = "") -> Iterator[tuple[str, str]]:
    """List every commit in a record, with the title of what it made."""
    for name, value in facts.items() if isinstance(facts, dict) else ():
        if name == "commit":
            yield title, str(value)
        else:
            yield from _commits(value, name)


def _refuse_changed(checkout: Path) -> None:
    command = ["git", "diff", "--name-only", "HEAD", "--", *CODE]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    if done.returncode:
        raise BadInput(f"git cannot compare {checkout.resolve()} with HEAD: is it a checkout?")
    if changed := done.stdout.split("\n")[:-1]:
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        raise BadInput(f"{changed[0]}{more} differs from HEAD: commit, then make the results again")


def _join(made: Path, target: Path, stage: Path) -> None:
    """Write beside the committed set what it becomes."""
    if target.exists():
        shutil.copytree(target, stage, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    joined = shutil.ignore_patterns(*_LEFT_OUT, RECORD, parameters.RECORD)
    shutil.copytree(made, stage, ignore=joined, dirs_exist_ok=True)
    if (made / RECORD).is_file():
        read(made).save(stage)
    for table, used in parameters.read(made).items():
        parameters.save(table, used, stage)
    for lock in stage.glob(".*.lock"):
        lock.unlink()


def main() -> int:
    """Publish the set that is named on the command line."""
    try:
        print(f"{publish(sys.argv[1])}: commit it")
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
