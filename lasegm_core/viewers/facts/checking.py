"""What is shown at once is checked afterwards, by a process of its own, which loads torch.

`python -m lasegm_core.viewers.facts.checking DATASET PROFILE BUILD CACHE [DATA]` prints the folders
of the runs that are of the current code and data, and what is wrong with rendered data, as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import lasegm_core
from lasegm_core.data.rendered import damage, rendering_of, rendering_root
from lasegm_core.data.sources import Place, find_place
from lasegm_core.experiments.stored_runs import current_folders
from lasegm_core.support.digests import digest
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

Checked = dict  # "folders": those of current runs; "fault": what is wrong, or empty


def check(dataset_name: str, profile_name: str, place: Place) -> Checked:
    """Compare rendered data with its digest, and runs with the current code and data."""
    fault, unchecked = "", replace(place, checked=False)
    if rendering := rendering_of(dataset_name, profile_name):
        root = rendering_root(rendering, place.cache)
        found = damage(root)
        fault = f"{root} is damaged: {found}; remove it, and it is rendered again" if found else ""
    try:
        folders = sorted(current_folders(dataset_name, profile_name, unchecked))
    except BadInput as error:
        folders, fault = [], fault or str(error)
    return {"folders": folders, "fault": fault}


def check_later(
    dataset_name: str, profile_name: str, place: Place, then: Callable[[Checked], None]
) -> None:
    """Check in the background; `then` is called from another thread.

    The result is kept, and read again as long as no file that decides it was written since.
    """
    Thread(target=_check, args=(dataset_name, profile_name, place, then), daemon=True).start()


def _check(dataset_name: str, profile_name: str, place: Place, then: Callable) -> None:
    facts = _facts(dataset_name, profile_name, place)
    path = place.build / "explorer" / f"checked-{digest(facts)}.json"
    if path.is_file():
        then(json.loads(path.read_text()))
        return
    folders = [str(folder) for folder in (place.build, place.cache, place.data_root) if folder]
    command = [sys.executable, "-m", __name__, dataset_name, profile_name, *folders]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=_give_way)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        then({"folders": None, "fault": f"runs and data could not be checked: {last}"})
        return
    found = json.loads(done.stdout.splitlines()[-1])
    with atomic(path) as partial:
        partial.write_text(json.dumps(found))
    then(found)


def _give_way() -> None:
    os.nice(10)


def _facts(dataset_name: str, profile_name: str, place: Place) -> dict:
    """Collect what a check depends on: code, runs and data, by the times they were written."""
    code = Path(lasegm_core.__file__).parent.rglob("*.py")
    runs = (place.build / "runs" / f"{dataset_name}-{profile_name}").glob("*/*")
    files = sorted([*code, *runs])
    if rendering := rendering_of(dataset_name, profile_name):
        root = rendering_root(rendering, place.cache)
        files += [*sorted(root.glob("*/*/*/*.png")), root / "manifest.json"]
    written = [(str(path), path.stat().st_mtime_ns) for path in files if path.exists()]
    return {"written": written, "data": str(place.data_root)}


if __name__ == "__main__":
    names, folders = sys.argv[1:3], sys.argv[3:]
    print(json.dumps(check(*names, find_place(names[0], *folders))))
