"""The parts that are drawn in the browser: picture, legend, bars, and the page's address."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets as t

from lasegm_core.viewers.browser.modules import module

_STATIC = Path(__file__).parent / "static"


class _OfClasses(anywidget.AnyWidget):
    """What shows classes: `names`, `colors` (RGB) and `hidden`, the ids that are not shown."""

    _css = _STATIC / "viewers.css"
    names = t.List().tag(sync=True)
    colors = t.List().tag(sync=True)
    hidden = t.List().tag(sync=True)


class Picture(_OfClasses):
    """A frame with class ids over it, or the errors of one prediction, or two with a bar between.

    Attributes:
        title: shown above.
        image: the frame, PNG or JPEG; empty shows nothing.
        ids: class ids as PNG, empty for none.
        other: class ids right of the bar; empty for no bar.
        label: class ids that are true.
        source: true class ids of the prediction's own input frame; empty where none is late.
        view: "image", "prediction", "label" or "errors".
        opacity: of the classes' colours, 0..1.
        split: where the bar is, 0..1 of the width.
        wrong: RGB of errors; those that are wrong anyway, where some are late.
        late: RGB of errors that were right for the input frame.
        meanings: an RGB and what it means, each, shown under the errors.
        drawn: counts the redraws.
    """

    _esm = module("picture")
    title = t.Unicode().tag(sync=True)
    image = t.Bytes().tag(sync=True)
    ids = t.Bytes().tag(sync=True)
    other = t.Bytes().tag(sync=True)
    label = t.Bytes().tag(sync=True)
    source = t.Bytes().tag(sync=True)
    view = t.Unicode("prediction").tag(sync=True)
    opacity = t.Float(0.6).tag(sync=True)
    split = t.Float(0.5).tag(sync=True)
    wrong = t.List().tag(sync=True)
    late = t.List().tag(sync=True)
    meanings = t.List().tag(sync=True)
    drawn = t.Int().tag(sync=True)


class Legend(_OfClasses):
    """The classes with their colours and scores; each can be hidden.

    Attributes:
        columns: titles of the columns of scores.
        values: a list a column: a score a class, None where there is none.
    """

    _esm = _STATIC / "legend.js"
    columns = t.List().tag(sync=True)
    values = t.List().tag(sync=True)


class Bars(anywidget.AnyWidget):
    """Bars with intervals, which move where their order changes; one can be chosen.

    Attributes:
        bars: in order, each with `key`, `name`, `value`, `ci_low`, `ci_high`, `text`, `color`, and
            `instant`, a faint bar behind it.
        most: the end of the axis; 0 takes the longest bar.
        chosen: key of the chosen one.
    """

    _esm = _STATIC / "bars.js"
    _css = _STATIC / "viewers.css"
    bars = t.List().tag(sync=True)
    most = t.Float().tag(sync=True)
    chosen = t.Unicode().tag(sync=True)


class TimeLine(anywidget.AnyWidget):
    """Frames as ticks, a bar a network from its input to its prediction, and the frame shown now.

    Attributes:
        rows: each with `name`, `text`, `color`, `input` (number of the frame) and `latency_ms`.
        now: number of the frame that is shown.
        interval_ms: between two frames.
    """

    _esm = _STATIC / "timeline.js"
    _css = _STATIC / "viewers.css"
    rows = t.List().tag(sync=True)
    now = t.Int().tag(sync=True)
    interval_ms = t.Float(1.0).tag(sync=True)


class Address(anywidget.AnyWidget):
    """The query of the page's address, if the page is the explorer's own.

    Attributes:
        opened: the query that the page was opened with; None until it is opened.
        query: the query to be shown.
        drawn: whether the first picture, or the first bars, are seen.
    """

    _esm = _STATIC / "address.js"
    opened = t.Unicode(None, allow_none=True).tag(sync=True)
    query = t.Unicode().tag(sync=True)
    drawn = t.Bool().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(lambda *_: self.send({"pong": True}))


class Save(anywidget.AnyWidget):
    """A button that saves a file in the browser.

    Args:
        make: makes the file's text when the button is pressed.
        file: its name.
        title: on the button.
    """

    _esm = _STATIC / "save.js"
    title = t.Unicode().tag(sync=True)

    def __init__(self, make: Callable[[], str], file: str, title: str) -> None:
        super().__init__(title=title)
        self.on_msg(lambda *_: self._make_file(make, file))

    def _make_file(self, make: Callable[[], str], file: str) -> None:
        try:
            text = make().encode()
        except Exception as fault:  # whatever it is, the button must not stay dead
            self.send({"fault": f"It cannot be saved: {' '.join(str(fault).split())}"})
            return
        kind = "text/csv" if file.endswith(".csv") else "text/html"
        self.send({"file": file, "type": kind}, [text])
