"""Copy a set of results from build/figures to figures, if clean code made it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lasegm_core.experiments.results import parameters
from lasegm_core.experiments.results.result_set import RECORD, SMOKE, read
from lasegm_core.support.errors import BadInput
from lasegm_core.support.script import run

CODE = ("lasegm_core", "notebooks")  # what decides results
# Sets of make reproduce-NAME, by the name; others are settings'.
_OWN = (
    *("zoo", "engines", "leaderboard", "real-video", "tuning", "frame-size", "anticipation"),
    "latency-cost",
)
_TARGETS = {name: name for name in _OWN} | {"farsee": "farsee-accuracy"}
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
    if Path(name).name != name or name[:1] in ("", ".") or not any(made.glob("*")):
        raise BadInput(f"{made} is missing: make it by `{_command(name)}`")
    _refuse_smoke_and_dirty(made)
    _refuse_changed(checkout)
    target.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix=".publish-", dir=target.parent) as folder:
        stage, old = Path(folder, "new"), Path(folder, "old")
        _join(made, target, stage)
        try:
            if target.exists():
                target.rename(old)
            stage.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)
    return target


def _command(name: str) -> str:
    """Name the command that makes a set."""
    if name in _TARGETS:
        return f"make reproduce-{_TARGETS[name]}"
    dataset, _, rest = name.partition("-")
    profile, _, hardware = rest.partition("-")
    told = f"make reproduce DATASET={dataset or '...'} PROFILE={profile or '...'}"
    return told + (f" HARDWARE={hardware}" if hardware and dataset != "folder" else "")


def _refuse_smoke_and_dirty(made: Path) -> None:
    """Refuse results that mean nothing, or are of uncommitted code, by captions and records."""
    if made.name.endswith("-smoke"):
        raise BadInput(f"{made} is of a smoke run, choose another PROFILE")
    for path in sorted([*made.rglob("*.md"), *made.rglob("*.json")]):
        text = path.read_text(encoding="utf-8")
        if SMOKE in text:
            raise BadInput(f"{path} is of a smoke run, its numbers mean nothing: make it again")
        if "-dirty" in text:
            raise BadInput(f"{path} is of uncommitted code (-dirty): commit, then make it again")
        try:
            json.loads(text if path.suffix == ".json" else "{}")
        except ValueError:
            raise BadInput(f"{path} is damaged: make it again") from None


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
    return run("publish", lambda: print(f"{publish(sys.argv[1])}: commit it"))


if __name__ == "__main__":
    sys.exit(main())
