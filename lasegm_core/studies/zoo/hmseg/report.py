"""The tables of HMSeg's paper for people: the printed value beside ours in every cell."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from lasegm_core.models.registry import entry
from lasegm_core.reports.drawing.colors import color_of
from lasegm_core.reports.drawing.page import WIDTH, note
from lasegm_core.reports.tables import formatted
from lasegm_core.studies.zoo.hmseg.tables import SEARCHED
from lasegm_core.support.machine import machine

BUILT = ("mrms", "tiny_mrms", "hmseg", "tiny_hmseg")
_HEADS = {"parameters": "parameters (M)", "operations": "FLOPs (G)", "latency": "latency (ms)"}


def table(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """Lay out Table 1 or 4: a row a network, in each cell printed / ours.

    Args:
        rows: result of `hmseg.compare`.
        place: "Table 1" or "Table 4".
    """
    mine = rows[rows["place"].str.startswith(place)]
    mine = mine.assign(text=[_cell(row) for row in mine.itertuples()])
    wide = mine.pivot(index=["title", "size"], columns="quantity", values="text")
    order = mine[["title", "size"]].drop_duplicates().itertuples(index=False, name=None)
    wide = wide.loc[list(order), list(_HEADS)]
    wide = wide.rename(columns=lambda of: f"{_HEADS[of]}, printed / ours")
    return wide.reset_index().rename_axis(columns=None)


def _cell(row) -> str:
    if row.quantity != "latency":
        return f"{row.printed.split()[0]} / {formatted(row.ours, '{:.4g}')}"
    return f"{1000 * row.value:.1f} / {formatted(1000 * row.ours, '{:.1f}')}"


def table5(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out Table 5: frames a second as printed for three devices, and ours on this one."""
    mine = rows[rows["place"] == "Table 5"]
    fps = mine.assign(fps=(1 / mine["value"]).round(1))
    wide = fps.pivot(index=["title", "size"], columns="device", values="fps")
    here = mine.drop_duplicates("title").set_index("title")["ours"]
    wide = wide.reset_index().rename_axis(columns=None)
    return wide.assign(here=[formatted(1 / here[title], "{:.1f}") for title in wide["title"]])


def figure6(rows: pd.DataFrame, latencies: dict[tuple[str, str], float]) -> pd.DataFrame:
    """List frames a second over the size of the frames, printed (GTX 1080 Ti) and ours.

    The values of the figure's bars are not printed; these are from the paper's text and tables.

    Args:
        rows: result of `hmseg.printed`.
        latencies: result of `hmseg.timed`.

    Returns:
        A row a network and size: `network`, `size`, `pixels`, `printed` and `ours` (fps).
    """
    mine = rows[(rows["quantity"] == "latency") & (rows["device"] == "GTX 1080 Ti")]
    mine = mine[mine["network"].isin(SEARCHED)].drop_duplicates(["network", "size"])
    told = {(row.network, row.size): 1 / row.value for row in mine.itertuples()}
    ours = {pair: 1 / seconds for pair, seconds in latencies.items() if pair[0] in SEARCHED}
    found = pd.DataFrame([*{**told, **ours}], columns=["network", "size"])
    pairs = list(found.itertuples(index=False, name=None))
    height, width = (found["size"].str.split("x").str[side].astype(int) for side in (0, 1))
    found = found.assign(
        pixels=height * width,
        printed=[told.get(pair, float("nan")) for pair in pairs],
        ours=[ours.get(pair, float("nan")) for pair in pairs],
    )
    order = found["network"].map(SEARCHED.index)
    found = found.assign(order=order).sort_values(["order", "pixels"], ignore_index=True)
    return found.drop(columns="order")


def draw(speeds: pd.DataFrame) -> Figure:
    """Draw Figure 6: frames a second, on a logarithmic axis, over the sizes of a frame.

    Args:
        speeds: result of `figure6`.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 5), layout="constrained")
    faces = dict(zip(SEARCHED, (None, "white"), strict=True))
    sizes = speeds.sort_values("pixels")["size"].unique().tolist()
    speeds = speeds.assign(place=speeds["size"].map(sizes.index))
    for name, of_network in speeds.groupby("network", sort=False):
        title, look = entry(name).title, {"color": color_of(entry(name).title), "mfc": faces[name]}
        ax.plot("place", "printed", "o-", data=of_network.dropna(subset="printed"), **look)
        ax.plot("place", "ours", "s--", data=of_network.dropna(subset="ours"), **look)
        ax.lines[-2].set_label(f"{title}, printed, GTX 1080 Ti")
        ax.lines[-1].set_label(f"{title}, ours")
    ax.set(yscale="log", xlabel="size of a frame", ylabel="frames a second")
    ax.set_xticks(range(len(sizes)), sizes)
    ax.legend(frameon=False)
    words = f"n = {len(sizes)} sizes of frames, random weights, no data set, no intervals"
    note(figure, f"{words}; ours: the median on the machine that the caption names.")
    return figure


def footnotes(rows: pd.DataFrame, place: str) -> str:
    """List what is known to be wrong with a table's printed counts; they are not corrected."""
    noted = rows[rows["place"].str.startswith(place) & (rows["note"] != "")]
    return "\n".join(f"{row.title}, {row.quantity}: {row.note}." for row in noted.itertuples())


def caption() -> str:
    """Describe what was counted and timed, and where."""
    facts = machine()
    return (
        "Printed / ours. The paper counts multiply-adds as FLOPs, and so does ours: of "
        "convolutions, one input frame, 19 classes. The paper times with TVM, batch "
        f"normalisation merged, fp32; ours is torch, fp32, batch 1, random weights, the network "
        f"alone, the median, on {facts['device']}, {facts['software']}, commit {facts['commit']}, "
        f"{facts['date']}. HMSeg and TinyHMSeg of the paper are not published: ours were found by "
        "our own search under the printed budgets, and are other networks."
    )


def say(rows: pd.DataFrame) -> str:
    """Say in one sentence how ours compare with what Table 1 prints; takes what `compare` gives."""
    mine = rows[(rows["place"] == "Table 1") & rows["network"].isin(BUILT)]
    mine = mine.dropna(subset="ours")
    ratios = (mine["ours"] / mine["value"]).groupby([mine["title"], mine["quantity"]], sort=False)
    words = {}
    for (title, quantity), ratio in ratios.median().items():
        words.setdefault(title, []).append(f"{quantity} {ratio:.2f}x")
    each = "; ".join(f"{title}: {', '.join(of)}" for title, of in words.items())
    return f"Ours as multiples of what is printed (latency on another device): {each}."
