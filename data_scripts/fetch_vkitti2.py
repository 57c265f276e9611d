"""Fetch Virtual KITTI 2: the archives of frames and class labels, and what is wanted of them."""

import argparse
import re
import shutil
import sys
import tarfile
from pathlib import Path

from tqdm import tqdm

from lasegm_core.data.index import vkitti2
from lasegm_core.support.download import CHECKSUM, download, verify
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic, locked
from lasegm_core.support.script import run

BASE_URL = "https://download.europe.naverlabs.com/virtual_kitti_2.0.3"
EPILOG = f"""\
Two archives go to DIR/archives, the frames of Camera_0 and their class labels are unpacked to
  DIR/SceneXX/VARIATION/frames/rgb/Camera_0/rgb_00000.jpg
  DIR/SceneXX/VARIATION/frames/classSegmentation/Camera_0/classgt_00000.png
Stop it whenever you like: the same command goes on, with the download as well. The archives may be
deleted afterwards; they are needed again for more variations only.

variations:   {", ".join(vkitti2.VARIATIONS)}
All of them show the same five drives. `clone` is scored, all that are there are trained on.

The authors publish no checksum that is known here. Give one you trust with --checksum; without, the
sha256 of the first complete download is recorded in DIR/archives and compared from then on.

Terms: https://europe.naverlabs.com/research/computer-vision/proxy-virtual-worlds-vkitti-2/

examples:
  python data_scripts/fetch_vkitti2.py --out data/vkitti2
  python data_scripts/fetch_vkitti2.py --out data/vkitti2 --variations clone fog rain
  make reproduce-table1 DATASET=vkitti2 DATA_ROOT=data/vkitti2
"""
_MEMBER = re.compile(
    r"(?:.*/)?(?P<path>(?P<scene>Scene\d\d)/(?P<variation>[^/]+)/frames/(?P<kind>[^/]+)/Camera_0/"
    r"(?P<stem>[a-z]+_)\d{5}\.(?:jpg|png))"
)


def fetch(out: Path, variations: list[str], base_url: str, checksums: dict[str, str]) -> None:
    """Download and unpack what is missing.

    Raises:
        BadInput: an unknown variation, a broken download or archive.
    """
    for name in variations:
        known("variation", name, vkitti2.VARIATIONS)
    with locked(out / "archives"):
        for kind in vkitti2.STEMS:
            if missing(out, kind, variations):
                archive = out / "archives" / f"vkitti_2.0.3_{kind}.tar"
                download(f"{base_url.rstrip('/')}/{archive.name}", archive)
                print(verify(archive, checksums.get(kind)))
                unpack(archive, out, kind, variations)
                if fault := missing(out, kind, variations):
                    raise BadInput(f"{archive} is not the whole data set: {fault} after unpacking")
    print(f"{out} is complete: {len(vkitti2.LENGTHS)} scenes, {', '.join(variations)}")


def missing(out: Path, kind: str, variations: list[str]) -> str:
    """Name the first clip whose files are not all there; empty if they are."""
    for scene, frames in vkitti2.LENGTHS.items():
        for variation in variations:
            folder = vkitti2.folder(out, kind, scene, variation)
            found = len(list(folder.glob(f"{vkitti2.STEMS[kind]}*")))
            if found != frames:
                return f"{folder} has {found} of {frames} files"
    return ""


def unpack(archive: Path, out: Path, kind: str, variations: list[str]) -> None:
    """Write the wanted files of an archive that are not there yet, each whole or not at all.

    Raises:
        BadInput: the archive is broken, or a name in it leads out of the folder.
    """
    size = archive.stat().st_size
    try:
        with (
            tarfile.open(archive, "r:") as tar,
            tqdm(desc=f"unpack {kind}", total=size, unit="B", unit_scale=True) as bar,
        ):
            for member in tar:
                tarfile.data_filter(member, str(out))
                name = wanted(member, kind, variations)
                if name and not _there(out / name, member.size):
                    with tar.extractfile(member) as source, atomic(out / name) as partial:
                        _write(source, partial, member)
                bar.update(member.offset_data + member.size - bar.n)
    except tarfile.FilterError as error:
        raise BadInput(f"{archive} is not to be trusted, delete it: {error}") from None
    except tarfile.TarError as error:
        raise BadInput(f"{archive} is broken ({error}): delete it and repeat") from None


def wanted(member: tarfile.TarInfo, kind: str, variations: list[str]) -> str | None:
    """Give the path below the folder of a member that is wanted."""
    match = _MEMBER.fullmatch(member.name)
    if match and member.isfile() and match["scene"] in vkitti2.LENGTHS:
        right = (match["kind"], match["stem"]) == (kind, vkitti2.STEMS[kind])
        return match["path"] if right and match["variation"] in variations else None
    return None


def _there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _write(source, partial: Path, member: tarfile.TarInfo) -> None:
    with partial.open("wb") as file:
        shutil.copyfileobj(source, file)
    if partial.stat().st_size != member.size:
        raise tarfile.ReadError(f"{member.name} is cut off")


def checksum(text: str) -> tuple[str, str]:
    """Read KIND=md5:HEX or KIND=sha256:HEX."""
    kinds = "|".join(vkitti2.STEMS)
    match = re.fullmatch(f"({kinds})=({CHECKSUM})", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not {kinds.replace('|', ' or ')}=sha256:HEX")
    return match[1], match[2]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the set")
    parser.add_argument("--variations", nargs="+", default=[vkitti2.SCORED], metavar="NAME",
                        help="of the drives (default: clone)")  # fmt: skip
    parser.add_argument("--base-url", default=BASE_URL, help="where the archives are (%(default)s)")
    parser.add_argument("--checksum", type=checksum, action="append", default=[],
                        metavar="KIND=ALGORITHM:HEX", help="of the archive rgb or "
                        "classSegmentation, by md5 or sha256; may be given twice")  # fmt: skip
    given = parser.parse_args(arguments)
    sums = dict(given.checksum)
    return run("fetch_vkitti2", lambda: fetch(given.out, given.variations, given.base_url, sums))


if __name__ == "__main__":
    sys.exit(main())
