"""The content of the viewers: clip frames of a data set, its stored runs, and hardware cards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lasegm_core.data.rendered import is_rendered, rendering_of
from lasegm_core.data.sources import FRAMES, Place
from lasegm_core.experiments.results.result_set import RECORD
from lasegm_core.experiments.stored_runs import StoredRun, stored_runs
from lasegm_core.latency.cards import Card
from lasegm_core.support.machine import CHECKOUT
from lasegm_core.training.profiles import profile
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.facts.hardware import cards, time_here

ONE_FOR_ALL = "one latency for all"  # stands beside the cards in a menu
FIGURES = CHECKOUT and CHECKOUT / "figures"  # committed results; None without a checkout


@dataclass(frozen=True)
class Content:
    """The content of the viewers.

    Attributes:
        clip_frames: the val clips.
        runs: stored runs; empty if only the true labels can be shown.
        cards: hardware cards, by their names in a menu.
        time_here: times the profile's networks on this machine, which takes seconds to minutes, on
            frames of a size as "512x1024"; of the clips' own if it is empty.
        note: describes the content in a sentence.
        checked: describes what is checked while it is shown: the data set, profile and place.
    """

    clip_frames: ClipFrames
    runs: list[StoredRun]
    cards: Mapping[str, Card]
    time_here: Callable[[str], Card]
    note: str
    checked: tuple[str, str, Place] | None = None

    @property
    def start_clip(self) -> str:
        """The number of the clip that is shown first: moving, and with predictions."""
        shown = [of.run for of in self.runs if of.trained]
        return str(self.clip_frames.start(shown))

    @property
    def offsets(self) -> int:
        """The largest offset that the runs were scored at, or 1."""
        scored = (of.counts.values.shape[1] - 1 for of in self.runs if of.counts)
        return next(scored, 0) or 1  # all are of one profile


def load(
    dataset_name: str, profile_name: str, place: Place, figures: Path | None = FIGURES
) -> Content:
    """Find the content of the viewers, in a moment; nothing is trained.

    Runs and rendered data are taken as they are: `facts.checking` compares them with the current
    code and with their digests. Without runs in `place`, committed results are shown. If ToyStreet
    is neither rendered nor committed for the profile, the tiny one of profile "smoke" is shown,
    which takes seconds to render.

    Args:
        dataset_name: name of the data set.
        profile_name: name of the profile.
        place: where runs and data are kept.
        figures: folder of committed results, whose counts replace runs that are not in `place`;
            None uses no committed results.

    Raises:
        BadInput: an unknown name, or the data is missing.
    """
    profile(dataset_name, profile_name)
    place = replace(place, checked=False)
    kept = _committed(dataset_name, profile_name, figures)
    runs = stored_runs(dataset_name, profile_name, place, kept, checked=False)
    rendering = rendering_of(dataset_name, profile_name)
    there = bool(place.results) or rendering is None or is_rendered(rendering, place.cache)
    if kept and (kept / FRAMES).is_dir() and not (there and any(of.trained for of in runs)):
        place, there = replace(place, data_root=None, results=kept), True
        runs = stored_runs(dataset_name, profile_name, place)
    shown = profile_name if there else "smoke"
    folders = {of.run: of.folder for of in runs if of.folder}
    clip_frames = ClipFrames(dataset_name, shown, place, folders)
    return Content(
        clip_frames,
        runs,
        cards(dataset_name, shown, place, figures),
        partial(time_here, dataset_name, shown, place),
        _note(dataset_name, profile_name, runs, clip_frames),
        None if place.results else (dataset_name, profile_name, place),
    )


def written(dataset_name: str, profile_name: str, place: Place) -> list[tuple[str, int]]:
    """List the files that decide what `load` finds, with the times they were written."""
    runs = f"runs/{dataset_name}-{profile_name}/*/[!.]*"
    found = [*place.build.glob(runs), *place.build.glob("cards/*.json")]
    found += place.cache.glob("*/manifest.json")
    return sorted((str(path), path.stat().st_mtime_ns) for path in found if path.is_file())


def _committed(dataset_name: str, profile_name: str, figures: Path | None) -> Path | None:
    """Find the committed results of a profile."""
    kept = figures / f"{dataset_name}-{profile_name}" if figures else None
    return kept if kept and (kept / RECORD).is_file() else None


def _note(dataset_name: str, profile_name: str, runs: list[StoredRun], frames: ClipFrames) -> str:
    number, clips = sum(of.trained for of in runs), len(frames.clips)
    scored = sum(of.counts is not None for of in runs)
    said = f"{dataset_name}, profile {profile_name}: "
    if frames.place.results:
        where = "no run is read from this machine" if number else "no run can be shown"
        said += f"committed results, {where}; predictions of {number} runs on {clips} clips are "
        return said + f"kept, {scored} runs have counts. make reproduce-table1 trains them here."
    said += f"{number} runs are trained here, {scored} have counts"
    said += "" if number else "; make reproduce-table1 trains them"
    if frames.profile != profile_name:
        said += f". The {clips} clips are those of profile {frames.profile}, not of {profile_name}"
    return f"{said}."
