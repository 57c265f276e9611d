"""Fetch CamVid: file by file from its public repository, each compared with its digest."""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tqdm import tqdm

from lasegm_core.data.index import camvid
from lasegm_core.support.download import fetched
from lasegm_core.support.files import atomic, locked

CAMVID_URL = f"https://raw.githubusercontent.com/{camvid.REPOSITORY}/{camvid.COMMIT}/CamVid"
TERMS = f"""\
CamVid (480x360, 11 classes) from https://github.com/{camvid.REPOSITORY},
which allows personal and research use only (it names CC BY-NC 4.0). Cite Brostow et al. 2008 and
2009, and Badrinarayanan et al. 2017."""
_AT_ONCE = 8  # files


def fetch_camvid(root: Path, base_url: str = CAMVID_URL) -> Path:
    """Download the files that are missing; each appears only when its digest fits.

    Args:
        root: becomes the folder `CamVid` of the repository; about 190 MB.
        base_url: where it is; http or https.

    Returns:
        The folder.

    Raises:
        BadInput: no connection, an error of the server, or other bytes than those that are listed.
    """
    if camvid.is_fetched(root):
        return root
    print(TERMS, file=sys.stderr)
    with locked(root):
        listed = camvid.source_files().items()
        files = {path: digest for path, digest in listed if not (root / path).is_file()}
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            fetch = partial(_fetch, root, base_url.rstrip("/"))
            done = pool.map(fetch, files, files.values())
            list(tqdm(done, "CamVid", total=len(files), unit="file", disable=None))
        finally:
            pool.shutdown(cancel_futures=True)
    return root


def _fetch(root: Path, base_url: str, path: str, digest: str) -> None:
    instead = (
        "name a folder that has CamVid, --data FOLDER (of make: DATA_ROOT=FOLDER) instead of "
        f"{root}"
    )
    content = fetched(f"{base_url}/{path}", digest, instead)
    with atomic(root / path, seal=False) as partial_file:
        partial_file.write_bytes(content)
