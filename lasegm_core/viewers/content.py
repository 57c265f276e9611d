"""The content of the viewers: clip frames of a data set, its stored runs, and hardware cards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lasegm_core.data.rendered import is_rendered, rendering_of
from lasegm_core.data.sources import Place
from lasegm_core.experiments.results.result_set import RECORD
from lasegm_core.experiments.setting import hardware_card, local_card_path
from lasegm_core.experiments.stored_runs import StoredRun, stored_runs
from lasegm_core.latency.cards import Card, card, names
from lasegm_core.support.machine import CHECKOUT
from lasegm_core.training.profiles import profile
from lasegm_core.viewers.clip_frames import ClipFrames

HERE = "this machine"
ONE_FOR_ALL = "one latency for all"  # stands beside the cards in a menu
FIGURES = CHECKOUT and CHECKOUT / "figures"  # committed results; None without a checkout


@dataclass(frozen=True)
class Content:
    """The content of the viewers.

    Attributes:
        clip_frames: the val clips.
        runs: stored runs; empty if only the true labels can be shown.
        cards: hardware cards, by their names in a menu.
        time_here: times the profile's networks on this machine, which takes seconds to minutes.
        note: describes the content in a sentence.
    """

    clip_frames: ClipFrames
    runs: list[StoredRun]
    cards: dict[str, Card]
    time_here: Callable[[], Card]
    note: str

    @property
    def offsets(self) -> int:
        """The largest offset that a run was scored at, or 1."""
        return max((of.counts.values.shape[1] - 1 for of in self.runs if of.counts), default=0) or 1


def load(
    dataset_name: str, profile_name: str, place: Place, figures: Path | None = FIGURES
) -> Content:
    """Find the content of the viewers; nothing is trained.

    If ToyStreet is not rendered for the profile yet, the tiny one of profile "smoke" is shown,
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
    rendering = rendering_of(dataset_name, profile_name)
    there = bool(place.results) or rendering is None or is_rendered(rendering, place.cache)
    clip_frames = ClipFrames(dataset_name, profile_name if there else "smoke", place)
    kept = figures / f"{dataset_name}-{profile_name}" if figures else None
    kept = kept if kept and (kept / RECORD).is_file() else None
    runs = stored_runs(dataset_name, profile_name, place, kept)
    shown = (dataset_name, clip_frames.profile)
    return Content(
        clip_frames,
        runs,
        _cards(dataset_name, clip_frames.profile, place, figures),
        lambda: hardware_card("local", *shown, place),
        _note(dataset_name, profile_name, runs),
    )


def _cards(
    dataset_name: str, profile_name: str, place: Place, figures: Path | None
) -> dict[str, Card]:
    """Collect this machine's card, if there is one, the printed and the committed ones."""
    local = local_card_path(dataset_name, profile_name, place)
    found = {HERE: Card.load(local)} if local.is_file() else {}
    found |= {_title(of): of for of in map(card, names())}
    for path in sorted(figures.glob("hardware/*.json")) if figures else []:
        found[f"{path.stem} (measured)"] = Card.load(path)
    return found


def _title(of: Card) -> str:
    return f"{of.hardware}, {of.device} ({of.kind})"


def _note(dataset_name: str, profile_name: str, runs: list[StoredRun]) -> str:
    trained = sum(of.trained for of in runs)
    scored = sum(of.counts is not None for of in runs)
    return (
        f"{dataset_name}, profile {profile_name}: {trained} runs are trained here, {scored} have "
        f"counts{'' if trained else '; make reproduce-table1 trains them'}."
    )
