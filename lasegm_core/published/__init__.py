"""Numbers printed in the papers, each once, in a csv beside this file, with its source."""

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent


def table1() -> pd.DataFrame:
    """Read Table 1 of the paper (000): a row a quantity, a column a network, as printed."""
    printed = pd.read_csv(FOLDER / "table1.csv", dtype={"paper": str})
    return printed.pivot(index="quantity", columns="network", values="value")


def latencies() -> pd.DataFrame:
    """Read the printed latencies: a row a network on a device, with source and `latency_s`.

    Some papers print milliseconds, others frames per second; `printed` has both as printed.
    `hardware` is empty where the paper prints no device or size, so that no card has the row.
    """
    return _with_seconds(_as_printed("latencies.csv"))


def speeds() -> pd.DataFrame:
    """Read printed speeds that have no printed mIoU to be ranked with: `latencies` and `title`."""
    return _with_seconds(_as_printed("speeds.csv"))


def _with_seconds(rows: pd.DataFrame) -> pd.DataFrame:
    fps = rows["unit"] == "fps"
    return rows.assign(latency_s=(1 / rows["value"]).where(fps, rows["value"] / 1000))


def accuracies() -> pd.DataFrame:
    """Read the printed mIoU: a row a network, split and size, with source and `miou` in 0..1.

    `size` is the frame size of the speed printed beside it, empty where none is printed. `note`
    says what is known to be wrong with the number, which is kept as printed.
    """
    rows = _as_printed("miou.csv")
    return rows.assign(miou=rows["value"] / 100)


def sizes() -> pd.DataFrame:
    """Read the printed counts of parameters and operations: a row a network, paper and quantity.

    `quantity` is "parameters" (`value` in millions) or "operations" (in 10^9, of one frame of
    `size`); `note` says why a count differs from the network that is built here.
    """
    return _as_printed("sizes.csv")


def _as_printed(name: str) -> pd.DataFrame:
    rows = pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False)
    return rows.assign(
        value=rows["value"].astype(float), printed=rows["value"] + " " + rows["unit"]
    )


def peaks() -> pd.DataFrame:
    """Read the devices' peak fp32 rates in TFLOP/s, by the hardware's short name, with source."""
    return pd.read_csv(FOLDER / "peaks.csv", index_col="hardware")


def references() -> pd.DataFrame:
    """Read the sizes of the networks' reference implementations, by network.

    Columns are `implementation`, `parameters` (at inference, 19 classes), `gmac` (10^9
    multiply-accumulates of one frame of `size`, H x W; NaN where they were not counted).
    """
    return pd.read_csv(FOLDER / "references.csv", index_col="network")


def propagation() -> pd.Series:
    """Read Table 1 of paper 001: mIoU (0..1) on Cityscapes by method of propagation."""
    rows = _as_printed("propagation.csv").set_index("method")
    return rows["value"] / 100


def figure1_video() -> pd.DataFrame:
    """Read the methods of Figure 1 of paper 001, as its caption names them.

    `method` is what stands for it here, empty where nothing does. The figure's values are not
    printed.
    """
    return pd.read_csv(FOLDER / "figure1_video.csv", dtype=str, keep_default_na=False)


def data_sets() -> pd.DataFrame:
    """Read Table I of the survey (002): seven data sets, as printed."""
    return pd.read_csv(FOLDER / "data_sets.csv", dtype=str, keep_default_na=False)


def convolutions() -> pd.DataFrame:
    """Read Table II of the survey (002): formulas of six kinds of convolution.

    `parameters`, `window` (receptive, in pixels) and `operations` are formulas in k, C1, C2, g, Cb,
    d, H and W that `DataFrame.eval` can compute; the operations are of section III-B, empty where
    it gives none.
    """
    return pd.read_csv(FOLDER / "convolutions.csv", dtype=str, keep_default_na=False)


def taxonomy() -> pd.DataFrame:
    """Read Table III of the survey (002): a row a category, `works` by their reference numbers."""
    return pd.read_csv(FOLDER / "taxonomy.csv", dtype=str, keep_default_na=False)


def works() -> pd.DataFrame:
    """Read the works of Table III: `reference`, `title` as its text has it, `networks` built here.

    `networks` are names of the registry, empty where the work is not built.
    """
    return pd.read_csv(FOLDER / "works.csv", dtype=str, keep_default_na=False)


def marks() -> pd.DataFrame:
    """Read the marks of Table IV of the survey (002): `network`, `column`, `mark`.

    "not by the authors' code" is the table's asterisk and has no column; "bold" is its top result.
    """
    return pd.read_csv(FOLDER / "marks.csv", dtype=str, keep_default_na=False)


def searches() -> pd.DataFrame:
    """Read Table 6 of paper 004: a row a search, by `exp`, from (a) to (e).

    Returns:
        `optimise` (tuple of "operators", "depth", "resolution"), `miou` (0..1), `latency_s`.
    """
    rows = _as_printed("searches.csv")
    aspects = ["operators", "depth", "resolution"]
    wide = rows.pivot(index=["exp", *aspects], columns="quantity", values="value").reset_index()
    optimise = [tuple(of for of in aspects if row[of] == "1") for _, row in wide.iterrows()]
    found = {"optimise": optimise, "miou": wide["miou"] / 100, "latency_s": wide["latency"] / 1000}
    return pd.DataFrame(found).set_index(wide["exp"])


def hmseg() -> pd.DataFrame:
    """Read what Tables 1, 3 and 4 of paper 004 print beside what the other files have of them.

    The mIoU and speed of Table 3 are of LIP; the mIoU of Table 4 and the speed of Table 1 of
    Cityscapes. The other columns of these tables, and Table 2, are in the other files.

    Returns:
        A row a value: source, `network`, `title`, `size`, `quantity` ("miou" or "fps"), `value` (in
        percent, or frames a second), `printed`.
    """
    return _as_printed("hmseg.csv")


def farsee() -> pd.DataFrame:
    """Read what the text of paper 003 prints of the layers of its Figure 3: a row a quantity."""
    return _as_printed("farsee.csv")
