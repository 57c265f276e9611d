"""Decay curves: the share of the instant mIoU left after a delay, used to project LAmIoU."""

from pathlib import Path

import numpy as np
import pandas as pd

from lasegm_core import published
from lasegm_core.data.index.cityscapes import INTERVAL_S
from lasegm_core.experiments.results.result_set import committed_counts, read
from lasegm_core.metric.bootstrap import bootstrap, interval
from lasegm_core.metric.confusion import mean_iou
from lasegm_core.models.registry import REGISTRY
from lasegm_core.reports import tables

CHOICES = {
    "table1": "Table 1 of 000 (Cityscapes)",
    "camvid_labels": "copied labels, CamVid",
    "camvid_runs": "networks, CamVid",
    "toystreet_runs": "networks, ToyStreet",
}
_FOLDERS = {"camvid": "camvid-laptop", "toystreet": "toystreet-laptop"}


def curves(figures: Path) -> pd.DataFrame:
    """Read the share of the instant mIoU that is left at each delay from the committed results.

    The share is mIoU at offset k over mIoU at offset 0, the delay is k intervals. It is averaged
    over networks with a score at the same delay:

    - "table1": the first configuration as printed, four networks of 0.72 to 0.77 mIoU, each at its
      one printed delay;
    - "camvid_labels": the label of t as prediction for t + k, the share left to a perfect network;
    - "camvid_runs", "toystreet_runs": the first configuration as scored here; these networks are
      weaker, and a delay costs nothing on pixels that are wrong anyway.

    Args:
        figures: folder of the committed results.

    Returns:
        `choice`, `delay_s`, `share`, and `ci_low`, `ci_high`: 95 % paired bootstrap interval over
        clips, NaN where the numbers are printed ones. Each curve starts with share 1 at delay 0.
    """
    found = [_table1(), _labels("camvid", figures)]
    found += [_runs(dataset, figures) for dataset in ("camvid", "toystreet")]
    return pd.concat(found, ignore_index=True)[["choice", "delay_s", "share", "ci_low", "ci_high"]]


def _table1() -> pd.DataFrame:
    printed = published.table1()
    delays = printed.loc["offset"].astype(int) * INTERVAL_S
    shares = (printed.loc["configuration_1"] / printed.loc["instant"]).groupby(delays).mean()
    rows = pd.DataFrame({"delay_s": [0.0, *shares.index], "share": [1.0, *shares]})
    return rows.assign(choice="table1", ci_low=np.nan, ci_high=np.nan)


def _labels(dataset: str, figures: Path) -> pd.DataFrame:
    folder = Path(figures) / _FOLDERS[dataset]
    rows = tables.read("decay", folder)
    rows = rows[rows["network"] == ""].rename(columns={"miou": "share"})  # at offset 0 it is 1
    delays = rows["offset"] * read(folder).interval_s
    return rows.assign(choice=f"{dataset}_labels", delay_s=delays)


def _runs(dataset: str, figures: Path) -> pd.DataFrame:
    folder = Path(figures) / _FOLDERS[dataset]
    titles = [path.stem for path in sorted(folder.glob("counts/*-i1-k0-s*.npz"))]
    titles = [title for title in titles if title.split("-")[0] in REGISTRY]
    runs, interval_s = [committed_counts(folder, of) for of in titles], read(folder).interval_s
    rows = []
    for k in range(runs[0].values.shape[1]):
        shares = [mean_iou(run.at(k).sum(0)) / mean_iou(run.at(0).sum(0)) for run in runs]
        draws = [bootstrap(run.at(k)) / bootstrap(run.at(0)) for run in runs]
        ci_low, ci_high = interval(np.mean(draws, 0))
        row = {"delay_s": k * interval_s, "share": np.mean(shares)}
        rows.append({"choice": f"{dataset}_runs", **row, "ci_low": ci_low, "ci_high": ci_high})
    return pd.DataFrame(rows)


def share_left(curve: pd.DataFrame, delay_s: np.ndarray) -> np.ndarray:
    """Interpolate a curve: straight lines between its delays, NaN beyond its last one.

    Args:
        curve: rows of one choice of `curves`.
        delay_s: delays in seconds, any shape.

    >>> curve = pd.DataFrame({"delay_s": [0, 0.06], "share": [1, 0.8]})
    >>> share_left(curve, np.array([0, 0.03, 0.06, 0.061])).round(3).tolist()
    [1.0, 0.9, 0.8, nan]
    """
    known_s = curve["delay_s"].to_numpy(float).round(9)  # 4 * 0.06 is no 0.24 in floats
    return np.interp(np.round(delay_s, 9), known_s, curve["share"], right=np.nan)


def straightness(found: pd.DataFrame) -> pd.DataFrame:
    """Test the straight lines at each curve's first delay, which is left out for that.

    Takes the result of `curves`.

    Returns:
        `choice`, `delay_ms`, `share`, and `straight`, the share that a straight line from delay 0
        to the second delay has there.
    """
    rows = []
    for choice, curve in found.groupby("choice", sort=False):
        first = curve.iloc[1]
        straight = share_left(curve.drop(index=first.name), first["delay_s"])
        row = {"delay_ms": 1000 * first["delay_s"], "share": first["share"], "straight": straight}
        rows.append({"choice": choice, **row})
    return pd.DataFrame(rows).astype({"straight": float})
