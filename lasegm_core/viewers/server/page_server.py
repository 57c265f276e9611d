"""Voila, but its browser is let in: `python -m lasegm_core.viewers.server.page_server NOTEBOOK`."""

import webbrowser
from pathlib import Path
from urllib.parse import urlencode

from voila.app import Voila


class PageServer(Voila):
    """Opens the page with the token of this server; Voila's own asks the user to type it."""

    def launch_browser(self) -> None:
        """Open a file that leads on: other accounts can read what a command is started with.

        It lies in the folder of this server's connections: private, and removed at its end.
        """
        token = urlencode({"token": self.identity_provider.token})
        path = Path(self.connection_dir) / "open.html"
        address = f"{self.connection_url}?{token}"
        path.write_text(f'<meta http-equiv="refresh" content="0; url={address}">')
        webbrowser.open(path.as_uri())


if __name__ == "__main__":
    PageServer.launch_instance()
