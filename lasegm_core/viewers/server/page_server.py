"""Voila that opens the browser with its token: `python -m ...viewers.server.page_server FILE`."""

import sys
import webbrowser
from pathlib import Path
from urllib.parse import urlencode

# An optional check of jsonschema's, which no file here needs, and which takes seconds to import.
sys.modules.setdefault("rfc3987_syntax", None)

from tornado.ioloop import IOLoop  # noqa: E402
from voila.app import Voila  # noqa: E402


class PageServer(Voila):
    """Opens the page with the token of this server; plain Voila asks the user to type it."""

    def launch_browser(self) -> None:
        """Open the page through a file that redirects to its address with the token.

        A command's arguments can be read by other accounts. The file lies in the private folder of
        this server's connections, which is removed at its end.
        """
        path = Path(self.connection_dir) / "open.html"
        path.write_text(f'<meta http-equiv="refresh" content="0; url={self.address}">')
        webbrowser.open(path.as_uri())

    @property
    def address(self) -> str:
        """The address of the page, with its token."""
        token = urlencode({"token": self.identity_provider.token})
        return f"{self.connection_url}?{token}"

    def listen(self) -> None:
        """Serve, and say where as soon as a port is found; Voila's own lines are not shown."""
        IOLoop.current().add_callback(self._say_address)
        super().listen()

    def _say_address(self) -> None:
        print(f"{self.display_url}\nCtrl-C ends it.", flush=True)


if __name__ == "__main__":
    PageServer.launch_instance()
