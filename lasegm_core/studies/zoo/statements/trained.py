"""What the survey (002) says of accuracy, decided from committed counts by a paired bootstrap.

Two kinds of evidence: networks trained alike on ToyStreet (`zoo_lamiou`), and weights that their
authors publish, trained on Cityscapes and scored on CamVid (`real_video`).
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core.experiments.results.result_set import committed_counts
from lasegm_core.latency.cards import Card
from lasegm_core.models.registry import entry
from lasegm_core.reports.claims import ABOVE_ZERO, COLUMNS, MARGIN, decide, draws
from lasegm_core.studies.zoo.statements.evidence import OWN_COLUMNS, exact, row

ALIKE, PUBLISHED = "trained alike, ToyStreet", "published weights, CamVid"
_NO_WORSE = (-MARGIN, np.inf)
_PAIRS = (  # section, claim, set, the better run and the other one, bounds of the difference
    ("IV-A", "ERFNet is better than ENet", "zoo", "erfnet", "enet", ABOVE_ZERO),
    ("IV-B", "BiSeNetV2 is better than BiSeNet", "zoo", "bisenet_v2", "bisenet", ABOVE_ZERO),
    ("IV-E", f"STDC is as good as BiSeNet (within {MARGIN})", "zoo", "stdc1", "bisenet", _NO_WORSE),
    (
        *("IV-A", "ESPNetV2 is better than ESPNet", "real-video"),
        *("espnet_v2@cityscapes-540x720", "espnet_q8@cityscapes-360x480", ABOVE_ZERO),
    ),
)
_LADDER = ("espnet_v2_s05", "espnet_v2_s10", "espnet_v2_s15", "espnet_v2")
_SIZES = ("360x480", "270x360", "180x240")  # the data's own size, and below


def table(figures: Path) -> pd.DataFrame:
    """Decide by counts of the sets `zoo` and `real-video`, at offset 0.

    Args:
        figures: folder of the committed sets.

    Returns:
        As `claims.table`; `evidence` says whose training it was.

    Raises:
        BadInput: a set holds no such counts, or they are damaged.
    """
    rows = []
    for section, claim, of_set, one, other, bounds in _PAIRS:
        gain = _drawn(figures, of_set, one) - _drawn(figures, of_set, other)
        evidence = ALIKE if of_set == "zoo" else PUBLISHED
        names = (entry(name).title if of_set == "zoo" else name for name in (one, other))
        about = " against ".join(names)
        rows.append(row(decide(section, about, gain, claim, bounds), "mIoU", evidence))
    rows += _sizes(figures)
    return pd.DataFrame(rows, columns=[*COLUMNS, *OWN_COLUMNS])


def _drawn(figures: Path, of_set: str, name: str) -> np.ndarray:
    run = f"{name}-i1-k0-s0" if of_set == "zoo" else name
    return draws(committed_counts(Path(figures) / of_set, run).at(0))


def _sizes(figures: Path) -> Iterable[dict]:
    """Decide section III-A: a smaller input is faster, and costs accuracy."""
    times = Card.load(Path(figures) / "real-video" / "card_ladder.json").latency_s
    for name in _LADDER:
        for larger, smaller in pairwise(_SIZES):
            one, other = (f"{name}@cityscapes-{size}" for size in (larger, smaller))
            about = f"{name}@cityscapes, {smaller} against {larger}"
            gain = exact(1000 * (times[one] - times[other]))
            yield row(decide("III-A", about, gain, "a smaller input is faster"), "ms", PUBLISHED)
            loss = _drawn(figures, "real-video", one) - _drawn(figures, "real-video", other)
            text = "a smaller input costs accuracy"
            yield row(decide("III-A", about, loss, text), "mIoU", PUBLISHED)
