"""The device that networks are ranked on, with an input size, or one latency for all."""

import html
from collections.abc import Callable, Iterable
from threading import Thread

import ipywidgets as w

from lasegm_core.latency.cards import Card
from lasegm_core.viewers.browser.controls import Choice, Numbers, Slider
from lasegm_core.viewers.content import ONE_FOR_ALL, Content
from lasegm_core.viewers.facts.devices import Devices, say_sizes, size_of, titled
from lasegm_core.viewers.facts.hardware import BUSY, say_spread


class Device:
    """The controls of a device.

    Args:
        content: has hardware cards, and times the networks here.
        begun: called when the networks begin to be timed here.
        timed: called at its end, with what went wrong, or "".

    Attributes:
        hardware: names a device, or is `ONE_FOR_ALL`.
        size: of the frames that its latencies are of.
        latency_ms: of all networks, where it is one for all.
        slower: how many times slower than the card.
        time_here: a button that times the networks at this size.
        source: says where the latencies are from.
    """

    def __init__(
        self, content: Content, begun: Callable[[], None], timed: Callable[[str], None]
    ) -> None:
        self._begun, self._timed = begun, timed
        self._loop = content.clip_frames.predictions.loop
        self.devices = Devices(content.cards, content.clip_frames.size)
        self.hardware = Choice(self._names(), description="fps on")
        self.size = Choice(self._sizes(), description="with frames of")
        self.latency_ms = Numbers(value=100, min=1, max=1000, description="latency, ms", unit=" ms")
        self.slower = Slider(value=1, base=2, min=-3, max=3, step=0.25, description="times slower")
        self.time_here = w.Button(layout=w.Layout(width="auto"))
        self.time_here.on_click(lambda _button: self._time(content.time_here))
        self.source = w.HTML()
        self.hardware.observe(lambda _change: self._fit(), "value")
        self.size.observe(lambda _change: self._say_button(), "value")
        self._fit()

    def _names(self) -> dict[str, str]:
        return {name: name for name in [*self.devices, ONE_FOR_ALL]}

    def _sizes(self) -> dict[str, str]:
        return {size: titled(size) for size in self.devices.sizes}

    def _fit(self) -> None:
        """Offer the sizes that the device has; take the one that is set where it can be."""
        name = self.hardware.value
        self.size.layout.display = "none" if self.is_one_for_all else ""
        if not self.is_one_for_all:
            self.size.offer(self._sizes(), self.devices.reasons(name))
            self.size.value = self.devices.fitting(name, self.size.value)
        self._say_button()

    def _say_button(self) -> None:
        self.time_here.description = f"Time the networks here at {self.timeable}"

    @property
    def timeable(self) -> str:
        """The size to time at: the chosen one, or the frames' own where that is not known."""
        known = not self.is_one_for_all and "x" in self.size.value
        return self.size.value if known else self.devices.own

    @property
    def sizes(self) -> str:
        """Say of which frames accuracy and latency are, if of different ones."""
        return "" if self.is_one_for_all else say_sizes(self.devices.own, self.size.value)

    @property
    def is_one_for_all(self) -> bool:
        """Tell whether all networks have one latency."""
        return self.hardware.value == ONE_FOR_ALL

    @property
    def words(self) -> str:
        """Name it."""
        if self.is_one_for_all:
            return f"{self.latency_ms.value} ms for all"
        return f"{self.hardware.value}, frames of {titled(self.size.value)}"

    @property
    def _card(self) -> Card:
        return self.devices.card(self.hardware.value, self.size.value)

    def latency_s(self, networks: Iterable[str]) -> dict[str, float]:
        """Find the latency of each network that has one, in seconds.

        Raises:
            BadInput: the device has none of this size.
        """
        one = self.is_one_for_all
        self.latency_ms.disabled, self.slower.disabled = not one, one
        if one:
            return dict.fromkeys(networks, self.latency_ms.value / 1000)
        known = self._card.latency_s
        return {name: self.slower.value * value for name, value in known.items()}

    def say_source(self, network: str) -> None:
        """Say where the latencies are from, how far those of a network spread, and any doubt."""
        self.source.value = "" if self.is_one_for_all else self._source(network)

    def _source(self, network: str) -> str:
        found = self._card
        where = found.facts.get("place") or f"frames of {found.facts.get('size')}"
        spread = say_spread(found, network)
        said = f"latencies {found.kind}: {found.device}, {where}{'; ' * bool(spread)}{spread}"
        if BUSY not in found.facts:
            return html.escape(said)
        warned = f"Timed while this machine was busy ({found.facts[BUSY]}): not kept, time again."
        return f'{html.escape(said)} <span class="lasegm-fault">{html.escape(warned)}</span>'

    def _time(self, time_here: Callable[[str], Card]) -> None:
        """Time here; on a page in a thread of its own, so that the page goes on."""
        self.time_here.disabled = True
        size = "" if self.timeable == self.devices.own else self.timeable
        self._begun()

        def run() -> None:
            try:
                found = time_here(size)
            except Exception as fault:  # the button must not stay dead
                found = fault
            if self._loop:
                self._loop.call_soon_threadsafe(self._offer, found)
            else:
                self._offer(found)

        Thread(target=run, daemon=True).start() if self._loop else run()

    def _offer(self, found: Card | Exception) -> None:
        self.time_here.disabled = False
        if isinstance(found, Exception):
            self._timed(f"The networks cannot be timed: {found}")
            return
        name = self.devices.add(found)
        self.hardware.offer(self._names())
        if (self.hardware.value, self.size.value) == (name, size_of(found)):
            self._timed("")
            return
        self.hardware.value = name
        self._fit()
        self.size.value = size_of(found)
