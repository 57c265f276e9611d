"""MRMS and TinyMRMS, designed by hand, and HMSeg and TinyHMSeg, searched in the space around them.

Li et al., "When Humans Meet Machines: Towards Efficient Segmentation Networks", BMVC 2020 (paper
004). High branch (stages 1 to 3), medium (4) and low (5), each on the downsampled features of the
one before; LCF adds their outputs and the pooled features, LGE enhances the upper branch of LCF;
training adds the scores of the medium and the low branch, with weight 1 (equation 1).

What the paper leaves open, as its figures are not in its text: MobileNetV2's stages (24, 32 | 64,
96 | 160, 320) and a bilinear downsampling are what fits the printed counts, as do the width of the
head, 128 also in Tiny, where MobileNetV2's rule rounds the halved widths of the backbone; and in
LCF a separable convolution after each sum and one more at the end. C_gap passes a 1x1 convolution
and is added to C5. LGE is a separable convolution and channel attention on C3. Dilation is 2 in
stages 4 and 5. ReLU6 as in MobileNetV2. Without LCF the scores of C3 and C5 are added.

The architectures of HMSeg and TinyHMSeg are not printed: ours are in `architectures/*.yaml`, found
by our own search, which these files describe. They are other networks than those of the paper.

Parameters, one input frame, 19 classes, and operations at 768x1536 (printed):
MRMS 2,050,739, 7.29 GMAC (2.1 M, 7.33 G); TinyMRMS 611,171, 2.84 GMAC (0.6 M, 2.8 G);
HMSeg 2,292,979, 8.23 GMAC (2.3 M, 8.1 G); TinyHMSeg 703,259, 2.98 GMAC (0.7 M, 3.0 G);
Table 4: (a) 1,818,438, 6.31 (1.8 M, 6.35 G); (b) with LGE 1,821,990, 6.34 (1.8 M, 6.37 G);
(c) with LCF 2,047,187, 7.26 (2.0 M, 7.32 G); (d) is MRMS. The paper rounds the parameters to 0.1 M,
and all of ours round to what it prints. Its operations of Table 4 are .03 to .06 G more than ours,
which count only convolutions; our HMSeg's are 1.6 % above the budget, which equation 4 lets a
search exceed a little.
Operations at 512x1024: MRMS 3.24 GMAC, TinyMRMS 1.26, HMSeg 3.62, TinyHMSeg 1.33.

Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8.
"""

from functools import partial

import torch
from torch import nn
from torchvision.ops import SqueezeExcitation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks import blocks, space
from lasegm_core.models.networks.inverted import InvertedResidual, conv, of_width, shrunk

WIDTH = 128  # of the head
STEM, FIRST = 32, 16  # channels of stage 1, before and after its block
DILATIONS = {"high": 1, "medium": 2, "low": 2}
separable = partial(blocks.separable, activation=nn.ReLU6)


def make(
    inputs: int,
    classes: int,
    pretrained: bool,
    found: str = "",
    width: float = 1,
    lcf: bool = True,
    lge: bool = True,
) -> nn.Module:
    """Build MRMS, or the architecture of a file; from scratch, `pretrained` or not, as the paper.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        pretrained: there are no weights to load.
        found: an architecture as `space.read` takes it; empty for MRMS.
        width: of MRMS: 1, or 0.5 for half of the backbone's channels.
        lcf: with the lightweight context fusion.
        lge: with the lightweight global enhancement.
    """
    architecture = space.read(found) if found else space.MRMS._replace(width=width)
    return MRMS(inputs, classes, architecture, lcf, lge)


