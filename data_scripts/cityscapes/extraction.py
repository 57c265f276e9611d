"""From the archives to a folder: the frames that are needed, as they are or packed."""

import io
import shutil
import zipfile
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
import pandas as pd
from PIL import Image
from tqdm import tqdm

from lasegm_core.data.index.cityscapes import LABELLED, PREPARED, digests, split_stem
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, sha256
from lasegm_core.support.processes import side_by_side

from .archives import FINE, SEQUENCE, TIMES, Member

MODES = {SEQUENCE: "RGB", FINE: "L"}


def needed(
    labels: dict[str, Member], indices: dict[str, Iterable[int]], found: dict[str, dict]
) -> list[Member]:
    """List what the runs need: labels, frames, and the time stamps at the labelled frame.

    Args:
        labels: the labels' members by stem.
        indices: for each split the numbers of the frames within a clip, from 0.
        found: by archive name, its members by stem.

    Raises:
        BadInput: a frame is not in the archive; names the first one.
    """
    wanted = list(labels.values())
    for stem, label in labels.items():
        sequence, last = split_stem(stem)
        for index in indices[label.split]:
            frame = f"{sequence}_{last - LABELLED + index:06d}"
            if frame not in found[SEQUENCE]:
                raise BadInput(f"{SEQUENCE} has no frame {frame} of {label.split}/{label.city}: "
                               "download it again")  # fmt: skip
            wanted.append(found[SEQUENCE][frame])
        stamps = (f"{sequence}_{number:06d}" for number in (last - 1, last))
        wanted += [found[TIMES][stem] for stem in stamps if stem in found.get(TIMES, {})]
    return wanted


def target(member: Member, packed: bool) -> PurePosixPath:
    """Name the file that a member becomes, below the data set's folder."""
    path = PurePosixPath(member.name)
    return path.with_suffix(".npy") if packed and path.suffix == ".png" else path


def extract(wanted: list[Member], out: Path, packed: bool, jobs: int) -> pd.DataFrame:
    """Write the members that are missing, and hash them all.

    Args:
        wanted: the members.
        out: folder of the data set.
        packed: decode PNGs to arrays that are mapped, not read (.npy).
        jobs: processes.

    Returns:
        A row a file: `path`, `bytes`, `sha256`; also written to `prepared.csv`.

    Raises:
        BadInput: a member is broken, or the disk has no room for what is left.
    """
    left = [member for member in wanted if not (out / target(member, packed)).is_file()]
    _check_room(left, out, packed)
    one = partial(_extract, out, packed)
    work = side_by_side(one, wanted, jobs) if jobs > 1 else map(one, wanted)
    rows = list(tqdm(work, "preparing", len(wanted), unit="file"))
    record = pd.DataFrame(rows, columns=["path", "bytes", "sha256"]).sort_values("path")
    with atomic(out / PREPARED) as partial_file:
        record.to_csv(partial_file, index=False)
    return record


def _check_room(left: list[Member], out: Path, packed: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    factor = 3 if packed else 1  # PNG makes a third of a street scene
    size = sum(member.size for member in left) * factor
    free = shutil.disk_usage(out).free
    if size > free:
        raise BadInput(
            f"{out} needs about {size / 1e9:.1f} GB more and has {free / 1e9:.1f} GB: "
            "choose another --out, or fewer --offsets"
        )


@cache
def _opened(archive: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(archive)  # one a process: its list of 100,000 files is read once


def _extract(out: Path, packed: bool, member: Member) -> tuple[str, int, str]:
    path = out / target(member, packed)
    if not path.is_file():
        data = _read(member)
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as partial_file, open(partial_file, "wb") as file:
            if path.suffix == ".npy":
                np.save(file, _decode(member, data))
            else:
                file.write(data)
    return str(target(member, packed)), path.stat().st_size, sha256(path)


def _read(member: Member) -> bytes:
    """Read a member, check its CRC, and for an image what kind it is."""
    mode = MODES.get(member.archive.name)
    try:
        data = _opened(member.archive).read(member.name)  # raises where the CRC differs
        found = mode and Image.open(io.BytesIO(data)).mode
    except Exception as fault:  # zipfile, the decompressors and PIL raise a dozen kinds
        raise BadInput(
            f"{member.name} in {member.archive} is broken ({fault}): download it again"
        ) from None
    if found != mode:
        raise BadInput(f"{member.name} in {member.archive} is {found}, not {mode}")
    return data


def _decode(member: Member, data: bytes) -> np.ndarray:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise BadInput(f"{member.name} in {member.archive} does not decode: download it again")
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def verify(out: Path) -> int:
    """Hash every file of a prepared folder again and compare.

    Returns:
        The number of files.

    Raises:
        BadInput: there is no record, or a file is missing or has changed; names the first one.
    """
    known = digests(out)
    if not known:
        raise BadInput(f"{out / PREPARED} is missing: prepare the folder first, with --zips")
    for name, digest in tqdm(known.items(), "verifying", unit="file"):
        path = out / name
        if not path.is_file() or sha256(path) != digest:
            fault = "has changed" if path.is_file() else "is missing"
            raise BadInput(f"{path} {fault}: remove it and prepare again with --zips")
    return len(known)
