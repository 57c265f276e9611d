"""A better flow is told from a worse one by what it carries."""

import numpy as np

from lasegm_core.studies.flow import quality
from lasegm_core.studies.flow.recovery import LABELS
from tests.helpers.scored import counts_of


def carried(*scores):
    """Counts (seeds, blocks, offsets, n, n) that score so at the offsets."""
    return np.stack([counts_of(score) for score in scores], axis=2)


def test_each_thing_carried_is_decided_at_each_distance():
    found = {
        ("enet", quality.FASTEST): carried(0.6, 0.5, 0.5, 0.5, 0.3),
        ("enet", quality.BEST): carried(0.6, 0.5, 0.5, 0.5, 0.4),
        (LABELS, quality.FASTEST): carried(1.0, 0.8),
        (LABELS, quality.BEST): carried(1.0, 0.7),
    }
    verdict = quality.verdicts(found).set_index("subject")["verdict"]
    assert verdict.to_dict() == {
        "ENet, k = 1": "inconclusive",
        "ENet, k = 4": "holds",
        "labels, k = 1": "does not hold",
    }
