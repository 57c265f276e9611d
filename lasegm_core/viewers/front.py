"""The functions that make viewers: what a notebook, or the page, calls."""

import asyncio
from dataclasses import replace

import ipywidgets as w

from lasegm_core.data.sources import FETCHED, find_place
from lasegm_core.viewers import real_video
from lasegm_core.viewers.base import made
from lasegm_core.viewers.content import Content, load, written
from lasegm_core.viewers.views.configurations import Configurations
from lasegm_core.viewers.views.explorer import Explorer, Offer
from lasegm_core.viewers.views.lens import Lens
from lasegm_core.viewers.views.overlay import Overlay
from lasegm_core.viewers.views.whatif import WhatIf


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


def explore(content: Content, view: str = "lens", **state) -> w.Widget:
    """Show all viewers in tabs, `view` ("lens", "overlay", "compare", "what_if") first."""
    return made(Explorer, content, view, **state)


def page(dataset_name: str, profile_name: str, *folders: str | None) -> w.Widget:
    """Show all viewers for a profile; `make explore` opens this page.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        folders: of runs, of rendered data and of the data set, as `find_place` takes them.
    """

    def find() -> Content:
        return _on_page(load(dataset_name, profile_name, place))

    def find_published() -> Content:
        return _on_page(real_video.load(camvid))

    def explorer() -> Explorer:
        known = [written(dataset_name, profile_name, place)]
        shown = Explorer(find())

        def renewed() -> Content | None:
            known.append(written(dataset_name, profile_name, place))
            return find() if known.pop(0) != known[0] else None

        shown.begin_page(renewed)
        shown.offer(
            {
                "trained": Offer(f"trained here, on {dataset_name}", find),
                "published": Offer(real_video.TITLE, find_published, real_video.lacking(camvid)),
            }
        )
        return shown

    place = find_place(dataset_name, *folders)
    camvid = place if dataset_name == FETCHED else replace(place, data_root=None)
    return made(explorer)


def _on_page(content: Content) -> Content:
    """Let the page wait for no prediction."""
    content.clip_frames.predictions.loop = asyncio.get_running_loop()
    return content
