"""Small files from the web, each compared with its digest."""

import hashlib
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from lasegm_core.support.errors import BadInput

_TIMEOUT_S = 60


def fetched(url: str, digest: str, instead: str) -> bytes:
    """Download a file whole.

    Args:
        url: its address, http or https.
        digest: its sha256.
        instead: what a user without a connection can do, for the message.

    Raises:
        BadInput: no connection, an error of the server, or other bytes than those of the digest.
    """
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
            f"{url}: no connection ({why}): repeat the command to go on, or {instead}"
        ) from None
    return checked(content, digest, url)


def checked(content: bytes, digest: str, source: str) -> bytes:
    """Return the content of a published file, if it is what was published.

    Raises:
        BadInput: its sha256 is another.
    """
    if hashlib.sha256(content).hexdigest() != digest:
        raise BadInput(f"{source} has other bytes than are listed for it: repeat, or check it")
    return content
