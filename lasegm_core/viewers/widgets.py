"""The parts that are drawn in the browser: picture, legend, bars, and the page's address."""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets as t

_STATIC = Path(__file__).parent / "static"


class Picture(anywidget.AnyWidget):
    """A frame with class ids over it, or the errors of one prediction, or two with a bar between.

    Attributes:
        title: shown above.
        image: the frame, PNG or JPEG; empty shows nothing.
        ids: class ids as PNG, empty for none.
        other: class ids right of the bar; empty for no bar.
        label: class ids that are true.
        view: "image", "prediction", "label" or "errors".
        opacity: of the classes' colours, 0..1.
        split: where the bar is, 0..1 of the width.
        names: of the classes.
        colors: RGB of the classes.
        wrong: RGB of errors.
        hidden: class ids that are not shown.
        drawn: counts the redraws.
    """

    _esm = _STATIC / "picture.js"
    _css = _STATIC / "viewers.css"
    title = t.Unicode().tag(sync=True)
    image = t.Bytes().tag(sync=True)
    ids = t.Bytes().tag(sync=True)
    other = t.Bytes().tag(sync=True)
    label = t.Bytes().tag(sync=True)
    view = t.Unicode("prediction").tag(sync=True)
    opacity = t.Float(0.6).tag(sync=True)
    split = t.Float(0.5).tag(sync=True)
    names = t.List().tag(sync=True)
    colors = t.List().tag(sync=True)
    wrong = t.List().tag(sync=True)
    hidden = t.List().tag(sync=True)
    drawn = t.Int().tag(sync=True)


class Legend(anywidget.AnyWidget):
    """The classes with their colours and scores; each can be hidden.

    Attributes:
        names: of the classes.
        colors: RGB of the classes.
        columns: titles of the columns of scores.
        values: a list a column: a score a class, None where there is none.
        hidden: class ids that are not shown.
    """

    _esm = _STATIC / "legend.js"
    _css = _STATIC / "viewers.css"
    names = t.List().tag(sync=True)
    colors = t.List().tag(sync=True)
    columns = t.List().tag(sync=True)
    values = t.List().tag(sync=True)
    hidden = t.List().tag(sync=True)


class Bars(anywidget.AnyWidget):
    """Bars with intervals, which move where their order changes; one can be chosen.

    Attributes:
        bars: in order, each with `key`, `name`, `value`, `ci_low`, `ci_high`, `text`, `color`.
        chosen: key of the chosen one.
    """

    _esm = _STATIC / "bars.js"
    _css = _STATIC / "viewers.css"
    bars = t.List().tag(sync=True)
    chosen = t.Unicode().tag(sync=True)


class Address(anywidget.AnyWidget):
    """The query of the page's address, if the page is the explorer's own.

    Attributes:
        opened: the query that the page was opened with.
        query: the query to be shown.
    """

    _esm = _STATIC / "address.js"
    opened = t.Unicode().tag(sync=True)
    query = t.Unicode().tag(sync=True)


class Save(anywidget.AnyWidget):
    """A button that saves a file in the browser.

    Args:
        make: makes the file's text when the button is pressed.
        file: its name.
    """

    _esm = _STATIC / "save.js"

    def __init__(self, make: Callable[[], str], file: str) -> None:
        super().__init__()
        self.on_msg(lambda *_: self.send({"file": file}, [make().encode()]))
