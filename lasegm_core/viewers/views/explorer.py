"""All viewers on one page, with the view in the page's address."""

import html
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import parse_qsl

import ipywidgets as w

from lasegm_core.support.errors import BadInput, known
from lasegm_core.viewers.base import FAULT, Viewer, made
from lasegm_core.viewers.browser.controls import Choice
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


class Offer(NamedTuple):
    """Content to choose: its title, what finds it, and why it cannot be chosen; empty if it can."""

    title: str
    find: Callable[[], Content]
    lacking: str = ""


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
        self.address, self.checked, self.fault = Address(), w.HTML(), w.HTML()
        self.note = w.HTML(html.escape(content.note))
        super().__init__([self.note, self.checked, self.fault, self.tab, self.address])
        self.add_class("lasegm-explorer")
        self.tab.observe(lambda _change: self.turn_to(self.view), "selected_index")
        self.renewed: Callable[[], Content | None] = lambda: None
        self.offers: Mapping[str, Offer] = {}
        self.data = Choice({}, description="networks and data", kind="buttons")
        self.data.observe(self._turn_to_data, "value")
        self.address.observe(self._opened, "opened")
        self._turn_to_start(view, state)

    def _turn_to_start(self, view: str, state: dict | None = None) -> None:
        """Show a viewer; instead of a lens that has nothing to show, the true labels."""
        shown = any(of.trained for of in self.content.runs)
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
            data = "" if self._is_first else f"data={self.data.value}&"
            self.address.query = f"{data}view={self.view}&{self.viewers[self.view].query}"

    @property
    def _is_first(self) -> bool:
        return self.data.value in ("", next(iter(self.offers), ""))

    def _opened(self, change: dict) -> None:
        """Show the view that the page was opened with; it may have been drawn long before."""
        if self._is_first and (content := self.renewed()):
            self._replace(content)
        state = dict(parse_qsl(change["new"], keep_blank_values=True))
        if (data := state.pop("data", "")) in self.offers:
            self._open_data(data)
        if (view := state.pop("view", "")) in VIEWERS:
            self.turn_to(view, state)
        self.address.send({"query": self.address.query})  # also if it is that of the start

    def _open_data(self, name: str) -> None:
        title, _, reason = self.offers[name]
        if reason:
            self.fault.value = FAULT.format(html.escape(f"{title} cannot be shown: {reason}"))
        else:
            self.data.value = name

    def _replace(self, content: Content) -> None:
        """Show other content in the same view."""
        state = self.viewers[self.view].query if self.view in self.viewers else ""
        self._take(content)
        self.turn_to(self.view, dict(parse_qsl(state, keep_blank_values=True)))

    def _take(self, content: Content) -> None:
        self.content, self.viewers = content, {}
        self.note.value = html.escape(content.note)

    def offer(self, offers: Mapping[str, Offer]) -> None:
        """Let the user choose among several contents; the first is the one that is shown."""
        self.offers = offers
        titles = {name: of.title for name, of in offers.items()}
        reasons = {name: of.lacking for name, of in offers.items() if of.lacking}
        self.data.offer(titles, reasons)
        self.children = [self.data, *self.children]

    def _turn_to_data(self, change: dict) -> None:
        """Show the chosen content from its start; where it cannot be read, say why."""
        if change["old"] == "":
            return
        try:
            self._take(self.offers[change["new"]].find())
        except BadInput as fault:
            self.fault.value = FAULT.format(html.escape(str(fault)))
            return
        self.fault.value = ""
        self.checked.layout.display = "" if self._is_first else "none"  # of the runs trained here
        self._turn_to_start(self.view)

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
        self.checked.value = words and FAULT.format(f"{words}.")
