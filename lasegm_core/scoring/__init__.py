"""The user's own network on the user's own video: `lasegm score` and `lasegm latency`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "own_score": ["score"],
        "report": ["Score"],
        "data": ["Data", "find_data"],
    },
)
