"""Figures 2 and 3 of FarSee-Net's paper (003) as tables: its two ends, and the back end's layers.

The figures are not in the paper's text. The layers are read off the network as it is built here;
`text` sets beside them what the text prints of them.
"""

import pandas as pd
from torch import nn

from lasegm_core import published
from lasegm_core.models import complexity, layers
from lasegm_core.models.shares import shares
from lasegm_core.support.sizes import sides

CAPTION = (
    "Counted: multiply-accumulates of convolutions and parameters, with those of batch "
    "normalisation, of one frame, 19 classes, at inference. Nothing is timed."
)
NETWORK, OTHER = "farseenet", "farseenet_mn"
SIZES = ("512x1024", "1024x2048")  # of the frames
PARTS = {
    "front end, low-level features": ("backbone.low",),
    "front end, high-level features": ("backbone.high",),
    "first F-ASPP": ("first",),
    "first sub-pixel convolution": ("enlarge",),
    "low-level features, reduced": ("low_level",),
    "second F-ASPP": ("second",),
    "two convolutions": ("fuse",),
    "second sub-pixel convolution": ("classifier",),
}
FRONT = "front end"
BACK_END = tuple(part for part in PARTS if not part.startswith(FRONT))
SHUFFLE = "shuffle"
_NAMES = {prefix: part for part, (prefix,) in PARTS.items()}


def figure2(size: str = SIZES[0]) -> pd.DataFrame:
    """Count both ends by part, behind ResNet-18 and behind MobileNetV2.

    Args:
        size: HxW of the frames.

    Returns:
        A row a network and part: `network`, `size` and the columns of `shares`.
    """
    found = [
        pd.DataFrame({"network": name, "size": size, **shares(name, PARTS, sides(size))})
        for name in (NETWORK, OTHER)
    ]
    return pd.concat(found, ignore_index=True)


def figure3() -> pd.DataFrame:
    """List the layers of the back end as they run.

    Returns:
        A row a layer: `part` (of `PARTS`), the columns of `layers.table` without `size` and `gmac`,
        and these at both sizes of the frame, as `size-512x1024` and `gmac-512x1024`.
    """
    small, large = (layers.table(NETWORK, sides(size)) for size in SIZES)
    rows = small.drop(columns=["size", "gmac"])
    for size, of in zip(SIZES, (small, large), strict=True):
        rows = rows.assign(**{f"size-{size}": of["size"], f"gmac-{size}": of["gmac"]})
    rows = rows[~rows["layer"].str.startswith("backbone")].reset_index(drop=True)
    rows.insert(0, "part", [_NAMES[layer.split(".")[0]] for layer in rows["layer"]])
    return rows


def text(rows: pd.DataFrame) -> pd.DataFrame:
    """Compare what the text prints of Figure 3 with the layers of the network.

    Args:
        rows: result of `figure3`.

    Returns:
        A row a quantity: `place`, `quantity`, `printed` (as text), `value`, `ours` and `verdict`
        ("as printed" where ours rounds to the value, or "differs").
    """
    told, ours = published.farsee(), _ours(rows)
    counted = [ours[quantity] for quantity in told["quantity"]]
    decimals = told["printed"].str.extract(r"\.(\d+)")[0].str.len().fillna(0).astype(int)
    same = [
        round(our, digits) == value
        for our, digits, value in zip(counted, decimals, told["value"], strict=True)
    ]
    verdicts = ["as printed" if fits else "differs" for fits in same]
    columns = ["place", "quantity", "printed", "value"]
    return told[columns].assign(ours=counted, verdict=verdicts)


def _ours(rows: pd.DataFrame) -> dict[str, float]:
    first = rows[rows["part"] == "first F-ASPP"]
    widest = first[first["dilation"] == 18].iloc[0]
    shuffles = rows[rows["kind"] == SHUFFLE]
    modules = rows[rows["kind"] == "depth-wise"]["part"].nunique()
    return {
        "input channels of a convolution of the first F-ASPP": first["inputs"].iloc[0],
        "output channels of a branch of the first F-ASPP": first["outputs"].iloc[0],
        "F-ASPPs in a row": modules,
        "operations of an original branch over those of a factorised one": _saved(first),
        "kernel of the atrous convolution of 256 channels and rate 18": widest["kernel"],
        "output channels of the atrous convolution of rate 18": widest["outputs"],
        "factor of the last sub-pixel convolution": shuffles["kernel"].iloc[-1],
        "sub-pixel convolutions in the back end": len(shuffles),
    }


def _saved(first: pd.DataFrame) -> float:
    """Divide the operations of a plain 3x3 convolution by those of the two layers of a branch."""
    inputs, outputs = int(first["inputs"].iloc[0]), int(first["outputs"].iloc[0])
    height, width = sides(first[f"size-{SIZES[0]}"].iloc[0])
    plain = nn.Conv2d(inputs, outputs, 3, padding=6, dilation=6, bias=False)
    _, operations = complexity.count_layers(plain, (inputs, height, width))
    return operations / 1e9 / first[f"gmac-{SIZES[0]}"].iloc[1:3].sum()


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Write the result of `figure3` for people."""
    kernels = [_kernel(row) for row in rows.itertuples()]
    shown = {"part": rows["part"], "layer": kernels}
    shown["channels"] = rows["inputs"].astype(str) + " to " + rows["outputs"].astype(str)
    for size in SIZES:
        shown[f"output, frame of {size}"] = rows[f"size-{size}"]
        shown[f"GMAC, {size}"] = rows[f"gmac-{size}"].map("{:.3f}".format)
    return pd.DataFrame(shown | {"parameters": rows["parameters"].map("{:,}".format)})


def _kernel(row) -> str:
    if row.kind == SHUFFLE:
        return f"shuffle, t = {row.kernel}"
    rate = f", r = {row.dilation}" if row.dilation > 1 else ""
    return f"{row.kernel}x{row.kernel} {row.kind}{rate}"
