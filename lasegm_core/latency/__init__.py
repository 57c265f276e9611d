"""Latency: `timing` on this machine, hardware `cards` of any machine, and `engines`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cards": ["Card", "card"],
        "timing": ["measure_card", "time_networks"],
    },
)
