"""The settings of a search, and what it needs: data, tables of costs, steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from lasegm_core.data.pixels.images import open_pixels
from lasegm_core.data.sources import Place, class_table, split_frames
from lasegm_core.metric.offsets import frame_interval, seconds
from lasegm_core.models.networks import space
from lasegm_core.search.aim import Aim
from lasegm_core.search.lateness import Lateness
from lasegm_core.search.lookup import MEASURES, UNITS, Task, ensure_table
from lasegm_core.search.supernet import ASPECTS, gates_of
from lasegm_core.search.table import Table
from lasegm_core.support.errors import BadInput, known
from lasegm_core.training.devices import process_count
from lasegm_core.training.profiles import profile
from lasegm_core.training.recipes import Recipe, recipe

OBJECTIVES = ("lamiou", "instant")


@dataclass(frozen=True)
class Wish:
    """Settings of a search, as the user gives them.

    Attributes:
        objective: "lamiou" or "instant".
        budgets: R of equation 4 by cost, in ms ("latency"), millions ("parameters") or GMAC
            ("operations"). Without any, the objective instant takes MRMS's own latency.
        width: 1, or 0.5 for half of the backbone's channels.
        inputs: number of input frames.
        size: (H, W) of the frames that the costs are measured on; None takes the data's.
        fps: frames a second of the camera; None takes the data's.
        steps: weight steps, and as many architecture steps; None takes those of a run and its base.
        seed: of all random draws.
        optimise: of "operators", "depth" and "resolution", what is decided; the rest is MRMS's.
    """

    objective: str = "lamiou"
    budgets: tuple[tuple[str, float], ...] = ()
    width: float = 1
    inputs: int = 1
    size: tuple[int, int] | None = None
    fps: str | None = None
    steps: int | None = None
    seed: int = 0
    optimise: tuple[str, ...] = ASPECTS


@dataclass(frozen=True)
class Job:
    """A search on a data set, with all that it needs.

    Attributes:
        wish: its settings.
        dataset: name of the data set.
        profile: name of the profile.
        place: where searches and data are kept.
        task: width, frame size, inputs and classes of the networks.
        tables: the tables by cost; the objective lamiou needs that of latencies.
        camera_s: seconds between the frames of the camera.
        aim: budgets, steps and seed.
    """

    wish: Wish
    dataset: str
    profile: str
    place: Place
    task: Task
    tables: Mapping[str, Table]
    camera_s: Fraction
    aim: Aim

    @property
    def recipe(self) -> Recipe:
        """Look up the recipe of the weights: SwiftNet's, with the profile's changes."""
        return recipe("swiftnet", profile(self.dataset, self.profile).changes)

    @property
    def lateness(self) -> Lateness | None:
        """Make the model of k; None for the objective instant."""
        if self.wish.objective == "instant":
            return None
        return Lateness(self.tables["latency"], self.camera_s)

    @property
    def offsets(self) -> int:
        """Compute the largest offset, in the data's frames, that a path is scored at."""
        return ceil(self.lateness.slowest() * self.aim.ratio) if self.lateness else 0


def make_job(wish: Wish, dataset: str, profile_name: str, place: Place) -> Job:
    """Find all that a search needs; missing tables of costs are made.

    Raises:
        BadInput: an invalid value, or missing data.
    """
    _check(wish)
    settings = profile(dataset, profile_name)
    frames = split_frames(dataset, profile_name, place, "train")
    interval = seconds(float(frames["interval_s"].median()))
    camera_s = frame_interval(wish.fps) if wish.fps else interval
    if wish.inputs > 1 and camera_s != interval:
        raise BadInput(
            f"{wish.inputs} input frames are as far apart as the data's: leave out fps, or use one"
        )
    steps = wish.steps or settings.base_steps + (settings.steps or 0)
    if not steps:
        raise BadInput(f"profile {profile_name!r} has no number of steps: name --steps")
    size = wish.size or open_pixels(frames["label"].max()).shape[:2]
    classes = len(class_table(dataset, profile_name, place).names)
    task = Task(wish.width, tuple(size), wish.inputs, classes)
    names = {name: None for name, _ in wish.budgets}
    if wish.objective == "lamiou" or not names:
        names["latency"] = None
    tables = {name: ensure_table(name, task, place.build) for name in names}
    aim = Aim(_budgets(wish, tables), camera_s / interval, steps, wish.seed, _ordered(wish))
    return Job(wish, dataset, profile_name, place, task, tables, camera_s, aim)


def _check(wish: Wish) -> None:
    known("objective", wish.objective, OBJECTIVES)
    if wish.width not in space.WIDTHS:
        raise BadInput(f"width {wish.width!r} must be {' or '.join(map(str, space.WIDTHS))}")
    if not wish.optimise:
        raise BadInput(f"nothing to optimise: name some of {', '.join(ASPECTS)}")
    for aspect in wish.optimise:
        known("aspect", aspect, ASPECTS)
    for name, value in wish.budgets:
        known("cost", name, MEASURES)
        if not 0 < value < float("inf"):
            raise BadInput(f"budget {name}={value} must be above 0")
    for name in ("steps", "inputs"):
        value = getattr(wish, name)
        if value is not None and value < 1:
            raise BadInput(f"{name} {value} must be 1 or more")
    if process_count() > 1:
        raise BadInput("a search is one process: start it without torchrun")


def _ordered(wish: Wish) -> tuple[str, ...]:
    """Sort what is optimised, so that its order on the command line decides nothing."""
    return tuple(aspect for aspect in ASPECTS if aspect in wish.optimise)


def _budgets(wish: Wish, tables: Mapping[str, Table]) -> tuple[tuple[str, float], ...]:
    if wish.budgets or wish.objective == "lamiou":
        return tuple((name, value * UNITS[name][1]) for name, value in wish.budgets)
    mrms = gates_of(space.MRMS._replace(width=wish.width))
    return (("latency", tables["latency"].cost(mrms).item()),)
