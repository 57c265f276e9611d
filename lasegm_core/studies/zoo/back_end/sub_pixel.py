"""What a sub-pixel convolution can represent beside other ways to enlarge a map (paper 003, III-C).

The paper says, after Shi et al. (arXiv 1609.07009), that it has "more representation power" than a
"deconvolution operator with the same computation budget". What a layer without bias can represent
is a set of linear maps from the map that goes in to the one that comes out. It is linear in the
layer's weights, so it is a space, and its dimension is a rank: here that of the maps that the
single weights give, of a small layer, in float64, to the bit the same on every run.

How the budget is counted decides. A transposed convolution multiplies every position that goes in
by its kernel. Written as its definition, a convolution over the map with zeros between the
positions, it multiplies the zeros too. Both are compared, and resizing as well.
"""

from collections.abc import Callable

import pandas as pd
import torch
from torch import nn

from lasegm_core.models import complexity
from lasegm_core.models.common import resize
from lasegm_core.models.networks.farseenet import sub_pixel

INPUTS, OUTPUTS, FACTOR, SIDE = 3, 2, 4, 4  # of the small layers
CAPTION = (
    f"Counted of layers of {INPUTS} to {OUTPUTS} channels that enlarge maps of {SIDE}x{SIDE} by "
    f"t = {FACTOR}, without bias: linear maps that a layer can represent, as the rank of those "
    "that its single weights give. Nothing is timed or trained."
)
SUB_PIXEL = "sub-pixel convolution, 1x1"
DECONVOLUTION = "deconvolution, kernel t, stride t"
SAME = "the same linear maps"


class _ZeroFilled(nn.Module):
    """A deconvolution by its definition: zeros between the positions, then a convolution."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.before = nn.ZeroPad2d((kernel - 1, 0, kernel - 1, 0))
        self.conv = nn.Conv2d(INPUTS, OUTPUTS, kernel, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, C', t h, t w)."""
        height, width = features.shape[-2:]
        wide = features.new_zeros(*features.shape[:2], FACTOR * height, FACTOR * width)
        wide[..., ::FACTOR, ::FACTOR] = features
        return self.conv(self.before(wide))


class _Resized(nn.Module):
    """A bilinear resize, then a 1x1 convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(INPUTS, OUTPUTS, 1, bias=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, C', t h, t w)."""
        return self.conv(resize(features, [FACTOR * side for side in features.shape[-2:]]))


LAYERS: dict[str, Callable[[], nn.Module]] = {
    SUB_PIXEL: lambda: sub_pixel(INPUTS, OUTPUTS, FACTOR, bias=False),
    DECONVOLUTION: lambda: nn.ConvTranspose2d(INPUTS, OUTPUTS, FACTOR, stride=FACTOR, bias=False),
    "deconvolution over zeros, kernel 1": lambda: _ZeroFilled(1),
    "deconvolution over zeros, kernel t": lambda: _ZeroFilled(FACTOR),
    "bilinear resize, then 1x1": _Resized,
}


def compare() -> pd.DataFrame:
    """Compare the sub-pixel convolution with every other layer.

    Returns:
        A row a layer: `layer`, `operations` (multiply-accumulates) and `parameters`, each also over
        those of the sub-pixel convolution (`operations_ratio`, `parameters_ratio`), `maps` (the
        dimension of the space of linear maps), `shared` (that of what the sub-pixel convolution
        has of them) and `verdict`: the same maps, or whose are more.
    """
    spaces = {title: _space(make()) for title, make in LAYERS.items()}
    own, rows = spaces[SUB_PIXEL], []
    for title, make in LAYERS.items():
        parameters, operations = complexity.count_layers(make(), (INPUTS, SIDE, SIDE))
        maps, both = _rank(spaces[title]), _rank(torch.cat([own, spaces[title]]))
        shared = _rank(own) + maps - both
        row = {"layer": title, "operations": operations, "parameters": parameters}
        rows.append(row | {"maps": maps, "shared": shared})
    found = pd.DataFrame(rows)
    for quantity in ("operations", "parameters"):
        found[f"{quantity}_ratio"] = found[quantity] / found[quantity].iloc[0]
    return found.assign(verdict=[_verdict(row, found.iloc[0]) for row in found.itertuples()])


def _verdict(row, own: pd.Series) -> str:
    if row.maps == row.shared == own["maps"]:
        return SAME
    return f"sub-pixel has {own['maps'] / row.maps:.2g} times as many dimensions"


@torch.no_grad()
def _space(layer: nn.Module) -> torch.Tensor:
    """List the linear map that each single weight gives: (weights, inputs x outputs)."""
    layer = layer.double()
    (weight,) = layer.parameters()
    positions = INPUTS * SIDE**2
    basis = torch.eye(positions, dtype=torch.float64).view(positions, INPUTS, SIDE, SIDE)
    maps = []
    for number in range(weight.numel()):
        weight.zero_().view(-1)[number] = 1
        maps.append(layer(basis).flatten())
    return torch.stack(maps)


def _rank(maps: torch.Tensor) -> int:
    return int(torch.linalg.matrix_rank(maps))


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """Write the result of `compare` for people."""
    return pd.DataFrame(
        {
            "layer": found["layer"],
            "operations": _beside(found, "operations"),
            "parameters": _beside(found, "parameters"),
            "dimensions of its linear maps": found["maps"],
            "of them shared": found["shared"],
            "beside the sub-pixel convolution": found["verdict"],
        }
    )


def _beside(found: pd.DataFrame, quantity: str) -> list[str]:
    pairs = zip(found[quantity], found[f"{quantity}_ratio"], strict=True)
    return [f"{count:,} ({ratio:.2g}x)" for count, ratio in pairs]
