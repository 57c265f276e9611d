"""The downloaded zip files: which there are, and what they hold."""

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from lasegm_core.support.errors import BadInput

SEQUENCE = "leftImg8bit_sequence_trainvaltest.zip"
FINE = "gtFine_trainvaltest.zip"
TIMES = "timestamp_sequence.zip"
SIZES = {SEQUENCE: "324 GB, on request", FINE: "241 MB", TIMES: "40 MB, optional"}
SITE = "https://www.cityscapes-dataset.com/downloads/"
_PATTERNS = {
    SEQUENCE: r"leftImg8bit_sequence/(train|val)/(\w+)/(\w+_\d{6}_\d{6})_leftImg8bit\.png",
    FINE: r"gtFine/(train|val)/(\w+)/(\w+_\d{6}_\d{6})_gtFine_labelIds\.png",
    TIMES: r"timestamp_sequence/(train|val)/(\w+)/(\w+_\d{6}_\d{6})_timestamp\.txt",
}
# Labelled frames of each city: 2975 in train, 500 in val.
CITIES = {
    "train": {
        "aachen": 174,
        "bochum": 96,
        "bremen": 316,
        "cologne": 154,
        "darmstadt": 85,
        "dusseldorf": 221,
        "erfurt": 109,
        "hamburg": 248,
        "hanover": 196,
        "jena": 119,
        "krefeld": 99,
        "monchengladbach": 94,
        "strasbourg": 365,
        "stuttgart": 196,
        "tubingen": 144,
        "ulm": 95,
        "weimar": 142,
        "zurich": 122,
    },
    "val": {"frankfurt": 267, "lindau": 59, "munster": 174},
}


class Member(NamedTuple):
    """A file in a zip that the project can use."""

    archive: Path
    name: str
    size: int
    split: str
    city: str
    stem: str


def find(folder: Path) -> dict[str, Path]:
    """Find the archives in a folder.

    Raises:
        BadInput: one that is needed is not there; names all that are missing.
    """
    found = {name: folder / name for name in _PATTERNS if (folder / name).is_file()}
    missing = [f"{name} ({SIZES[name]})" for name in (SEQUENCE, FINE) if name not in found]
    if missing:
        raise BadInput(f"{folder} lacks {' and '.join(missing)}: download from {SITE}")
    return found


def members(archive: Path) -> dict[str, Member]:
    """List the files of an archive that the project can use, by their stem.

    Raises:
        BadInput: the archive is not whole, would write outside its folder, or holds a file twice.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
    except Exception as fault:  # zipfile raises a dozen kinds on damaged bytes
        raise BadInput(f"{archive} is not a whole zip ({fault}): download it again") from None
    pattern = re.compile(_PATTERNS[archive.name])
    found: dict[str, Member] = {}
    for info in infos:
        _refuse_escape(archive, info.filename)
        if match := pattern.fullmatch(info.filename):
            split, city, stem = match.groups()
            if stem in found:
                raise BadInput(f"{archive} holds frame {stem} twice: download it again")
            found[stem] = Member(archive, info.filename, info.file_size, split, city, stem)
    return found


def _refuse_escape(archive: Path, name: str) -> None:
    parts = re.split(r"[/\\]", name)
    if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]:
        raise BadInput(f"{archive} holds {name!r}, which would leave the folder: do not use it")


def missing_cities(labels: dict[str, Member]) -> list[str]:
    """Say for each city how many labels are missing; empty if all are there."""
    found = Counter((label.split, label.city) for label in labels.values())
    return [
        f"{split}/{city}: {found[split, city]} of {number} labels"
        for split, cities in CITIES.items()
        for city, number in cities.items()
        if found[split, city] != number
    ]
