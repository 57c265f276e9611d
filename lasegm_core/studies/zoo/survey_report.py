"""Table IV of the survey for people: the printed value beside ours in every cell, and footnotes."""

import numpy as np
import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.reports.tables import formatted
from lasegm_core.studies.zoo.survey import MEASURED, PRINTED, REAL_TIME

_WORKSTATION = {size: name for name, (device, size) in PRINTED.items() if device == "RTX 3090"}


def readable(speeds: pd.DataFrame, card: Card) -> pd.DataFrame:
    """Lay out the result of `survey.table`, a row a network; a number in brackets names a note.

    As printed, an asterisk marks a network that was not timed by its authors' code; what is printed
    bold or red (less than 30 frames a second) has that word behind it.

    Args:
        speeds: result of `survey.table`.
        card: the card of that table.
    """
    stars = speeds["authors_code"].map({True: "", False: "*"})
    marks = [f" [{number}]" if number else "" for number in _numbers(speeds)]
    shown = {
        "network": speeds["title"] + stars + marks,
        "year": speeds["year"].map(lambda year: formatted(year, "{:.0f}")),
        "category": speeds["category"].fillna("-"),
        "parameters (M), printed / ours": _joined(
            _printed(speeds, "parameters"), _texts(speeds["ours"], "{:.3g}")
        ),
        "mIoU (%) as printed, Cityscapes val / test / CamVid": _joined(
            *(_printed(speeds, of) for of in ("val", "test", "camvid"))
        ),
    }
    for size in dict.fromkeys([*_WORKSTATION, card.facts["size"]]):
        cells = [_printed(speeds, _WORKSTATION[size])] if size in _WORKSTATION else []
        heads = ["RTX 3090"] if size in _WORKSTATION else []
        if size == card.facts["size"]:
            passes = _texts(speeds["passes"], " ({:.0f})", "")
            cells += [_texts(speeds["mean"], "{:.3g}") + passes, _texts(speeds["median"], "{:.3g}")]
            heads += ["here, mean (passes)", "here, end to end"]
        shown[f"fps at {size}: {' / '.join(heads)}"] = _joined(*cells)
    shown["fps at 256x512: Jetson"] = _printed(speeds, "jetson_xavier")
    return pd.DataFrame(shown)


def _printed(speeds: pd.DataFrame, column: str) -> pd.Series:
    """Write a printed column, with the marks that Table IV prints."""
    bold = [column in names.split(", ") for names in speeds["bold"]]
    red = column in PRINTED and speeds[column] < REAL_TIME
    marks = np.where(bold, " bold", "") + np.where(red, " red", "").astype(object)
    return _texts(speeds[column], "{:g}") + marks


def _texts(values: pd.Series, form: str, missing: str = "-") -> pd.Series:
    return values.map(lambda value: formatted(value, form, missing))


def _joined(*columns: pd.Series) -> pd.Series:
    return pd.Series([" / ".join(cells) for cells in zip(*columns, strict=True)])


def _numbers(speeds: pd.DataFrame) -> list[int]:
    """Number the networks with a note, 0 for those without."""
    noted = speeds["notes"] != ""
    return (noted.cumsum() * noted).tolist()


def footnotes(speeds: pd.DataFrame) -> str:
    """List what is known to be wrong with printed numbers; they are not corrected."""
    rows = zip(_numbers(speeds), speeds["title"], speeds["notes"], strict=True)
    return " ".join(f"[{number}] {title}: {notes}." for number, title, notes in rows if number)


def ranks(correlations: pd.DataFrame) -> pd.DataFrame:
    """Lay out the result of `survey.correlations`."""
    rows = list(correlations.itertuples())
    interval = [f"{row.spearman:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}]" for row in rows]
    return pd.DataFrame(
        {
            "printed order": ["{}, {}".format(*PRINTED[row.printed]) for row in rows],
            "compared with": [_name(row.other) for row in rows],
            "networks": correlations["networks"],
            "Spearman's rho [95 % interval]": interval,
        }
    )


def _name(other: str) -> str:
    return (
        f"here, {MEASURED[other]}"
        if other in MEASURED
        else "printed: {}, {}".format(*PRINTED[other])
    )


def caption(speeds: pd.DataFrame, card: Card) -> str:
    """Describe what was timed, where and how, and the errors in the printed numbers."""
    facts, timed = card.facts, speeds["mean"].notna().sum()
    warm_up = facts["warm_up_calls"]
    passes = speeds["passes"].dropna().astype(int)
    number = f"{passes.min()} to {passes.max()}" if passes.nunique() > 1 else f"{passes.max()}"
    return (
        f"{timed} of {len(speeds)} networks timed on {card.device}, frames of {facts['size']}, "
        f"{facts['precision']}, batch 1, {facts['software']}, after {warm_up} calls. "
        f"Mean: the survey's method, of {number} forward passes of a random tensor, the model "
        "alone (the survey: 100). End to end: the median, from uint8 frames to uint8 class ids in "
        f"host memory. Weights are random. Commit {facts['commit']}, {facts['date']}. Printed "
        "numbers stand as they are printed, and so do the marks: * not timed by the authors' code, "
        f"bold the top result, red less than {REAL_TIME} frames a second. {footnotes(speeds)}"
    )


def say(correlations: pd.DataFrame) -> str:
    """Say in one sentence how far the survey's order holds here, and on its Jetson.

    Args:
        correlations: as `survey.correlations` gives them; told is the first size of the RTX 3090.
    """
    first = correlations[correlations["printed"] == correlations["printed"].iloc[0]]
    words = [
        f"{row.spearman:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}] with {_name(row.other)} "
        f"({row.networks} networks)"
        for row in first.dropna(subset="spearman").itertuples()
    ]
    head = "{}, {}".format(*PRINTED[first["printed"].iloc[0]])
    return f"The order of speed printed for the {head}: Spearman's rho {'; '.join(words)}."
