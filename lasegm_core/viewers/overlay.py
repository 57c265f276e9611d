"""The overlay viewer: a frame, a run's prediction, its label, and where they differ."""

import ipywidgets as w

from lasegm_core.viewers.clips import ClipViewer, Scene
from lasegm_core.viewers.content import Content

TRUE_LABELS = ("true labels", "")


class Overlay(ClipViewer):
    """A clip frame by frame, under the predicted or the true classes.

    Args:
        content: clips and runs; without any run the true labels are shown.
        state: what is shown at first, by the names of `state`: `run`, `clip`, `frame`, `show`, ...
    """

    name = "overlay"

    def __init__(self, content: Content, **state) -> None:
        self.runs = {of.run.title: of for of in content.runs if of.trained}
        options = [(of.title, title) for title, of in self.runs.items()]
        self.run = w.Dropdown(
            options=[*options, TRUE_LABELS], description="run", layout=w.Layout(width="420px")
        )
        shows = ("image", "prediction", "label", "errors")
        start = {"show": "prediction" if options else "label"}
        super().__init__(content.clip_frames, 1, shows, {"run": self.run}, start | state)

    def scenes(self, frame: int) -> list[Scene]:
        """Show the frame with the run's prediction and its label."""
        clip, label = self.clip_name, self.label(frame)
        run = self.runs[self.run.value].run if self.run.value else None
        if run:
            self.clip_frames.work_ahead((run,), clip)
        ids = self.clip_frames.prediction(run, clip, frame) if run else b""
        title = f"{self.run.label}, clip {clip}, frame {frame}"
        return [Scene(title, self.clip_frames.image(clip, frame), ids, label=label)]
