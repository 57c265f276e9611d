"""Pictures of the viewers for docs/explorer.md: python -m tests.screenshots --out FOLDER."""

import argparse
from pathlib import Path

from tests.helpers.browser import ROOT, chromium, explorer, open_view

PRINTED = "gtx1080ti, GTX 1080 Ti (printed)"
SWIFT, DEEP = "swiftnet_r18-i1-k0-s0", "deeplab_r101-i1-k0-s0"
VIEWS = {
    "overlay": {"run": SWIFT, "frame": 20},
    "lens": {"first": DEEP, "second": SWIFT, "hardware": PRINTED, "show": "errors"},
    "compare": {"network": "swiftnet_r18", "k": 1, "frame": 20, "colors": "safe"},
    "what_if": {"hardware": PRINTED, "fps": 30, "jitter": 0.1, "schedule": "at_once"},
}


def shoot(page, url: str, view: str, path: Path) -> None:
    """Save a picture of a viewer."""
    open_view(page, url, view, **VIEWS[view])
    page.wait_for_timeout(1000)  # bars move for a while
    page.screenshot(path=path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="laptop", help="default: %(default)s")
    parser.add_argument("--out", type=Path, default=ROOT / "figures" / "explorer")
    options = parser.parse_args()
    with chromium() as new_page, explorer(options.profile) as url:
        page = new_page()
        for view in VIEWS:
            shoot(page, url, view, options.out / f"{view}.png")
        for fault in page.faults:
            print(fault)


if __name__ == "__main__":
    main()