class ContextFusion(nn.Module):
    """LCF: adds C3, C4, C5 and the pooled C5, from the coarsest to the finest, and scores them."""

    def __init__(self, channels: tuple[int, ...], classes: int) -> None:
        super().__init__()
        pooled = nn.Conv2d(channels[-1], channels[-1], 1)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), pooled, nn.ReLU6())
        project = partial(conv, out_channels=WIDTH, kernel_size=1, activation_layer=None)
        self.projections = nn.ModuleList(project(of) for of in channels)
        self.mixes = nn.ModuleList(separable(WIDTH, WIDTH) for _ in channels)
        self.last = separable(WIDTH, WIDTH)
        he_init(self)
        self.score = nn.Conv2d(WIDTH, classes, 1)

    def forward(self, high: torch.Tensor, medium: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
        """Give scores (B, classes, h, w) of the size of `high`."""
        fused, steps = None, zip(self.projections, self.mixes, strict=True)
        coarse_first = (low + self.pool(low), medium, high)
        for features, (project, mix) in zip(coarse_first, reversed([*steps]), strict=True):
            features = project(features)
            if fused is not None:
                features = features + resize(fused, features.shape[-2:])
            fused = mix(features)
        return self.score(self.last(fused))


class DirectScores(nn.Module):
    """Table 4 (a) and (b), without LCF: the scores of C3 and of C5 are added."""

    def __init__(self, channels: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.high = nn.Conv2d(channels[0], classes, 1)
        self.low = nn.Conv2d(channels[-1], classes, 1)

    def forward(self, high: torch.Tensor, _medium, low: torch.Tensor) -> torch.Tensor:
        """Give scores (B, classes, h, w) of the size of `high`."""
        return self.high(high) + resize(self.low(low), high.shape[-2:])


class MRMS(WithAuxiliary):
    """The network of any architecture of the space (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
        architecture: a point of the search space.
        lcf: with the lightweight context fusion.
        lge: with the lightweight global enhancement.
        block: makes a layer, as `InvertedResidual` does.
    """

    def __init__(
        self,
        inputs: int,
        classes: int,
        architecture: space.Architecture,
        lcf: bool = True,
        lge: bool = True,
        block=InvertedResidual,
    ) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.ratios = architecture.ratios
        stem, last = (of_width(channels, architecture.width) for channels in (STEM, FIRST))
        first = InvertedResidual(stem, last, "e1k3")
        self.stem = nn.Sequential(conv(3 * inputs, stem, 3, stride=2), first)
        self.branches = nn.ModuleDict({branch: nn.Sequential() for branch in space.BRANCHES})
        ends = {}
        for group, operators in zip(space.GROUPS, architecture.layers, strict=True):
            channels = ends[group.branch] = of_width(group.channels, architecture.width)
            stride, dilation = group.stride, DILATIONS[group.branch]
            for operator in operators:
                if operator != space.IDENTITY:
                    layer = block(last, channels, operator, stride, dilation)
                    self.branches[group.branch].append(layer)
                last, stride = channels, 1
        self.head = Head(tuple(ends.values()), classes, lcf, lge)
        self.auxiliary = nn.ModuleList(nn.Conv2d(ends[of], classes, 1) for of in ("medium", "low"))
        he_init(self.stem)
        he_init(self.branches)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W), and to two more in training."""
        features, ends = self.stem(self.join(frames)), []
        for number, branch in enumerate(space.BRANCHES):
            if number:
                features = self.shrink(features, number - 1)
            features = self.branches[branch](features)
            ends.append(features)  # (B, C, H/8, W/8), and by ratio 0.5 (H/16, W/16), (H/32, W/32)
        logits = resize(self.head(*ends), frames.shape[-2:])
        if not self.training:
            return logits
        return logits, *(score(end) for score, end in zip(self.auxiliary, ends[1:], strict=True))

    def shrink(self, features: torch.Tensor, number: int) -> torch.Tensor:
        """Downsample what goes into the medium (0) or the low branch (1)."""
        return resize(features, shrunk(features.shape[-2:], self.ratios[number]))


class Head(nn.Module):
    """The lightweight segmentation head: LGE on C3, if wanted, and LCF, or the scores added."""

    def __init__(self, channels: tuple[int, ...], classes: int, lcf: bool, lge: bool) -> None:
        super().__init__()
        high = channels[0]
        enhance = nn.Sequential(separable(high, high), SqueezeExcitation(high, high))
        self.enhance = enhance if lge else nn.Identity()
        he_init(self.enhance)
        self.classifier = (ContextFusion if lcf else DirectScores)(channels, classes)

    def forward(self, high: torch.Tensor, medium: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
        """Give scores (B, classes, h, w) of the size of `high`."""
        return self.classifier(self.enhance(high), medium, low)
