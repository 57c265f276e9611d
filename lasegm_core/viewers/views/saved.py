"""A viewer of clips as a page: all frames of the clip, drawn without a kernel."""

from base64 import b64encode
from typing import NamedTuple

from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.base import Viewer
from lasegm_core.viewers.browser.page import page

_LOOK = ("names", "colors", "wrong", "late", "view", "opacity", "split")


class Scene(NamedTuple):
    """The content of one picture; frames and class ids are encoded by `ClipFrames`."""

    title: str
    image: bytes
    ids: bytes = b""
    other: bytes = b""
    label: bytes = b""
    source: bytes = b""


def saved(viewer: Viewer) -> str:
    """Write all frames of the clip of a viewer as a page.

    Raises:
        BadInput: no frame can be drawn, or predictions are still being made.
    """
    frames = [_frame(viewer, number) for number in range(viewer.frame.max + 1)]
    drawn = [frame for frame in frames if any(of["image"] for of in frame["pictures"])]
    if not drawn:
        raise BadInput(f"nothing is shown: {frames[-1]['pictures'][0]['title']}")
    if viewer.asked:
        raise BadInput(
            f"{len(viewer.asked)} predictions are being made: save it when they are there"
        )
    most = max(len(frame["pictures"]) for frame in frames)
    for frame in frames:  # a page has as many pictures at every frame
        frame["pictures"] += [_picture(Scene("", b""), [])] * (most - len(frame["pictures"]))
    look = {name: getattr(viewer.pictures[0], name) for name in _LOOK}
    data = {
        "look": look | {"hidden": viewer.legend.hidden, "opacity": viewer.opacity.value},
        "shows": [of["key"] for of in viewer.show.options],
        "frame": viewer.frame.value,
        "frames": frames,
        "interval_ms": 1000 * viewer.clip_frames.interval_s,
    }
    return page(f"Clip {viewer.clip_name}", viewer.say_view(), data)


def _frame(viewer: Viewer, number: int) -> dict:
    """Describe a frame; one that cannot be drawn has its fault as the title."""
    try:
        scenes = viewer.scenes(number)
    except BadInput as fault:
        return {"pictures": [_picture(Scene(str(fault), b""), [])], "columns": [], "values": []}
    columns, values = viewer.scores(scenes)
    pictures = [_picture(of, viewer.meanings(place, of)) for place, of in enumerate(scenes)]
    rows = viewer.lines(number)
    return {"pictures": pictures, "columns": columns, "values": values, "rows": rows}


def _picture(scene: Scene, meanings: list[list]) -> dict:
    traits = scene._asdict()
    layers = {name: b64encode(of).decode() for name, of in traits.items() if name != "title"}
    return {"title": scene.title, "meanings": meanings} | layers
