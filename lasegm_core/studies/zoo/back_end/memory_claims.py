"""Verdicts on what FarSee-Net's paper (003, IV-C) gives as the reason for its times in Table I."""

import numpy as np
import pandas as pd

from lasegm_core.metric.bootstrap import draw_picks
from lasegm_core.reports.claims import FAILS, HOLDS, decide
from lasegm_core.studies.zoo.back_end.memory import MODELS, TIMES, left_out, ratios

_DRAWS = 2000  # of the bootstrap over the tests
_FULL, _HALF = "1024x2048", "512x1024"
UNTIMED = "not timed"


def verdicts(found: pd.DataFrame) -> pd.DataFrame:
    """Decide the parts of the reason.

    Args:
        found: result of `memory.traffic`, with both methods at full and at half size.

    Returns:
        A row a part: `claim`, `evidence` (as text) and `verdict`. Counts decide exactly. Of two
        models that one is better whose error of a left-out time is smaller, if the 95 % interval of
        the difference, by paired bootstrap over the tests, lies on one side of 0.
    """
    at = ratios(found).set_index("size")
    rows = [
        _layers(found),
        _exact(
            f"method 4 moves more through memory at {_FULL}, more so than it computes",
            f"{at.gigabytes[_FULL]:.2f}x bytes, {at.gmac[_FULL]:.2f}x operations",
            at.gigabytes[_FULL] > max(1, at.gmac[_FULL]),
        ),
        _exact(
            f"memory traffic alone turns the order between {_FULL} and {_HALF}",
            f"method 4 over 1: {at.gigabytes[_FULL]:.2f}x bytes, {at.gigabytes[_HALF]:.2f}x; "
            f"printed times {at.latency_s[_FULL]:.2f}x, {at.latency_s[_HALF]:.2f}x",
            at.gigabytes[_FULL] > 1 > at.gigabytes[_HALF],
        ),
    ]
    return pd.DataFrame([*rows, *(_better(found, times) for times in TIMES)])


def _exact(claim: str, evidence: str, true: bool) -> dict[str, str]:
    return {"claim": claim, "evidence": evidence, "verdict": HOLDS if true else FAILS}


def _layers(found: pd.DataFrame) -> dict[str, str]:
    at = found[found["size"] == _FULL].set_index("network")["operators"]
    first, fourth = at["farseenet_m1"], at["farseenet"]
    claim = "method 4 has more layers than method 1"
    return _exact(claim, f"{fourth} operators, {first}", fourth > first)


def _better(found: pd.DataFrame, times: str) -> dict[str, str]:
    """Compare memory traffic with operations as what explains the times."""
    claim = f"memory traffic explains the times {TIMES[times]} better than operations"
    told = found.dropna(subset=times)
    if len(told) < len(found):
        return {"claim": claim, "evidence": "", "verdict": UNTIMED}
    models = MODELS["operations"], MODELS["memory traffic"]
    by_operations, by_traffic = (left_out(told, times, of) for of in models)
    gains = by_operations - by_traffic
    picks = draw_picks(len(told), _DRAWS, seed=0) / len(told)
    found = decide("", "", np.concatenate([[gains.mean()], picks @ gains]), claim)
    evidence = (
        f"mean error of a left-out time {_percent(np.mean(by_traffic))} by traffic, "
        f"{_percent(np.mean(by_operations))} by operations; "
        f"difference [{_percent(-found['ci_high'], '+')}, {_percent(-found['ci_low'], '+')}]"
    )
    return {"claim": claim, "evidence": evidence, "verdict": found["verdict"]}


def _percent(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.1f} %"
