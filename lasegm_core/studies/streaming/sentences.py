"""The results of streaming, in sentences."""

import pandas as pd

from lasegm_core.experiments.setting import Setting
from lasegm_core.models.registry import entry


def say_ages(table: pd.DataFrame) -> str:
    """Say in one sentence how old the newest predictions are; takes the result of `ages`."""
    words, same = [], []
    for row in table.itertuples():
        title = entry(row.network).title
        if row.youngest == row.oldest == row.offset:
            same.append(title)
            continue
        words.append(
            f"{title} ({row.latency_ms:.0f} ms) is {row.youngest} to {row.oldest} frames late, "
            f"{row.age:.2f} on average, where LAmIoU says {row.offset}"
        )
    words += [f"for {', '.join(same)} nothing changes"] if same else []
    return f"On one device {'; '.join(words)}."


def say_sensitivity(table: pd.DataFrame, setting: Setting) -> str:
    """Say in one sentence by how much each latency must change to change k; takes `ages`."""
    words = []
    for row in table.itertuples():
        slower, faster = row.slack, 1 - row.slack
        up = row.offset == 1 or slower <= faster
        change = 1000 * setting.interval_s * (slower if up else faster) / row.latency_ms
        words.append(
            f"{entry(row.network).title} {change:.0%} {'slower' if up else 'faster'} "
            f"(k = {row.offset} becomes {row.offset + (1 if up else -1)})"
        )
    return f"The nearest step of k: {'; '.join(words)}."


def say_claims(table: pd.DataFrame) -> str:
    """Say in one sentence which of the claims keep their verdict; takes the result of `kept`."""
    heads = table.drop_duplicates("number")
    tested = heads[heads["verdict"] != "not tested"]
    same, changed = tested[tested["kept"]], tested[~tested["kept"]]
    lists = {
        "with the same verdict": [f"{row.number} ({row.verdict})" for row in same.itertuples()],
        "with another": [
            f"{row.number} (from {row.by_lamiou!r} to {row.verdict!r})"
            for row in changed.itertuples()
        ],
        "not testable": [str(number) for number in heads["number"].drop(tested.index)],
    }
    words = (f"{len(of)} {what}: {', '.join(of)}" for what, of in lists.items() if of)
    return f"Of {len(heads)} claims on one device: {'; '.join(words)}."


def say_policies(table: pd.DataFrame) -> str:
    """Say in one sentence which policy is best on one device; takes the result of `by_schedule`."""
    words = []
    for network, rows in table[table["devices"] == 1].groupby("network", sort=False):
        if rows["age"].nunique() == 1:
            words.append(f"{entry(network).title}: all the same")
            continue
        best = rows.loc[rows.groupby("ties", sort=False)["age"].idxmin()]
        said = [f"{row.policy} ({row.age:.2f} frames)" for row in best.itertuples()]
        if len({*said}) > 1:
            said = [f"{of} with ties {ties}" for of, ties in zip(said, best["ties"], strict=True)]
        words.append(f"{entry(network).title}: {', '.join(dict.fromkeys(said))}")
    return f"The policy with the youngest outputs on one device: {'; '.join(words)}."


def say_start(table: pd.DataFrame, frames: int) -> str:
    """Say in one sentence what the start of a clip costs; takes the result of `by_start`."""
    wide = table.pivot(index="network", columns="start", values=["miou", "unanswered"])
    words = [
        f"{entry(network).title} {row['miou', 'missed'] - row['miou', 'left out']:+.3f} "
        f"({row['unanswered', 'missed']:.0%} of the frames)"
        for network, row in wide.loc[table["network"].unique()].iterrows()
        if not row.isna().any()
    ]
    return (
        f"If each clip of {frames} frames is a stream of its own, and the frames before the first "
        f"output are missed: {'; '.join(words)}."
    )
