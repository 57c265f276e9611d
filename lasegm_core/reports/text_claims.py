"""Claims of the paper's text beside Table 1: of Figures 3 and 4, sections 5.2 and 5.3."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lasegm_core.data.labels import Classes
from lasegm_core.experiments.grids import DECAYING, DEVICES, Cell
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.reports.claims import COLUMNS, Scores, attempt, decide, decide_all, draws

TWO_FRAMES = "an offset of 2 frames costs 0.10 or more"
CROSSING = "DeepLab-R101 leads by instant mIoU, SwiftNet-R18 on the slowest hardware"
FUTURE = "the future label (2) beats the present one (1)"
MOVING = "the future label (2) gains on the classes that move"
MORE = "the future label (2) gains more on the classes that move than on the others"
MOVERS = {  # of Cityscapes, CamVid and Virtual KITTI 2, in small letters
    *("person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle"),
    *("pedestrian", "bicyclist", "van"),
}
_TRAINED, _LOST = "configuration_3", (0.10, np.inf)


def two_frames(grid: list[Cell], values: list[np.ndarray | str]) -> pd.DataFrame:
    """Decide Figure 3: whether the networks, trained at each offset, lose 0.10 within 2 frames.

    Args:
        grid: `grids.figure3`.
        values: the counts of its cells, as `cells.ensure_cells` gives them.

    Returns:
        As `claims.verdicts`; the first row is about every network.
    """
    of = _drawn(grid, values)
    names = list(dict.fromkeys(cell.network for cell in grid if cell.quantity == _TRAINED))
    losses = [attempt(_loss, of, name) for name in names]
    text = {"number": "Figure 3", "claim": TWO_FRAMES, "bounds": _LOST}
    rows = [decide_all(subject=f"every network ({len(names)})", differences=losses, **text)]
    rows += [
        decide(subject=name, difference=of, **text) for name, of in zip(names, losses, strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def crossing(grid: list[Cell], values: list[np.ndarray | str], setting: Setting) -> pd.DataFrame:
    """Decide Figure 4: whether the order turns between no latency and the slowest hardware.

    Args:
        grid: `grids.figure4`.
        values: the counts of its cells, as `cells.ensure_cells` gives them.
        setting: its interval and latencies.

    Returns:
        As `claims.verdicts`, one row: the lead that decides it.
    """
    leads = attempt(_leads, _drawn(grid, values), setting)
    row = decide_all("Figure 4", "deeplab_r101", leads, claim=CROSSING)
    return pd.DataFrame([row], columns=COLUMNS)


def _drawn(grid: list[Cell], values: list[np.ndarray | str]) -> dict:
    return {
        (cell.quantity, cell.network, cell.offset): draws(counts)
        for cell, counts in zip(grid, values, strict=True)
        if not isinstance(counts, str)
    }


def _loss(of: dict, network: str) -> np.ndarray:
    return of[_TRAINED, network, 0] - of[_TRAINED, network, 2]


def _leads(of: dict, setting: Setting) -> list[np.ndarray]:
    """Return the claimed leads: of the slow network at once, of the fast one when both are late."""
    slow, fast = DECAYING
    late = {name: setting.offset(name, card(DEVICES[-1])) for name in DECAYING}
    at_once = of["instant", slow, 0] - of["instant", fast, 0]
    return [at_once, of[_TRAINED, fast, late[fast]] - of[_TRAINED, slow, late[slow]]]


def future_label(counts: dict[tuple[str, str], np.ndarray | str], classes: Classes) -> pd.DataFrame:
    """Decide section 5.2: whether the future label gains at all, and on what moves.

    The paper conjectures that one frame tells the movement of objects. Then their classes must gain
    by the future label; that they do so by their orientation is not decided.

    Args:
        counts: as `cells.ensure_counts` gives them, of configurations 1 and 2.
        classes: of the data set.

    Returns:
        As `claims.verdicts`; for each claim a row about every network, then one for each.
    """
    networks = list(dict.fromkeys(network for _, network in counts))
    movers = [number for number, name in enumerate(classes.names) if name.lower() in MOVERS]
    others = [number for number in range(len(classes.names)) if number not in movers]
    gains = [attempt(_future_gains, counts, name, (None, movers, others)) for name in networks]
    rows = []
    for claim, pick in (
        (FUTURE, lambda whole, moving, still: whole),
        (MOVING, lambda whole, moving, still: moving),
        (MORE, lambda whole, moving, still: moving - still),
    ):
        rows += _each("5.2", claim, networks, [of and pick(*of) for of in gains])
    return pd.DataFrame(rows, columns=COLUMNS)


def _future_gains(counts: dict, network: str, subsets: Iterable) -> list[np.ndarray] | None:
    """Return what configuration 2 gains over 1, over each set of classes; None without counts."""
    now, later = (counts[f"configuration_{number}", network] for number in (1, 2))
    if isinstance(now, str) or isinstance(later, str):
        return None
    return [draws(later, subset) - draws(now, subset) for subset in subsets]


def _each(
    number: str, claim: str, networks: list[str], gains: list[np.ndarray | None]
) -> Iterable[dict]:
    yield decide_all(number, f"every network ({len(networks)})", gains, claim)
    for name, gain in zip(networks, gains, strict=True):
        yield decide(number, name, gain, claim)


def ablation(counts: dict[tuple[str, str], np.ndarray | str], plain: str) -> pd.DataFrame:
    """Decide section 5.3: whether the gain of translated inputs comes from the width alone.

    Args:
        counts: of configuration 3, by (quantity, network); names end in t<N> for translations and
            in w<N> for their width alone.
        plain: the network without either.

    Returns:
        As `verdicts`, a row a question and N.
    """
    scores = Scores(counts)
    rows = []
    for name in scores.networks:
        if name.startswith(f"{plain}_t"):
            number = name.removeprefix(f"{plain}_t")
            width = f"{plain}_w{number}"
            for claim, after, before in (
                ("both beat the plain network", name, plain),
                ("the width alone beats the plain network", width, plain),
                ("translations beat the same width without them", name, width),
            ):
                gain = attempt(scores.difference, "configuration_3", after, before)
                rows.append(decide("5.3", f"N = {number}", gain, claim))
    return pd.DataFrame(rows, columns=COLUMNS)


def say_ablation(found: pd.DataFrame) -> str:
    """Sum up the ablation's verdicts in one sentence."""
    tally = found.groupby("claim", sort=False)["verdict"].agg(", ".join)
    numbers = ", ".join(dict.fromkeys(found["subject"].str.removeprefix("N = ")))
    return f"For N = {numbers}: " + "; ".join(f"{claim}: {of}" for claim, of in tally.items()) + "."
