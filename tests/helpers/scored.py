"""Counts that score about what is wanted, or about what the paper printed."""

import numpy as np

from lasegm_core import published
from lasegm_core.experiments import grids
from lasegm_core.experiments.results.result_set import counts_file
from lasegm_core.metric.counts import Counts
from lasegm_core.training.recipes import NETWORKS


def counts_of(score, clips=40, noise=0.0, seed=0, seeds=1):
    """Counts of two classes whose mIoU is about `score`."""
    hits = 1000 * 2 * score / (1 + score)
    chance = np.random.default_rng(seed)
    right = np.clip(hits + noise * chance.standard_normal((seeds, clips, 2)), 0, 1000)
    values = np.zeros((seeds, clips, 2, 2))
    values[..., 0, 0], values[..., 0, 1] = right[..., 0], 1000 - right[..., 0]
    values[..., 1, 1], values[..., 1, 0] = right[..., 1], 1000 - right[..., 1]
    return values.round()


def save_counts(score, name, folder, offsets=7):
    """Save the counts of a run, whose mIoU is about `score` at every offset, or one at each."""
    scores = score if isinstance(score, tuple) else (score,) * offsets
    values = np.stack([counts_of(of)[0] for of in scores], axis=1)  # (clips, offsets, n, n)
    Counts(values, tuple(map(str, range(len(values))))).save(counts_file(folder, name))


def paper_counts():
    """Counts that score about what the paper printed."""
    printed = published.table1()
    return {
        (quantity, network): counts_of(printed.loc[quantity, network])
        for network in NETWORKS
        for quantity in grids.QUANTITIES
    }
