"""Fetch CamVid at 480x360 with 11 classes: 701 labelled frames, each compared with its digest."""

import argparse
import sys
from pathlib import Path

from lasegm_core.data.fetching import CAMVID_URL, TERMS, fetch_camvid
from lasegm_core.support.script import run

EPILOG = f"""\
{TERMS}

`make ... DATASET=camvid` without DATA_ROOT calls the same. Stop it whenever you like: the same
command goes on with the files that are missing. Exit code 0: done; 2: something is wrong, the last
line says what.

examples:
  python data_scripts/fetch_camvid.py
  make reproduce-table1 DATASET=camvid
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("data/camvid"), metavar="DIR",
                        help="folder of the set (%(default)s: make looks there)")  # fmt: skip
    parser.add_argument("--base-url", default=CAMVID_URL, help="where it is (%(default)s)")
    given = parser.parse_args(arguments)
    return run("fetch_camvid", lambda: _fetch(given.out, given.base_url))


def _fetch(out: Path, base_url: str) -> None:
    fetch_camvid(out, base_url)
    print(f"{out} is complete")


if __name__ == "__main__":
    sys.exit(main())
