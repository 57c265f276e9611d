"""The direction of a blur: gradients of class probabilities along and across the true motion."""

import numpy as np
import pandas as pd

from lasegm_core.data.sources import Place
from lasegm_core.experiments.grids import Cell
from lasegm_core.metric.bootstrap import interval
from lasegm_core.reports.samples import samples
from lasegm_core.studies.flow.flow import between

LEAST_MOTION = 0.5  # pixels between the two frames; slower pixels have no direction


def motion(image: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Estimate the motion from one frame to a later one, at the full size of the frames.

    Args:
        image: uint8 RGB of shape (H, W, 3).
        later: the same, of the later frame.

    Returns:
        float32 (H, W, 2): pixels to the right and down.
    """
    return between("dis_full", image, later)


def energies(probabilities: np.ndarray, flow: np.ndarray) -> tuple[float, float]:
    """Sum the squared gradients of the class probabilities along and across the motion.

    Args:
        probabilities: (K, H, W).
        flow: (H, W, 2), pixels to the right and down.

    Returns:
        Along and across, over pixels that move by at least `LEAST_MOTION`.

    >>> edges = np.zeros((1, 8, 8))
    >>> edges[0, :, 4:] = 1  # an upright edge
    >>> right = np.zeros((8, 8, 2))
    >>> right[..., 0] = 1
    >>> energies(edges, right)
    (4.0, 0.0)
    """
    down, right = np.gradient(probabilities, axis=(-2, -1))
    length = np.linalg.norm(flow, axis=-1)
    moves = length >= LEAST_MOTION
    x, y = (flow / np.maximum(length, 1e-6)[..., None])[moves].T
    along = right[:, moves] * x + down[:, moves] * y
    across = down[:, moves] * x - right[:, moves] * y
    return float((along**2).sum()), float((across**2).sum())


def ratio(sums: np.ndarray) -> float:
    """Divide the gradient along the motion by that across, root mean square.

    Args:
        sums: (clips, 2), the energies of each clip.
    """
    along, across = sums.sum(0)
    return float(np.sqrt(along / across))


def bootstrap_ratio(
    sums: np.ndarray, over: np.ndarray, draws: int = 2000, seed: int = 0
) -> np.ndarray:
    """Resample clips and divide the ratio of a network by that of another.

    Args:
        sums: (clips, 2), the energies of each clip.
        over: the same of the other network.
        draws: number of resampled sets.
        seed: of the resampling.

    Returns:
        (draws,) ratio of `sums` over that of `over`, on the same clips.
    """
    clips = len(sums)
    picks = np.random.default_rng(seed).multinomial(clips, np.full(clips, 1 / clips), size=draws)
    ours, theirs = picks @ sums, picks @ over
    return np.sqrt(ours[:, 0] / ours[:, 1]) / np.sqrt(theirs[:, 0] / theirs[:, 1])


def measure(cells: dict[str, Cell], place: Place) -> pd.DataFrame:
    """Measure the blur of a network's three configurations on the last scored frame of each clip.

    Args:
        cells: the network's cells by quantity; the others are compared with configuration 1.
        place: where runs and data are kept.

    Returns:
        A row a configuration: `along_over_across`, and `against_instant`, its ratio to that of
        configuration 1, with its 95 % interval over clips `ci_low`, `ci_high`.
    """
    names = ["configuration_1", "configuration_2", "configuration_3"]
    sums = {name: _energies_of(cells[name], place) for name in names}
    first = sums[names[0]]
    rows = []
    for name in names:
        ci_low, ci_high = interval(bootstrap_ratio(sums[name], first))
        own = ratio(sums[name])
        row = {"configuration": name, "along_over_across": own}
        rows.append(
            row | {"against_instant": own / ratio(first), "ci_low": ci_low, "ci_high": ci_high}
        )
    return pd.DataFrame(rows)


def _energies_of(cell: Cell, place: Place) -> np.ndarray:
    found = samples(cell.runs[0], cell.offset, place)
    return np.array([energies(of.probabilities, motion(of.image, of.target)) for of in found])


def say(blur: pd.DataFrame) -> str:
    """Say in one sentence in which direction configurations 2 and 3 blur."""
    words = []
    for row in blur.iloc[1:].itertuples():
        lies = "along" if row.ci_high < 1 else "across" if row.ci_low > 1 else "along nor across"
        frames = "one frame" if row.configuration == "configuration_2" else "two frames"
        numbers = f"{row.against_instant:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]"
        neither = "neither " if "nor" in lies else ""
        words.append(f"with {frames} the blur lies {neither}{lies} the motion ({numbers})")
    return "; ".join(words) + "."
