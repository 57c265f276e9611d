"""Fetch CamVid: file by file from its public repository, each compared with its digest."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tqdm import tqdm

from lasegm_core.data.index import camvid
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic, locked

CAMVID_URL = f"https://raw.githubusercontent.com/{camvid.REPOSITORY}/{camvid.COMMIT}/CamVid"
TERMS = f"""\
CamVid (480x360, 11 classes) from https://github.com/{camvid.REPOSITORY},
which allows personal and research use only (it names CC BY-NC 4.0). Cite Brostow et al. 2008 and
2009, and Badrinarayanan et al. 2017."""
_AT_ONCE = 8  # files
_TIMEOUT_S = 60


def fetch_camvid(root: Path, base_url: str = CAMVID_URL) -> None:
    """Download the files that are missing; each appears only when its digest fits.

    Args:
        root: becomes the folder `CamVid` of the repository; about 190 MB.
        base_url: where it is; http or https.

    Raises:
        BadInput: no connection, an error of the server, or other bytes than those that are listed.
    """
    if camvid.is_fetched(root):
        return
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


def _fetch(root: Path, base_url: str, path: str, digest: str) -> None:
    url = f"{base_url}/{path}"
    if not url.startswith(("https://", "http://")):
        raise BadInput(f"{url} is not an http(s) address: check --base-url")
    try:
        with urlopen(url, timeout=_TIMEOUT_S) as response:
            content = response.read()
    except HTTPError as error:
        raise BadInput(f"{url}: the server says {error.code} {error.reason}: check it") from None
    except (HTTPException, OSError) as error:
        why = error.reason if isinstance(error, URLError) else error or type(error).__name__
        raise BadInput(
            f"{url}: no connection ({why}): repeat the command to go on, or name a folder that "
            f"has CamVid, --data FOLDER (of make: DATA_ROOT=FOLDER) instead of {root}"
        ) from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise BadInput(f"{url} has other bytes than are listed for it: repeat, or check it")
    with atomic(root / path, seal=False) as partial_file:
        partial_file.write_bytes(content)
