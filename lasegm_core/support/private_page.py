"""A page on this machine for one person: its address holds a token, which no command line shows."""

import webbrowser
from pathlib import Path
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"  # nobody on another machine is answered


def with_token(address: str, token: str) -> str:
    """Write an address with its token.

    >>> with_token("http://127.0.0.1:8866/", "a b")
    'http://127.0.0.1:8866/?token=a+b'
    """
    return f"{address}?{urlencode({'token': token})}"


def open_privately(folder: Path, address: str, token: str) -> None:
    """Open the page in a browser through a file that redirects to its address with the token.

    A command's arguments can be read by other accounts.

    Args:
        folder: one that other accounts cannot read.
        address: of the page.
        token: of its server.
    """
    path = Path(folder) / "open.html"
    path.write_text(f'<meta http-equiv="refresh" content="0; url={with_token(address, token)}">')
    webbrowser.open(path.as_uri())
