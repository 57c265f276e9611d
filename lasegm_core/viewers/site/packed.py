"""Arrays and times as the page holds them: deflated bytes in base64, exact fractions."""

import base64
import zlib

import numpy as np

from lasegm_core.latency.cards import Card
from lasegm_core.metric.bootstrap import draw_picks
from lasegm_core.metric.confusion import tally
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.offsets import seconds

DRAWS = 2000  # as `bootstrap` takes them


def deflated(values: np.ndarray) -> str:
    """Write the bytes of an array, smallest byte first."""
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little.tobytes(), 9)).decode()


def tallied(counts: Counts) -> dict:
    """Lay out counts (clips, offsets, n, n) as what scores need, (clips, offsets, 3, n)."""
    clips, offsets, classes, _ = counts.values.shape
    tallies = deflated(tally(counts.values).astype(np.uint32))
    return {"clips": clips, "offsets": offsets, "classes": classes, "tallies": tallies}


def picked(clips: int) -> str:
    """Lay out how often each clip is in each resampled set, (draws, clips)."""
    return deflated(draw_picks(clips, DRAWS, 0).astype(np.uint8))


def timed(card: Card, note: str = "") -> dict:
    """Lay out the latencies of a hardware card."""
    latency = {name: str(seconds(latency_s)) for name, latency_s in card.latency_s.items()}
    return {"note": note, "latency": latency}
