"""What backbone, head, stages and layers cost, and what is searched: Figures 1 to 4 of paper 004.

Figure 1 shows FLOPs and parameters of backbone and head of three networks, Figure 2 the GPU time of
the layers of DeepLabv3+ (MobileNetV2) by stage. The values of the bars are not in the text. Ours
are operations and parameters; GPU time is not measured here. The paper does not say where a head
begins. Here it is what follows the encoder: in ICNet the pyramid pooling and the two fusions, in
BiSeNet the context path's attention, the fusion and the scores. BiSeNet is the one on ResNet-18.
Figures 3 and 4 are drawings of MRMS and of the space of the search, here lists of what is built.
"""

import pandas as pd

from lasegm_core.models import layers
from lasegm_core.models.networks import space
from lasegm_core.models.registry import architecture
from lasegm_core.models.shares import shares
from lasegm_core.support.sizes import sides

CAPTION = (
    "Counted: multiply-adds of convolutions and parameters, one input frame, 19 classes, at "
    "inference; latencies are those of Table 1. HMSeg and TinyHMSeg are of our own search."
)
SIZES = ("512x1024", "1024x2048")  # half and full resolution of Cityscapes
ANALYSED = ("deeplab_mn", "icnet", "bisenet")  # Figure 1
OURS = ("mrms", "tiny_mrms", "hmseg", "tiny_hmseg")
STAGED = ("deeplab_mn", "mrms", "hmseg")
STAGES = tuple(f"stage {number}" for number in range(1, 6))
HEAD = "head"
_HALVES = {
    "deeplab_mn": (("backbone",), ("aspp", "low_level", "decoder", "classifier")),
    "icnet": (
        ("shallow", "middle", "deep"),
        ("project", "fuse_middle", "fuse_shallow", "classifier"),
    ),
    "bisenet": (("backbone", "spatial"), ("context", "fusion", "classifier")),
    **dict.fromkeys(OURS, (("stem", "branches"), ("head",))),
}
_GROUP_STAGES = ("stage 2", "stage 3", "stage 4", "stage 4", "stage 5", "stage 5")
_OPERATORS = (
    f"expansion {', '.join(map(str, space.EXPANSIONS))} x kernel "
    f"{', '.join(map(str, space.KERNELS))}"
)
# MobileNetV2's layers by stage; stage 1 is the stem and the block of 16 channels.
_MOBILE = ((0, 2), (2, 4), (4, 7), (7, 14), (14, 18))


def figure1(size: str = SIZES[1]) -> pd.DataFrame:
    """Count backbone and head of the networks of Figure 1, and of MRMS and what is searched.

    Args:
        size: HxW of the frames.

    Returns:
        A row a network and part: `network`, `size`, and the columns of `shares`.
    """
    found = []
    for name in (*ANALYSED, *OURS):
        parts = dict(zip(("backbone", HEAD), _HALVES[name], strict=True))
        found.append(_counted(name, parts, size))
    return pd.concat(found, ignore_index=True)


def figure2() -> pd.DataFrame:
    """Count the five stages of the backbones, and the head, at both sizes; columns as `figure1`."""
    found = [_counted(name, _stages(name), size) for size in SIZES for name in STAGED]
    return pd.concat(found, ignore_index=True)


def figure3(size: str = "768x1536") -> pd.DataFrame:
    """List the layers of MRMS as they run, with those of stem, LCF and LGE.

    Args:
        size: HxW of the frame; by default that of Table 1.

    Returns:
        A row a layer: `part` ("stem", a branch, "LGE", "LCF") and the columns of `layers.table`.
    """
    rows = layers.table("mrms", sides(size))
    rows.insert(0, "part", [_part(layer) for layer in rows["layer"]])
    return rows


def _part(layer: str) -> str:
    prefixes = {f"branches.{branch}": f"{branch} branch" for branch in space.BRANCHES}
    prefixes |= {"stem": "stem", "head.enhance": "LGE", "head.classifier": "LCF"}
    return next(part for prefix, part in prefixes.items() if layer.startswith(f"{prefix}."))


def figure4() -> pd.DataFrame:
    """List the space of the search: a row a choice.

    Returns:
        `branch`, `stage`, `channels` and `stride` (of a layer; 0 for a ratio), `choices` (as text),
        `options` (how many), `layers` (that choose among them), `architectures` (the number of all
        choices of the row together).
    """
    rows, branch = [], space.BRANCHES[0]
    ratios = ", ".join(f"x{ratio:g}" for ratio in space.RATIOS)
    for group, stage in zip(space.GROUPS, _GROUP_STAGES, strict=True):
        if group.branch != branch:
            branch = group.branch
            rows.append((branch, stage, 0, 0, f"resolution: {ratios}", len(space.RATIOS), 1))
        shape = (group.branch, stage, group.channels, group.stride)
        operators = len(space.OPERATORS)
        rows.append((*shape, _OPERATORS, operators, 1))
        if group.most > 1:
            again = (group.branch, stage, group.channels, 1)
            rows.append((*again, f"{_OPERATORS}, or none", operators + 1, group.most - 1))
    columns = ["branch", "stage", "channels", "stride", "choices", "options", "layers"]
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(architectures=found["options"] ** found["layers"])


def _counted(name: str, parts: dict, size: str) -> pd.DataFrame:
    counted = shares(name, parts, sides(size))
    return pd.DataFrame({"network": name, "size": size, **counted})


def _stages(name: str) -> dict[str, list[str]]:
    """Name the submodules of each stage, and of the head."""
    layers = _mobile_stages() if name == "deeplab_mn" else _mrms_stages(name)
    return dict(zip((*STAGES, HEAD), (*layers, list(_HALVES[name][1])), strict=True))


def _mobile_stages() -> list[list[str]]:
    names = [f"backbone.{'low' if layer < 4 else 'high'}.{layer}" for layer in range(18)]
    return [names[begin:end] for begin, end in _MOBILE]


def _mrms_stages(name: str) -> list[list[str]]:
    found = architecture(name) or space.MRMS
    second, third = (
        sum(operator != space.IDENTITY for operator in operators) for operators in found.layers[:2]
    )
    high = [f"branches.high.{layer}" for layer in range(second + third)]
    return [["stem"], high[:second], high[second:], ["branches.medium"], ["branches.low"]]
