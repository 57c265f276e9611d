"""Controls that the browser draws itself: native inputs, each with a name, that fit a phone."""

from collections.abc import Iterable
from pathlib import Path

import anywidget
import traitlets as t

from lasegm_core.viewers.browser.modules import module
from lasegm_core.viewers.browser.words import MEANINGS

_STATIC = Path(__file__).parent / "static"


class _Named(anywidget.AnyWidget):
    """A control that is called by its name, so that a notebook shows the same at every run."""

    description = t.Unicode().tag(sync=True)
    meaning = t.Unicode().tag(sync=True)  # of the name, shown where the mouse rests on it

    @t.default("meaning")
    def _look_up(self) -> str:
        return MEANINGS.get(self.description, "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.description!r})"


class Slider(_Named):
    """A slider of numbers, with its value beside it.

    Attributes:
        value: the number; kept between `min` and `max`.
        min: the smallest value.
        max: the largest value.
        step: between two values; of the exponent if `base` is not 0.
        base: of a logarithmic slider, whose `min` and `max` are exponents; 0 for a linear one.
        description: its name.
        unit: stands behind the value.
        play_ms: milliseconds a step while it is played; 0 for no button.
        disabled: whether it can be moved.
    """

    _esm = _STATIC / "slider.js"
    _css = _STATIC / "viewers.css"
    value = t.CFloat().tag(sync=True)
    min = t.CFloat().tag(sync=True)
    max = t.CFloat(1.0).tag(sync=True)
    step = t.CFloat(1.0).tag(sync=True)
    base = t.Int().tag(sync=True)
    unit = t.Unicode().tag(sync=True)
    play_ms = t.CFloat().tag(sync=True)
    disabled = t.Bool().tag(sync=True)

    @t.validate("value")
    def _between(self, proposal: dict) -> float:
        low, high = (self.base**end if self.base else end for end in (self.min, self.max))
        return min(max(proposal["value"], low), high)

    @t.observe("min", "max")
    def _fit(self, _change: dict) -> None:
        self.value = self._between({"value": self.value})


class Numbers(Slider):
    """A slider of whole numbers."""

    value = t.CInt().tag(sync=True)
    min = t.CInt().tag(sync=True)
    max = t.CInt(100).tag(sync=True)


class Blank(Numbers):
    """A whole number that is typed into a sentence; its traits are a slider's."""

    _esm = _STATIC / "blank.js"


class Choice(_Named):
    """One of several options; those that cannot be chosen are grey and say why.

    Args:
        options: title by key.
        reasons: why an option cannot be chosen, by key.

    Attributes:
        options: each with `key`, `title` and `reason`, which is empty where it can be chosen.
        value: key of the chosen one.
        description: its name.
        kind: "menu" or "buttons".
    """

    _esm = _STATIC / "choice.js"
    _css = _STATIC / "viewers.css"
    options = t.List().tag(sync=True)
    value = t.Unicode().tag(sync=True)
    kind = t.Unicode("menu").tag(sync=True)

    def __init__(
        self, options: dict[str, str], reasons: dict[str, str] | None = None, **traits
    ) -> None:
        found = _listed(options, reasons or {})
        open_ones = [of["key"] for of in found if not of["reason"]]
        start = (open_ones or list(options) or [""])[0]
        super().__init__(**{"options": found, "value": start} | traits)

    def offer(self, options: dict[str, str], reasons: dict[str, str] | None = None) -> None:
        """Replace the options; the value stays where it is still one of them."""
        with self.hold_sync():
            self.options = _listed(options, reasons or {})
            if self.value not in options:
                self.value = next(iter(options), "")

    @property
    def label(self) -> str:
        """The title of the chosen option."""
        return next((of["title"] for of in self.options if of["key"] == self.value), "")

    @property
    def reason(self) -> str:
        """Why the chosen option should not have been; empty if it may."""
        return next((of["reason"] for of in self.options if of["key"] == self.value), "")

    @t.validate("value")
    def _known(self, proposal: dict) -> str:
        keys = [of["key"] for of in self.options]
        if self.options and proposal["value"] not in keys:
            raise t.TraitError(f"there is no {proposal['value']!r} here")
        return proposal["value"]


def _listed(options: dict[str, str], reasons: dict[str, str]) -> list[dict[str, str]]:
    pairs: Iterable[tuple[str, str]] = options.items()
    return [{"key": key, "title": title, "reason": reasons.get(key, "")} for key, title in pairs]


class Status(anywidget.AnyWidget):
    """Fades the viewer's pictures and turns a spinner while something is computed.

    A control tells the page when it is moved; if the kernel has not answered after 150 ms, what is
    shown no longer stands as if it were valid.

    Attributes:
        done: counts the answers to controls.
        waiting: what is computed in the background; empty for nothing.
        plays: whether the viewer has a clip to play, and pictures, so that keys are offered.
    """

    _esm = module("status")
    _css = _STATIC / "viewers.css"
    done = t.Int().tag(sync=True)
    waiting = t.Unicode().tag(sync=True)
    plays = t.Bool().tag(sync=True)
