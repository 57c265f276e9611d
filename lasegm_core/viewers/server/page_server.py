"""Voila that opens the browser with its token: `python -m ...viewers.server.page_server FILE`."""

import webbrowser
from pathlib import Path
from urllib.parse import urlencode

from voila.app import Voila


class PageServer(Voila):
    """Opens the page with the token of this server; plain Voila asks the user to type it."""

    def launch_browser(self) -> None:
        """Open the page through a file that redirects to its address with the token.

        A command's arguments can be read by other accounts. The file lies in the private folder of
        this server's connections, which is removed at its end.
        """
        token = urlencode({"token": self.identity_provider.token})
        path = Path(self.connection_dir) / "open.html"
        address = f"{self.connection_url}?{token}"
        path.write_text(f'<meta http-equiv="refresh" content="0; url={address}">')
        webbrowser.open(path.as_uri())


if __name__ == "__main__":
    PageServer.launch_instance()
