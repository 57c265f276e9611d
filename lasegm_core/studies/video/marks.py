"""What the learned parts were trained on, marked in the tables of paper 001.

Where training frames are too far apart (CamVid), parts are trained on one half of val and scored on
the other, which is the same drive through the same streets.
"""

import re

import numpy as np
import pandas as pd

from lasegm_core.studies.video.parts.methods import METHODS

HALF = "the other half of val"
_MARK = f", parts trained on {HALF}"
_LEARNED = (1, 2, 5, 6, 7, 8, 10, 11)  # claims that compare what was learned


def methods(table: pd.DataFrame, halves: bool) -> pd.DataFrame:
    """Add `trained_on` to a table with a row a method, empty where nothing is learned.

    Args:
        table: has `method`, and `policy` if it is of streams; predicting a deviation is learned.
        halves: the parts were trained on halves of val; else on train.
    """
    learned = table["method"].map(lambda name: name in METHODS and METHODS[name].learned)
    if "policy" in table:
        learned |= table["policy"].str.startswith("deviation")
    return table.assign(trained_on=np.where(learned, HALF if halves else "train", ""))


def subjects(verdicts: pd.DataFrame, halves: bool) -> pd.DataFrame:
    """Mark the subjects of verdicts on parts that were trained on halves of val, once."""
    if not halves:
        return verdicts
    of_streams = verdicts["subject"].str.contains("adaptive_fuse|deviation")
    learned = verdicts["number"].isin(_LEARNED) | ((verdicts["number"] == 4) & of_streams)
    bare = verdicts["subject"].str.replace(re.escape(_MARK) + "$", "", regex=True)
    return verdicts.assign(subject=bare + np.where(learned, _MARK, ""))


def titles(table: pd.DataFrame) -> pd.Series:
    """Return the titles of methods, with a mark where they were trained on halves of val."""
    return table["title"] + np.where(table["trained_on"] == HALF, _MARK, "")
