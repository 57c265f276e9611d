"""Shared by all viewers: a state that can be passed on, faults in a sentence, a still picture."""

import html
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import ipywidgets as w
import traitlets as t

from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic
from lasegm_core.viewers.browser.controls import Status
from lasegm_core.viewers.browser.widgets import Save
from lasegm_core.viewers.browser.words import MEANINGS

FAULT = '<div class="lasegm-fault" role="alert">{}</div>'
_ABOUT = '<h2 class="lasegm-heading">{}</h2><p class="lasegm-why">{} <b>Try:</b> {}</p>'
Control = tuple[t.HasTraits, str]  # a widget, and which of its traits holds the value


class Viewer(w.VBox):
    """Controls and the pictures they draw.

    Attributes:
        name: name of the function that makes it.
        about: its title, a sentence that says why one looks at it, and one thing to try.
        drawn_in_browser: the controls whose changes are drawn by the browser alone.
        controls: the state: by name, the widget and the trait that hold each value.
        plays: whether it has a clip to play.
        plain: the state before any keyword.
        query: the state as the query of an address.
        status: says that something is computed.
        fault_said: the sentence about what cannot be drawn; empty if all can.
    """

    name = ""
    about = ("", "", "")
    drawn_in_browser: tuple[str, ...] = ()
    plays = False
    query = t.Unicode()

    def __init__(self, parts: list[w.Widget], controls: dict[str, Control], state: dict) -> None:
        self.controls = controls
        self.plain = self.state
        self.fault, self.call = w.HTML(), w.HTML()
        self.status = Status(plays=self.plays)
        save = Save(self.page, f"lasegm-{self.name}.html", "Save this view as HTML")
        row = w.HBox([save, self.call]).add_class("lasegm-wrap")
        about = w.HTML(_ABOUT.format(*map(html.escape, self.about)))
        super().__init__([about, *parts, self.status, self.fault, row])
        self.add_class("lasegm-viewer")
        self.restore(state)
        for name, (widget, trait) in controls.items():
            in_browser = name in self.drawn_in_browser
            widget.observe(self._tell if in_browser else self._changed, trait)

    @property
    def state(self) -> dict:
        """The state of the view, as keywords of the function that makes the viewer."""
        return {name: getattr(*control) for name, control in self.controls.items()}

    def restore(self, state: dict | str) -> None:
        """Show a shared view; parts that no longer exist are named, the rest is shown.

        Args:
            state: some of `state`, or the query of an address.
        """
        pairs = dict(parse_qsl(state, keep_blank_values=True)) if isinstance(state, str) else state
        faults = []
        order = [*self.controls, *pairs]  # a clip before its frame
        for name, value in sorted(pairs.items(), key=lambda pair: order.index(pair[0])):
            try:
                widget, trait = self.controls[known("part of the view", name, self.controls)]
                setattr(widget, trait, _like(getattr(widget, trait), value))
            except (BadInput, t.TraitError, ValueError) as fault:
                faults.append(f"{name}={value} cannot be shown: {fault}")
        self._changed()
        if faults:
            self.say_fault("; ".join(faults))

    def _changed(self, change: object = None) -> None:
        self.say_fault("")
        try:
            self.redraw(change)
        except BadInput as fault:
            self.clear()
            self.say_fault(str(fault))
        finally:
            self._tell()

    def _tell(self, _change: object = None) -> None:
        self.query = urlencode({name: _text(value) for name, value in self.state.items()})
        changed = {name: of for name, of in self.state.items() if of != self.plain[name]}
        words = ", ".join(["content", *(f"{name}={of!r}" for name, of in changed.items())])
        self.call.value = f"<code>{html.escape(f'viewers.{self.name}({words})')}</code>"
        self.status.done += 1

    def redraw(self, change: object) -> None:
        """Draw the view that the controls describe.

        Raises:
            BadInput: it cannot be drawn; the message is shown.
        """
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing."""
        raise NotImplementedError

    def snapshot(self) -> bytes:
        """Draw the view as a PNG, for pages that show no widgets."""
        raise NotImplementedError

    def page(self) -> str:
        """Write the view as one HTML file that needs no kernel (see `page.page`)."""
        raise NotImplementedError

    def write(self, path: Path) -> None:
        """Write the view to an HTML file (see `page`)."""
        with atomic(path) as partial:
            partial.write_text(self.page())

    def say_fault(self, sentence: str) -> None:
        """Show a sentence about what cannot be drawn; an empty one removes it."""
        self.fault_said = sentence
        self.fault.value = sentence and FAULT.format(html.escape(sentence))

    def _repr_mimebundle_(self, **kwargs) -> dict:
        """Add a still picture, because notebooks open untrusted and then show no widgets."""
        data = super()._repr_mimebundle_(**kwargs)
        return {"image/png": b64encode(self.snapshot()).decode()} | data


def made(make: Callable[..., w.Widget], *arguments, **state) -> w.Widget:
    """Make a viewer, or a sentence that says why it has nothing to show."""
    try:
        return make(*arguments, **state)
    except BadInput as fault:
        return w.HTML(FAULT.format(html.escape(str(fault))))


def row(*parts: w.Widget) -> w.HBox:
    """Put parts side by side; they wrap."""
    return w.HBox(parts).add_class("lasegm-wrap")


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else f"{value}"


def _like(old: object, new: object) -> object:
    """Convert a value, which may come from an address, to the kind of the old value."""
    if isinstance(old, str):
        return str(new)
    if not isinstance(new, str):
        return new
    if isinstance(old, list):  # of class ids
        return [int(part) for part in new.split(",") if part]
    if isinstance(old, tuple):  # of options
        return tuple(part for part in new.split(",") if part)
    return type(old)(new)


class Toggles(w.HBox):
    """A button for each option; any number of them can be pressed.

    Attributes:
        value: the pressed options, in order.
    """

    value = t.Tuple()

    def __init__(self, options: dict[str, str], description: str) -> None:
        width = w.Layout(width="auto")
        self.buttons = {
            key: w.ToggleButton(True, description=title, layout=width)
            for key, title in options.items()
        }
        wrap = w.Layout(flex_flow="row wrap")
        label = w.Label(description, tooltip=MEANINGS.get(description))
        super().__init__([label, *self.buttons.values()], layout=wrap)
        self.value = tuple(options)
        for button in self.buttons.values():
            button.observe(self._press, "value")

    def _press(self, _change: object) -> None:
        self.value = tuple(key for key, button in self.buttons.items() if button.value)

    @t.observe("value")
    def _show(self, change: dict) -> None:
        for key, button in self.buttons.items():
            button.value = key in change["new"]
