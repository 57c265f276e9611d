"""A copy of the working tree, in which make is started, killed and started again."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests import ROOT

# READY is what make waits for while it installs: the copy must install nothing, for the active
# environment is not its own.
TARGET = ["make", "--no-print-directory", f"READY={sys.prefix}"]
TARGET += ["reproduce-table1", "PROFILE=smoke"]
MADE = ("build", "data")
FIGURES = "build/figures/toystreet-smoke"


class Tree:
    """A copy of the files that git knows, with a build/ of its own.

    Checkpoints are written after every step there, so that kills find one half-written.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in filter(None, names.split("\0")):
            if not name.startswith("figures/") and (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)
        self.change("training/loop.py", r"(?m)^CHECKPOINT_S = .*", "CHECKPOINT_S = -1")

    def change(self, module: str, pattern: str, new: str) -> None:
        """Change the one place in a module of the copy that fits a pattern."""
        path = self.root / "lasegm_core" / module
        text, found = re.subn(pattern, new, path.read_text())
        assert found == 1, f"{pattern} is {found} times in {module}"
        path.write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the copy's commands: its own package, in the active environment."""
        own = {"PYTHONPATH": str(self.root), "VIRTUAL_ENV": sys.prefix, "MAKEFLAGS": ""}
        return os.environ | own

    def start(self, command: list[str] = TARGET, **options) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment,
            start_new_session=True,
            **quiet | options,
        )

    def make(self, command: list[str] = TARGET) -> float:
        """Run a command that must succeed; return the seconds it took."""
        begun, process = time.monotonic(), self.start(command)
        errors = process.communicate()[1]
        assert process.returncode == 0, errors[-3000:]
        return time.monotonic() - begun

    def kill(self, after_s: float) -> bool:
        """Start make and kill its whole group; tell whether it was still running."""
        process = self.start(stderr=subprocess.DEVNULL)
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def results(self) -> dict[str, bytes]:
        """Read all tables and figures; tables as csv, because captions hold the training time."""
        kinds = (".csv", ".pdf", ".svg", ".png")
        paths = (path for path in (self.root / FIGURES).iterdir() if path.suffix in kinds)
        return {path.name: path.read_bytes() for path in paths}

    def keep(self, place: Path) -> None:
        """Keep the build as links, which suffice because files are replaced, not changed."""
        for name in MADE:
            shutil.copytree(self.root / name, place / name, copy_function=os.link, symlinks=True)

    def bring_back(self, place: Path) -> None:
        """Restore the kept build."""
        self.clear()
        for name in MADE:
            shutil.copytree(place / name, self.root / name, copy_function=os.link, symlinks=True)

    def clear(self) -> None:
        """Remove everything that was made."""
        for name in MADE:
            shutil.rmtree(self.root / name, ignore_errors=True)

    def remove(self, *patterns: str) -> None:
        """Remove files and folders."""
        for pattern in patterns:
            for path in self.root.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
