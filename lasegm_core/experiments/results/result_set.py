"""A set of results: counts and a record of every run, which tables and figures are read off.

SET/runs.json              data set, profile, frame interval, and what made each run
SET/counts/NAME.npz        confusion matrices by clip and offset, of a run or of copied labels
SET/frames/                a few val clips in Cityscapes' layout, for pictures
SET/predictions/RUN/       class ids that pictures show
SET/TABLE.csv, FIGURE.svg  what was drawn from them
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from lasegm_core.metric.counts import Counts
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, intact, locked, sha256

RECORD = "runs.json"
COPIED = "copied_label"  # counts of the last label, copied as a prediction
SHARED = ("dataset", "profile", "interval_s", "clip_frames", "consecutive")  # by all runs of a set
SMOKE = "SMOKE RUN, ITS NUMBERS MEAN NOTHING"
MAKE = "set results to None (make: results=null) to make runs"


@dataclass(frozen=True)
class ResultSet:
    """What all runs of a set share, and what made each.

    Attributes:
        dataset: name of the data set.
        profile: name of the profile.
        interval_s: seconds between the frames that are scored.
        clip_frames: frames of a val clip, the median.
        consecutive: training frames follow each other as closely as those that are scored.
        runs: by title what made a run: settings, seed, digest, machine, commit, training time.
    """

    dataset: str
    profile: str
    interval_s: float
    clip_frames: int
    consecutive: bool
    runs: Mapping[str, dict] = field(default_factory=dict)

    def runs_beside(self, folder: Path) -> Mapping[str, dict]:
        """Read the runs that the record of a folder has already; none if there is no record.

        Raises:
            BadInput: the record is damaged, or its runs cannot stand beside these.
        """
        path = Path(folder) / RECORD
        if not path.is_file():
            return {}
        found = read(folder)
        for name in SHARED:
            theirs, ours = getattr(found, name), getattr(self, name)
            if theirs != ours:
                raise BadInput(
                    f"{path} is of {name} {theirs}, these runs are of {ours}: write to another "
                    f"folder, or remove {folder}"
                )
        return found.runs

    def save(self, folder: Path) -> None:
        """Write the record; runs that it has already stay beside the new ones.

        Raises:
            BadInput: they cannot, see `runs_beside`.
        """
        path = Path(folder) / RECORD
        with locked(path):
            facts = asdict(self) | {"runs": {**self.runs_beside(folder), **self.runs}}
            if self.profile == "smoke":
                facts = {"SMOKE": SMOKE} | facts
            with atomic(path) as partial:
                partial.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
        result_set.cache_clear()


def read(folder: Path) -> ResultSet:
    """Read the record of a set.

    Raises:
        BadInput: it is missing or damaged.
    """
    path = Path(folder) / RECORD
    if not path.is_file():
        raise BadInput(f"{path} is missing: name a folder of results, or {MAKE}")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        facts.pop("SMOKE", None)
        return ResultSet(**facts)
    except (ValueError, TypeError, AttributeError):
        raise BadInput(f"{path} is damaged: restore it, or {MAKE}") from None


@cache
def result_set(folder: Path, dataset: str, profile: str) -> ResultSet:
    """Read the record of a set that is asked for a data set and profile.

    Raises:
        BadInput: it is missing or damaged, or of another data set or profile.
    """
    found = read(folder)
    if (found.dataset, found.profile) != (dataset, profile):
        raise BadInput(
            f"{folder} holds results of data set {found.dataset}, profile {found.profile}: {MAKE} "
            f"of {dataset}, {profile}"
        )
    return found


def counts_file(folder: Path, name: str) -> Path:
    """Name the file of the counts of a run, or of copied labels."""
    return Path(folder) / "counts" / f"{name}.npz"


def prediction_file(folder: Path, run: str, image: str) -> Path:
    """Name the file of class ids that a run, by its title, predicts from a frame."""
    return Path(folder) / "predictions" / run / Path(image).name


@cache
def _told(folder: Path, _written: int) -> dict[str, str | None]:
    """Read the digests of the counts that a record tells of, once for each time it is written."""
    return {name: run.get("counts_sha256") for name, run in read(folder).runs.items()}


def committed_counts(folder: Path, name: str) -> Counts:
    """Load the counts of a run, or of copied labels.

    Raises:
        BadInput: the set does not hold them, they are damaged, or not those of the record.
    """
    path = counts_file(folder, name)
    if not path.is_file():
        raise BadInput(f"{folder} holds no counts of {name}: {MAKE}")
    told = _told(folder, (Path(folder) / RECORD).stat().st_mtime_ns).get(name)
    if told and told != sha256(intact(path)):
        raise BadInput(
            f"{path} is damaged, it is not what {RECORD} tells of: restore it, or {MAKE}"
        )
    return Counts.load(intact(path))
