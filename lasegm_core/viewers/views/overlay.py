"""The overlay viewer: a frame, a run's prediction, its label, and where they differ."""

from lasegm_core.viewers.content import Content
from lasegm_core.viewers.views.clips import ClipViewer
from lasegm_core.viewers.views.runs_menu import run_menu
from lasegm_core.viewers.views.saved import Scene

TRUE_LABELS = "true labels"


class Overlay(ClipViewer):
    """A clip frame by frame, under the predicted or the true classes.

    Args:
        content: clips and runs; without any run the true labels are shown.
        state: what is shown at first, by the names of `state`: `run`, `clip`, `frame`, `show`, ...
    """

    name = "overlay"
    about = (
        "A clip, frame by frame",
        "Before numbers one looks at what a network sees, and where it errs.",
        "press the space bar to play, choose errors, and press a class in the table to hide it.",
    )

    def __init__(self, content: Content, **state) -> None:
        self.runs = {of.run.title: of for of in content.runs}
        self.run = run_menu(content.runs, "run", TRUE_LABELS)
        shows = ("image", "prediction", "label", "errors")
        start = {"show": "prediction" if self.run.value else "label"}
        start |= {"clip": content.start_clip}
        super().__init__(content.clip_frames, 1, shows, {"run": self.run}, start | state)

    def scenes(self, frame: int) -> list[Scene]:
        """Show the frame with the run's prediction and its label."""
        clip, label = self.clip_name, self.label(frame)
        run = self.runs[self.run.value].run if self.run.value else None
        if run is None and self.show.value in ("prediction", "errors"):
            label = self.clip_frames.label(clip, frame)
        if run:
            self.clip_frames.predictions.work_ahead((run,), clip)
        ids = self.predicted(run, frame) if run else b""
        title = f"{self.run.label}, clip {clip}, frame {frame}"
        return [Scene(title, self.clip_frames.image(clip, frame), ids, label=label)]
