"""All viewers on one page, with the view in the page's address."""

import html
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl

import ipywidgets as w

from lasegm_core.support.errors import known
from lasegm_core.viewers.base import Viewer, made
from lasegm_core.viewers.browser.widgets import Address
from lasegm_core.viewers.content import Content
from lasegm_core.viewers.facts.checking import Checked, check_later
from lasegm_core.viewers.views.configurations import Configurations
from lasegm_core.viewers.views.lens import Lens
from lasegm_core.viewers.views.overlay import Overlay
from lasegm_core.viewers.views.whatif import WhatIf

VIEWERS = {
    "lens": ("Latency lens", Lens),
    "overlay": ("Overlay", Overlay),
    "compare": ("Configurations", Configurations),
    "what_if": ("What if", WhatIf),
}
_LATER_S = 2  # seconds after the page is open, so that the first picture comes first


class Explorer(w.VBox):
    """The viewers in tabs; each is made when its tab is first opened.

    Args:
        content: shown by the viewers.
        view: the viewer that is shown at first; without any run that can be shown, "overlay".
        state: its state.
    """

    def __init__(self, content: Content, view: str = "lens", **state) -> None:
        self.content = content
        self.viewers: dict[str, Viewer] = {}
        self.tab = w.Tab([w.VBox() for _ in VIEWERS])
        self.tab.titles = [title for title, _ in VIEWERS.values()]
        self.address, self.checked = Address(), w.HTML()
        self.note = w.HTML(html.escape(content.note))
        super().__init__([self.note, self.checked, self.tab, self.address])
        self.add_class("lasegm-explorer")
        self.tab.observe(lambda _change: self.turn_to(self.view), "selected_index")
        self.renewed: Callable[[], Content | None] = lambda: None
        self.address.observe(self._opened, "opened")
        shown = any(of.trained for of in content.runs)
        self.turn_to(view if shown or view != "lens" else "overlay", state)

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
        """Show the view that the page was opened with; it may have been drawn long before."""
        if content := self.renewed():
            self._replace(content)
        state = dict(parse_qsl(change["new"], keep_blank_values=True))
        if (view := state.pop("view", "")) in VIEWERS:
            self.turn_to(view, state)
        self.address.send({"query": self.address.query})  # also if it is that of the start

    def _replace(self, content: Content) -> None:
        """Show other content in the same view."""
        state = self.viewers[self.view].query if self.view in self.viewers else ""
        self.content, self.viewers = content, {}
        self.note.value = html.escape(content.note)
        self.turn_to(self.view, dict(parse_qsl(state, keep_blank_values=True)))

    def begin_page(self, renewed: Callable[[], Content | None]) -> None:
        """Let the page renew itself, and check runs and data once it is open.

        Args:
            renewed: finds the content again, if it changed since the page was drawn; else None.
        """
        self.renewed = renewed

        def begin(_change: object) -> None:
            self.address.unobserve(begin, "drawn")
            loop, what = self.content.clip_frames.predictions.loop, self.content.checked
            if not what:
                return
            answer = partial(loop.call_soon_threadsafe, self.say_checked)
            loop.call_later(_LATER_S, check_later, *what, answer)

        self.address.observe(begin, "drawn")

    def say_checked(self, found: Checked) -> None:
        """Say what a check found; nothing, if all that is shown is right."""
        said = [found["fault"]] if found["fault"] else []
        shown = {of.folder.name: of for of in self.content.runs if of.folder}
        old = [] if found["folders"] is None else sorted(shown.keys() - set(found["folders"]))
        if old:
            names = ", ".join(shown[folder].title for folder in old)
            said.append(
                f"{len(old)} of the runs shown are of other code or other data than now: {names}; "
                "make reproduce-table1 trains them again"
            )
        words = html.escape(". ".join(said))
        self.checked.value = words and f'<div class="lasegm-fault" role="alert">{words}.</div>'
