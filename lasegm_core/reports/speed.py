"""LAmIoU over the speed of the hardware, and the speeds at which the order of networks flips."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd

from lasegm_core.experiments.grids import DEVICES
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import PRINTED_ON, card
from lasegm_core.metric.offsets import frame_offset, seconds
from lasegm_core.models.registry import entry

COLUMNS = ["network", "kind", "ratio", "latency_ms", "offset", "miou", "ci_low", "ci_high"]


def targets(setting: Setting) -> pd.DataFrame:
    """Find the frame that each network is compared with, and how long its prediction waits for it.

    The wait, or slack, is what LAmIoU adds to the latency by rounding it up to whole frames. At
    twice the frame rate it is never longer (section 4.1: the metric is more precise).

    Returns:
        A row a network: `network`, `latency_ms`, `offset`, `slack_ms` and
        `slack_at_twice_the_rate_ms`.
    """
    rows = []
    for name in setting.networks:
        latency, interval = seconds(setting.card.of(name)), seconds(setting.interval_s)
        rates = (interval, interval / 2)
        slack = [float(1000 * (frame_offset(latency, of) * of - latency)) for of in rates]
        row = {"network": name, "latency_ms": 1000 * setting.card.of(name)}
        row |= {"offset": setting.offset(name), "slack_ms": slack[0]}
        rows.append(row | {"slack_at_twice_the_rate_ms": slack[1]})
    return pd.DataFrame(rows)


def devices(curves: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Read LAmIoU on the paper's three devices, and a measured one, from the curves.

    Args:
        curves: `network`, `offset`, `miou`, `ci_low`, `ci_high`.
        setting: its interval; its card is added if it is measured.

    Returns:
        A row a device and network: `device`, `kind` (printed, estimated or measured), `ratio` (of
        the latency to that on the GTX 1080 Ti), `latency_ms`, `offset` and the score, NaN if no run
        is scored at that offset.
    """
    cards = [card(name) for name in DEVICES]
    cards += [setting.card] if setting.card.kind == "measured" else []
    scores = curves.set_index(["network", "offset"])[["miou", "ci_low", "ci_high"]]
    rows = []
    for hardware in cards:
        for network in curves["network"].unique():
            row = {
                "device": hardware.device,
                "network": network,
                "kind": hardware.kind,
                "ratio": hardware.of(network) / card(PRINTED_ON).of(network),
                "latency_ms": 1000 * hardware.of(network),
                "offset": setting.offset(network, hardware),
            }
            found = (network, row["offset"]) in scores.index
            rows.append(row | (scores.loc[network, row["offset"]].to_dict() if found else {}))
    return pd.DataFrame(rows, columns=["device", *COLUMNS])


def steps(curves: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Turn curves over the offset into curves over the ratio of latencies to the printed ones.

    Returns:
        A row a network and offset of the curves: LAmIoU is `miou` for ratios in (`above`, `ratio`].
    """
    rows = []
    for row in curves[curves["offset"] > 0].itertuples():
        last = _last_ratio(row.network, row.offset, setting)
        above = _last_ratio(row.network, row.offset - 1, setting)
        rows.append(
            {
                "network": row.network,
                "above": float(above),
                "ratio": float(last),
                "offset": row.offset,
                "miou": row.miou,
            }
        )
    return pd.DataFrame(rows)


def _last_ratio(network: str, offset: int, setting: Setting) -> Fraction:
    """Find the largest ratio at which a network still has this offset."""
    return offset * seconds(setting.interval_s) / seconds(card(PRINTED_ON).of(network))


def orders(curves: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Find for each pair of networks which one leads at which speed; the order flips between rows.

    Args:
        curves: `network`, `offset`, `miou`; with offset 0, the order of the instant mIoU comes
            first, as ratio 0.
        setting: its interval.

    Returns:
        A row a range of the ratio of all latencies to the printed ones: `pair`, `above`, `up_to`,
        `ahead`, and the largest `lead` in it (mIoU). Only ratios that both curves cover.
    """
    scores = curves.pivot(index="offset", columns="network", values="miou")
    stretches = []
    for pair in combinations(curves["network"].unique(), 2):
        for above, up_to, (first, second) in _steps_of_pair(pair, scores, setting):
            row = {
                "pair": " / ".join(entry(network).title for network in pair),
                "above": above,
                "up_to": up_to,
                "ahead": entry(pair[int(first < second)]).title,
                "lead": abs(first - second),
            }
            last = stretches[-1] if stretches else {}
            if (last.get("pair"), last.get("ahead")) == (row["pair"], row["ahead"]):
                last.update(up_to=up_to, lead=max(last["lead"], row["lead"]))
            else:
                stretches.append(row)
    return pd.DataFrame(stretches, columns=["pair", "above", "up_to", "ahead", "lead"])


def _steps_of_pair(pair: tuple[str, str], scores: pd.DataFrame, setting: Setting) -> Iterator:
    """Yield every range of ratios with constant offsets: its ends and the two scores."""
    offsets = scores.index[scores[list(pair)].notna().any(axis=1)]
    ends = {_last_ratio(network, int(k), setting) for network in pair for k in offsets}
    above = Fraction(0)
    for end in sorted(ends):
        latencies = [end * seconds(card(PRINTED_ON).of(network)) for network in pair]
        at = [frame_offset(latency, setting.interval_s) for latency in latencies]
        found = [scores[network].get(k, np.nan) for network, k in zip(pair, at, strict=True)]
        if not np.isnan(found).any():
            yield float(above), float(end), found
        above = end


def flips(found: pd.DataFrame) -> pd.DataFrame:
    """Summarise `orders`, a row a pair.

    Returns:
        `pair`; `leader`, who leads on the fastest hardware: the "first" or the "second" of the
        pair; `flips`, the ratios at which the order flips, or "never"; `up to`, where the curves
        end.
    """
    rows = []
    for pair, stretches in found.groupby("pair", sort=False):
        first = stretches["ahead"].iloc[0] == pair.split(" / ")[0]
        ratios = ", ".join(f"{ratio:.2f}x" for ratio in stretches["above"].iloc[1:])
        row = {"pair": pair, "leader": "first" if first else "second", "flips": ratios or "never"}
        rows.append(row | {"up to": f"{stretches['up_to'].iloc[-1]:.2f}x"})
    return pd.DataFrame(rows, columns=["pair", "leader", "flips", "up to"])


def say(found: pd.DataFrame) -> str:
    """Say in one sentence where the order of the first pair flips; takes the result of `flips`."""
    if found.empty:
        return "No two networks are scored at the same speed."
    row = found.iloc[0]
    return (
        f"{row['pair']}: the {row['leader']} leads on the fastest hardware; by the ratio of the "
        f"latencies to the printed ones, the order flips at: {row['flips']} "
        f"(seen up to {row['up to']})."
    )
