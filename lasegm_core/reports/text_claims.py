"""Claims of the paper's text beside Table 1: of Figure 3, Figure 4 and section 5.3."""

import numpy as np
import pandas as pd

from lasegm_core.experiments.grids import DECAYING, DEVICES, Cell
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.reports.claims import COLUMNS, Scores, attempt, decide, decide_all, draws

TWO_FRAMES = "an offset of 2 frames costs 0.10 or more"
CROSSING = "DeepLab-R101 leads by instant mIoU, SwiftNet-R18 on the slowest hardware"
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
