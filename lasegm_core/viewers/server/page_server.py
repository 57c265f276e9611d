"""Voila that opens the browser with its token: `python -m ...viewers.server.page_server FILE`."""

import sys
from pathlib import Path

# An optional check of jsonschema's, which no file here needs, and which takes seconds to import.
sys.modules.setdefault("rfc3987_syntax", None)

from tornado.ioloop import IOLoop  # noqa: E402
from voila.app import Voila  # noqa: E402

from lasegm_core.support.private_page import open_privately  # noqa: E402


class PageServer(Voila):
    """Opens the page with the token of this server; plain Voila asks the user to type it."""

    def launch_browser(self) -> None:
        """Open the page by a file in the private folder of this server's connections.

        The folder is removed at the server's end.
        """
        token = self.identity_provider.token
        open_privately(Path(self.connection_dir), self.connection_url, token)

    def listen(self) -> None:
        """Serve, and say where as soon as a port is found; Voila's own lines are not shown."""
        IOLoop.current().add_callback(self._say_address)
        super().listen()

    def _say_address(self) -> None:
        print(f"{self.display_url}\nCtrl-C ends it.", flush=True)


if __name__ == "__main__":
    PageServer.launch_instance()
