"""Report of a projected leaderboard: who is first, what changes, and its table for people."""

from fractions import Fraction

import pandas as pd

from lasegm_core import published
from lasegm_core.metric.offsets import frame_interval
from lasegm_core.studies.leaderboard.decay_curves import CHOICES
from lasegm_core.studies.leaderboard.projection import BY


def summary(board: pd.DataFrame) -> pd.DataFrame:
    """Summarise `projection.project`, a row a rate and board of more than one network.

    Returns:
        `board`, `fps`, `networks`, `one_frame` (how many have k = 1), `changed` (how many change
        rank from printed mIoU to projected LAmIoU), `first` by printed mIoU, `projected_first` by
        the chosen curve, `other_firsts` by the other curves where they differ, `pareto_front` (how
        many are on the Pareto front of latency and mIoU) and `late_pareto_front` (who is on the
        Pareto front of k and mIoU).
    """
    rows = []
    for (name, fps), group in board.groupby(["board", "fps"], sort=False):
        if len(group) == 1:
            continue
        leaders = [_names(group, group[column]) for column in group.filter(like=BY)]
        chosen = _names(group, group["projected"])
        row = {"board": name, "fps": fps, "networks": len(group)}
        row |= {"one_frame": (group["k"] == 1).sum()}
        row |= {"changed": (group["rank"] != group["projected_rank"]).sum()}
        row |= {"first": _names(group, group["miou"]), "projected_first": chosen}
        row |= {"other_firsts": " or ".join(sorted({*leaders} - {chosen, ""}))}
        row |= {"pareto_front": group["pareto_front"].sum()}
        left = group[group["late_pareto_front"]].sort_values("k")
        rows.append(row | {"late_pareto_front": ", ".join(left["title"])})
    return pd.DataFrame(rows)


def _names(group: pd.DataFrame, scores: pd.Series) -> str:
    """Name the best, all of them where they are equal."""
    return " and ".join(group["title"][scores == scores.max()])


def say(found: pd.DataFrame) -> str:
    """Say what changes, a line a board; takes the result of `summary`."""
    lines = []
    for name, rows in found.groupby("board", sort=False):
        first, words = rows.iloc[0], []
        for row in rows.itertuples():
            others = f" ({row.other_firsts} by other curves)" if row.other_firsts else ""
            words.append(
                f"at {row.fps} frames a second {row.projected_first} is first{others}, "
                f"{row.changed} of {row.networks} change rank, and the Pareto front of k and mIoU "
                f"is {row.late_pareto_front}"
            )
        lines.append(
            f"{name}: as printed {first['first']} is first, and {first['pareto_front']} are on the "
            f"Pareto front of latency and mIoU. Projected, {'; '.join(words)}."
        )
    return "\n".join(lines)


def readable(board: pd.DataFrame) -> pd.DataFrame:
    """Lay a leaderboard out for people: a row a network, the rates in columns.

    The mIoU and the speed are as printed; columns with `projected` in their head are projected. A
    number in brackets names a note (see `footnotes`).
    """
    rows = board.assign(cell=[_cell(row) for row in board.itertuples()])
    rows = rows.assign(k=[f"{row.k} ({row.slack:.2f})" for row in board.itertuples()])
    keys = ["board", "title", "device", "size", "miou_printed", "split", "latency_printed", "note"]
    wide = rows.pivot(index=[*keys, "miou"], columns="fps", values=["k", "cell"]).reset_index()
    order = {name: number for number, name in enumerate(board["board"].unique())}
    wide = wide.sort_values("miou", ascending=False, kind="stable")
    wide = wide.sort_values("board", key=lambda names: names.map(order), kind="stable")
    numbers = _numbers(board)
    marks = [f" [{numbers[note]}]" if note else "" for note in wide["note"]]
    split = wide["split"].replace("not printed", "(split not printed)")
    shown = {
        "table": wide["board"],
        "network": wide["title"],
        "device, size of the frames": _joined(wide["device"], wide["size"]),
        "mIoU, as printed": wide["miou_printed"] + " " + split + marks,
        "speed, as printed": wide["latency_printed"],
    }
    for fps in board["fps"].unique():
        shown[f"k at {fps} fps (slack)"] = wide["k", fps]
        shown[f"projected LAmIoU at {fps} fps [lowest, highest], rank"] = wide["cell", fps]
    return pd.DataFrame(shown).reset_index(drop=True)


def _cell(row) -> str:
    if pd.isna(row.projected):
        return "beyond the curve"
    return f"{row.projected:.3f} [{row.lowest:.3f}, {row.highest:.3f}], {row.projected_rank:.0f}"


def _joined(devices: pd.Series, sizes: pd.Series) -> pd.Series:
    return devices + ", " + sizes.replace("", "size not printed")


def _numbers(board: pd.DataFrame) -> dict[str, int]:
    """Number the notes in the order of the leaderboard."""
    notes = board.drop_duplicates(["title", "note"]).query("note != ''")["note"].unique()
    return {note: number for number, note in enumerate(notes, 1)}


def footnotes(board: pd.DataFrame) -> str:
    """List what is known to be wrong with printed numbers; they are not corrected."""
    numbers = _numbers(board)
    titles = board[board["note"] != ""].groupby("note")["title"].first()
    return " ".join(f"[{number}] {titles[note]}: {note}." for note, number in numbers.items())


def check(board: pd.DataFrame) -> pd.DataFrame:
    """Compare the printed LAmIoU of the paper's networks with that projected by each curve.

    Args:
        board: `projection.project` of the paper's networks at its own interval, 60 ms.

    Returns:
        A row a network: `title`, `k`, `printed` (first configuration), `projected_by_CHOICE`.
    """
    printed = published.table1().loc["configuration_1"]
    rows = board.assign(printed=board["network"].map(printed))
    return rows[["title", "k", "printed", *board.filter(like=BY)]]


def caption(board: pd.DataFrame, choice: str) -> str:
    """Say what the numbers are and are not: curve, rates, devices, and notes.

    Args:
        board: rows of `projection.project`.
        choice: the curve they are projected by.
    """
    others = "; ".join(title for name, title in CHOICES.items() if name != choice)
    frames = ", ".join(_frame(fps) for fps in board["fps"].unique())
    return (
        "PROJECTED, not measured: the printed mIoU times the share of it that is left after k "
        f"frames by the curve of {CHOICES[choice]}; lowest and highest: by this and the curves of "
        f"{others} (profile laptop). Frames of {frames} ms; latencies as printed, on the devices "
        "named. Spare: the part of a frame by which the latency may grow until k is one more. "
        f"Rank: within table and rate. {footnotes(board)}"
    ).strip()


def _frame(fps: int | float | str | Fraction) -> str:
    return f"{1000 * float(frame_interval(fps)):.1f} ({fps} fps)"


def curves_caption() -> str:
    """Describe the curves."""
    return (
        "Share of the instant mIoU that is left after a delay, configuration 1. Table 1: printed, "
        "GTX 1080 Ti, 60 ms a frame. CamVid (66.7 ms a frame) and ToyStreet (60 ms): profile "
        "laptop, 95 % paired bootstrap intervals over clips."
    )


def say_first(found: pd.DataFrame) -> str:
    """Say in one sentence who leads each board at its first rate; takes what `summary` gives."""
    rows = found.drop_duplicates("board")
    words = [
        f"{row.board}: {row.projected_first} (by printed mIoU {row.first}; {row.changed} of "
        f"{row.networks} change rank)"
        for row in rows.itertuples()
    ]
    return f"First by projected LAmIoU at {rows['fps'].iloc[0]} fps: {'; '.join(words)}."
