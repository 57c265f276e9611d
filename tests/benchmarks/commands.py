"""Time commands in a fresh clone, one after the other, and note how long each took.

    git clone ADDRESS lasegm && cd lasegm
    python3 tests/benchmarks/commands.py OUT.csv "make setup" "make reproduce-table1" "make test"

It needs only the standard library, for the first command makes the environment.
"""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

FACTS = "import json; from lasegm_core.support.machine import machine; print(json.dumps(machine()))"
COLUMNS = ("command", "minutes", "device", "software", "commit", "date")


def measure(out: Path, command: str) -> None:
    """Run a command, and append its time and the machine's facts; a failed one is not noted."""
    begin = time.monotonic()
    subprocess.run(command, shell=True, check=True)
    minutes = f"{(time.monotonic() - begin) / 60:.1f}"
    said = subprocess.run([".venv/bin/python", "-c", FACTS], check=True, stdout=subprocess.PIPE)
    facts = json.loads(said.stdout)
    new = not out.exists()
    with out.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if new:
            rows.writerow(COLUMNS)
        rows.writerow([command, minutes, *(facts[name] for name in COLUMNS[2:])])


def main(out: str, *commands: str) -> int:
    """Time all commands; stops at the first that fails, with its exit code."""
    for command in commands:
        try:
            measure(Path(out), command)
        except subprocess.CalledProcessError as error:
            print(f"{command}: ended with {error.returncode}", file=sys.stderr)
            return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
