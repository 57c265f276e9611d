"""Downloads: a large file, resumed where it broke off; a small one in memory; both checked."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tqdm import tqdm

from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

BLOCK = 2**20  # bytes
TIMEOUT_S = 60
RECORD = "checksums.json"
CHECKSUM = "md5:[0-9a-fA-F]{32}|sha256:[0-9a-fA-F]{64}"
AGAIN = "repeat the command to go on"


def download(url: str, path: Path) -> None:
    """Fetch a file unless it is there; what an earlier call left in `<name>.part` is kept.

    Raises:
        BadInput: no http(s) address, no connection, an error of the server, broken off, no space.
    """
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with _one_line(url, AGAIN), _open(url, part) as response:
        _receive(response, url, part)
    os.replace(part, path)
    _tag(part).unlink(missing_ok=True)


def fetched(url: str, sha256: str, instead: str) -> bytes:
    """Fetch a small file whole.

    Args:
        url: its address, http or https.
        sha256: of its content.
        instead: what a user without a connection can do, for the message.

    Raises:
        BadInput: as `download`, or other bytes than those of the digest.
    """
    with _one_line(url, f"{AGAIN}, or {instead}"), urlopen(url, timeout=TIMEOUT_S) as response:
        content = response.read()
    return checked(content, sha256, url)


def checked(content: bytes, sha256: str, source: str) -> bytes:
    """Return the content of a published file, if it is what was published.

    Raises:
        BadInput: its digest is another.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadInput(f"{source} has other bytes than are listed for it: repeat, or check it")
    return content


@contextmanager
def _one_line(url: str, what_then: str) -> Iterator[None]:
    """Turn what a connection raises into one line."""
    if not url.startswith(("https://", "http://")):
        raise BadInput(f"{url} is not an http(s) address: check --base-url")
    try:
        yield
    except HTTPError as error:
        raise BadInput(f"{url}: the server says {error.code} {error.reason}: check it") from None
    except (URLError, HTTPException, ConnectionError, TimeoutError) as error:
        why = getattr(error, "reason", "") or error or type(error).__name__
        raise BadInput(f"{url}: no connection ({why}): {what_then}") from None


def _tag(part: Path) -> Path:
    """Name the file that holds the version of the file on the server a part belongs to."""
    return part.with_name(part.name + ".version")


def _open(url: str, part: Path) -> HTTPResponse:
    """Ask for what is missing; a server that has another version by now sends all of it."""
    headers = {}
    if part.is_file() and _tag(part).is_file() and part.stat().st_size:
        headers = {"Range": f"bytes={part.stat().st_size}-", "If-Range": _tag(part).read_text()}
    try:
        response = urlopen(Request(url, headers=headers), timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code != 416:
            raise
        part.unlink()  # longer than the file on the server
        response = urlopen(Request(url), timeout=TIMEOUT_S)
    start = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    if response.status != 206 or not part.is_file() or start != str(part.stat().st_size):
        part.write_bytes(b"")
    version = response.headers.get("ETag") or response.headers.get("Last-Modified")
    _tag(part).write_text(version) if version else _tag(part).unlink(missing_ok=True)
    return response


def _receive(response: HTTPResponse, url: str, part: Path) -> None:
    done = part.stat().st_size
    rest = response.headers.get("Content-Length")
    total = done + int(rest) if rest else None
    free = shutil.disk_usage(part.parent).free
    if rest and free < int(rest):
        raise BadInput(
            f"{part.parent} has {free:,} bytes free, {int(rest):,} are needed: free some"
        )
    fault = ""
    with (
        part.open("ab") as file,
        tqdm(desc=part.stem, initial=done, total=total, unit="B", unit_scale=True) as bar,
    ):
        try:
            while block := response.read1(BLOCK):
                file.write(block)
                bar.update(len(block))
        except (HTTPException, ConnectionError, TimeoutError) as error:
            fault = f" ({error or type(error).__name__})"
        got = file.tell()
    if fault or (total is not None and got != total):
        of = f" of {total:,}" if total else ""
        raise BadInput(f"{url}: broke off after {got:,}{of} bytes{fault}: {AGAIN}")


def verify(path: Path, given: str | None) -> str:
    """Compare a file with a checksum: the given one, else the one of the first download here.

    Args:
        path: the file.
        given: "md5:<hex>" or "sha256:<hex>".

    Returns:
        One line that says what it was compared with.

    Raises:
        BadInput: they differ.
    """
    record = path.with_name(RECORD)
    recorded = _recorded(record)
    wanted = given or recorded.get(path.name)
    kind = wanted.partition(":")[0] if wanted else "sha256"
    found = f"{kind}:{_digest(path, kind)}"
    source = "as given" if given else "as at the first download here"
    if wanted and found != wanted.lower():
        raise BadInput(f"{path} has {found}, not {wanted} {source}: delete it, {AGAIN}")
    if not given and not wanted:
        source = "recorded now; none was given, so only its length is known to be right"
        with atomic(record) as partial:
            partial.write_text(json.dumps(recorded | {path.name: found}, indent=2) + "\n")
    return f"{path.name} {found} ({source})"


def _recorded(record: Path) -> dict[str, str]:
    try:
        found = json.loads(record.read_text()) if record.is_file() else {}
        if all(re.fullmatch(CHECKSUM, digest) for digest in found.values()):
            return found
    except (ValueError, AttributeError, TypeError):
        pass
    raise BadInput(f"{record} is damaged: delete it, and it is written anew")


def _digest(path: Path, kind: str) -> str:
    digest = hashlib.new(kind, usedforsecurity=False)
    size = path.stat().st_size
    with (
        path.open("rb") as file,
        tqdm(desc="checksum", total=size, unit="B", unit_scale=True) as bar,
    ):
        while block := file.read(BLOCK):
            digest.update(block)
            bar.update(len(block))
    return digest.hexdigest()
