"""All viewers on one page, with the view in the page's address."""

import html
from urllib.parse import parse_qsl

import ipywidgets as w

from lasegm_core.support.errors import known
from lasegm_core.viewers.base import Viewer, made
from lasegm_core.viewers.configurations import Configurations
from lasegm_core.viewers.content import Content
from lasegm_core.viewers.lens import Lens
from lasegm_core.viewers.overlay import Overlay
from lasegm_core.viewers.whatif import WhatIf
from lasegm_core.viewers.widgets import Address

VIEWERS = {
    "overlay": ("Overlay", Overlay),
    "lens": ("Latency lens", Lens),
    "compare": ("Configurations", Configurations),
    "what_if": ("What if", WhatIf),
}


class Explorer(w.VBox):
    """The viewers in tabs; each is made when its tab is first opened.

    Args:
        content: shown by the viewers.
        view: the viewer that is shown at first.
        state: its state.
    """

    def __init__(self, content: Content, view: str = "overlay", **state) -> None:
        self.content = content
        self.viewers: dict[str, Viewer] = {}
        self.tab = w.Tab([w.VBox() for _ in VIEWERS])
        self.tab.titles = [title for title, _ in VIEWERS.values()]
        self.address = Address()
        super().__init__([w.HTML(html.escape(content.note)), self.tab, self.address])
        self.tab.observe(lambda _change: self.turn_to(self.view), "selected_index")
        self.address.observe(self._opened, "opened")
        self.turn_to(view, state)

    @property
    def view(self) -> str:
        """The name of the shown viewer."""
        return list(VIEWERS)[self.tab.selected_index or 0]

    def turn_to(self, view: str, state: dict | None = None) -> None:
        """Show a viewer, in a state if one is given."""
        place = list(VIEWERS).index(known("view", view, VIEWERS))
        if view not in self.viewers:
            self._make(view, place, state or {})
        elif state:
            self.viewers[view].restore(state)
        self.tab.selected_index = place
        self._tell()

    def _make(self, view: str, place: int, state: dict) -> None:
        viewer = made(VIEWERS[view][1], self.content, **state)
        if isinstance(viewer, Viewer):
            self.viewers[view] = viewer
            viewer.observe(lambda _change: self._tell(), "query")
        self.tab.children[place].children = [viewer]

    def _tell(self) -> None:
        """Write the view into the page's address."""
        if self.view in self.viewers:
            self.address.query = f"view={self.view}&{self.viewers[self.view].query}"

    def _opened(self, change: dict) -> None:
        """Show the view that the page was opened with."""
        state = dict(parse_qsl(change["new"], keep_blank_values=True))
        if (view := state.pop("view", "")) in VIEWERS:
            self.turn_to(view, state)
