"""Viewers: widgets for a notebook cell, or all of them on one page (`make explore`).

Each takes the `content` that `load` finds, and as keywords what it is to show at first: the
viewer's `state` is those keywords, so that a view can be shared. Where there is nothing to show, a
sentence stands in its place.

>>> from lasegm_core import viewers
>>> from lasegm_core.data.sources import find_place
>>> content = viewers.load("toystreet", "smoke", find_place("toystreet"))
>>> viewer = viewers.overlay(content, frame=3)  # as the last line of a cell it is shown
>>> viewer.state["frame"]
3
"""

import ipywidgets as w

from lasegm_core.data.sources import Place
from lasegm_core.viewers.base import made
from lasegm_core.viewers.configurations import Configurations
from lasegm_core.viewers.content import Content, load
from lasegm_core.viewers.explorer import Explorer
from lasegm_core.viewers.lens import Lens
from lasegm_core.viewers.overlay import Overlay
from lasegm_core.viewers.whatif import WhatIf

__all__ = ["compare", "explore", "lens", "load", "overlay", "page", "what_if"]


def overlay(content: Content, **state) -> w.Widget:
    """Show a clip frame by frame, under a run's predictions or under its labels."""
    return made(Overlay, content, **state)


def lens(content: Content, **state) -> w.Widget:
    """Show the newest predictions of two or three networks at a frame, given their latencies."""
    return made(Lens, content, **state)


def compare(content: Content, **state) -> w.Widget:
    """Show a network's configurations on two sides of a bar."""
    return made(Configurations, content, **state)


def what_if(content: Content, **state) -> w.Widget:
    """Rank all scored runs under a camera rate, a device, its jitter and a schedule."""
    return made(WhatIf, content, **state)


def explore(content: Content, view: str = "overlay", **state) -> w.Widget:
    """Show all viewers in tabs, `view` ("overlay", "lens", "compare", "what_if") first."""
    return made(Explorer, content, view, **state)


def page(dataset_name: str, profile_name: str, place: Place) -> w.Widget:
    """Show all viewers for a profile; `make explore` opens this page."""
    return made(lambda: Explorer(load(dataset_name, profile_name, place)))
