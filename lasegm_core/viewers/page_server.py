"""Voila, but its browser is let in: `python -m lasegm_core.viewers.page_server NOTEBOOK`."""

import tempfile
import webbrowser
from pathlib import Path
from urllib.parse import urlencode

from voila.app import Voila


class PageServer(Voila):
    """Opens the page with the token of this server; Voila's own asks the user to type it."""

    def launch_browser(self) -> None:
        """Open a file that leads on: other accounts can read what a command is started with."""
        token = urlencode({"token": self.identity_provider.token})
        with tempfile.NamedTemporaryFile("w", suffix=".html", delete=False) as file:
            address = f"{self.connection_url}?{token}"
            file.write(f'<meta http-equiv="refresh" content="0; url={address}">')
        webbrowser.open(Path(file.name).as_uri())


if __name__ == "__main__":
    PageServer.launch_instance()
