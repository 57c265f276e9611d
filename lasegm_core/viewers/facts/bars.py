"""The bars of a ranking, and of the ages of a run's predictions."""

from lasegm_core.experiments.stored_runs import HERE
from lasegm_core.metric.offsets import Seconds
from lasegm_core.studies.streaming.ranking import Shares
from lasegm_core.viewers.browser.colors import css
from lasegm_core.viewers.facts.best import mean_age


def bar(row, instant: dict[str, float], order: list[str], several: bool) -> dict:
    """Describe the bar of a run.

    Args:
        row: of the result of `ranking.rank`, as `itertuples` gives it.
        instant: instant mIoU by network, drawn faintly behind.
        order: the networks by instant mIoU, the best first.
        several: the runs are of several machines, so that each is marked.
    """
    words = [f"{row.latency_ms:.0f} ms"] if row.latency_ms == row.latency_ms else []
    if isinstance(row.shares, dict):
        of_all = f"k = {min(row.shares)}" if len(row.shares) == 1 else ""
        words.append(of_all or f"mean age {mean_age(row.shares):.2f} frames")
    where = f" ({'here' if row.machine == HERE else 'committed'})" if several else ""
    found = {"key": row.run, "name": row.name + where, "color": css(row.network), "value": 0.0}
    found |= {"instant": instant.get(row.network, 0.0)}
    if row.note:
        return found | {"text": "; ".join([row.note, *words])}
    if row.network in order:
        words.append(f"instant {instant[row.network]:.3f} (rank {order.index(row.network) + 1})")
    score = f"{row.miou:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]"
    scores = {"value": row.miou, "ci_low": row.ci_low, "ci_high": row.ci_high}
    return found | scores | {"text": "; ".join([score, *words])}


def ages(shares: Shares, camera_s: Seconds, color: str) -> list[dict]:
    """Describe a bar for each age of the newest prediction."""
    return [
        {
            "key": str(age),
            "name": f"k = {age}, {1000 * age * float(camera_s):.0f} ms",
            "value": float(share),
            "text": f"{100 * float(share):.1f} % of the frames",
            "color": color,
        }
        for age, share in shares.items()
    ]
