"""Voila that opens the browser with its token: `python -m ...viewers.server.page_server FILE`."""

from pathlib import Path

from voila.app import Voila

from lasegm_core.support.private_page import open_privately


class PageServer(Voila):
    """Opens the page with the token of this server; plain Voila asks the user to type it."""

    def launch_browser(self) -> None:
        """Open the page by a file in the private folder of this server's connections.

        The folder is removed at the server's end.
        """
        token = self.identity_provider.token
        open_privately(Path(self.connection_dir), self.connection_url, token)


if __name__ == "__main__":
    PageServer.launch_instance()
