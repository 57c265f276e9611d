"""Viewers: widgets for a notebook cell, or all of them on one page (`make explore`).

Each takes the `content` that `load` finds, and as keywords what it is to show at first: the
viewer's `state` is those keywords, so that a view can be shared. Where there is nothing to show, a
sentence stands in its place. Importing the package is instant; torch is loaded when a prediction
must be made.

`views/` has the viewers, `facts/` what they say and compute without a widget, `browser/` what is
drawn in the browser, `server/` the page.

>>> from lasegm_core import viewers
>>> from lasegm_core.data.sources import find_place
>>> content = viewers.load("toystreet", "smoke", find_place("toystreet"))
>>> viewer = viewers.overlay(content, frame=3)  # as the last line of a cell it is shown
>>> viewer.state["frame"]
3
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules={"real_video"},
    submod_attrs={
        "content": ["load"],
        "front": ["compare", "explore", "lens", "overlay", "page", "what_if"],
    },
)
