"""BiSeNetV2 (not Large).

Yu et al., "BiSeNet V2: Bilateral Network with Guided Aggregation for Real-time Semantic
Segmentation", IJCV 2021.

What the paper leaves open: the width of the heads; 1024 for the main one and 128 for the auxiliary
ones, as in CoinCheung's code, as no code of the authors is known. Also after that code: BatchNorm
and ReLU after the context embedding's and the aggregation's last convolution, and ReLU after the
gather-and-expansion layer's depth-wise one. The auxiliary heads are as the main one, where that
code's double the size in between.

Differs from that code in the aggregation's upsampling: bilinear, as the paper's figure says, where
that code's is nearest.

Parameters, one input frame, 19 classes: 3,358,627 (not printed; reference 3,358,627). Operations at
512x1024: 24.60 GMAC (reference 24.60).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. In
training mode a batch holds at least two clips: the context embedding's BatchNorm sees one value a
clip.
"""

from functools import partial

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import score

WIDTH = 128  # of both branches at their ends
HEAD_WIDTH, AUXILIARY_WIDTH, DROPOUT = 1024, 128, 0.1
EXPANSION = 6
conv_norm = partial(Conv2dNormActivation, activation_layer=None)


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build BiSeNetV2; torchvision has no weights for it."""
    return BiSeNetV2(inputs, classes)


def detail_branch(inputs: int) -> nn.Sequential:
    """Make the wide and shallow branch, from the joined frames to (B, 128, H/8, W/8)."""
    layers, channels = [], 3 * inputs
    for width, depth in ((64, 2), (64, 3), (WIDTH, 3)):
        for i in range(depth):
            layers.append(Conv2dNormActivation(channels, width, 3, stride=1 if i else 2))
            channels = width
    return nn.Sequential(*layers)


class Stem(nn.Module):
    """Reach stride 4 by a convolution and by pooling, side by side."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.first = Conv2dNormActivation(3 * inputs, 16, 3, stride=2)
        self.conv = nn.Sequential(
            Conv2dNormActivation(16, 8, 1), Conv2dNormActivation(8, 16, 3, stride=2)
        )
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.fuse = Conv2dNormActivation(32, 16, 3)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, 3T, H, W) to (B, 16, H/4, W/4)."""
        features = self.first(image)
        return self.fuse(torch.cat([self.conv(features), self.pool(features)], 1))


class GatherExpansion(nn.Module):
    """Gather by a 3x3 convolution, expand depth-wise, project, and add the input."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        wide = EXPANSION * inputs
        expand = [Conv2dNormActivation(inputs, wide, 3, groups=inputs)]
        self.shortcut = nn.Identity()
        if stride == 2:
            expand = [
                conv_norm(inputs, wide, 3, stride=2, groups=inputs),
                Conv2dNormActivation(wide, wide, 3, groups=wide),
            ]
            self.shortcut = nn.Sequential(
                conv_norm(inputs, inputs, 3, stride=2, groups=inputs), conv_norm(inputs, outputs, 1)
            )
        gather = Conv2dNormActivation(inputs, inputs, 3)
        self.layers = nn.Sequential(gather, *expand, conv_norm(wide, outputs, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, outputs, h / stride, w / stride)."""
        return (self.layers(features) + self.shortcut(features)).relu()


class ContextEmbedding(nn.Module):
    """Add the whole image's context to every place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.image = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.BatchNorm2d(channels),
            Conv2dNormActivation(channels, channels, 1),
        )
        self.conv = Conv2dNormActivation(channels, channels, 3)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to the same shape."""
        return self.conv(features + self.image(features))


def depth_wise_then_point_wise(channels: int) -> nn.Sequential:
    """Make a depth-wise convolution with BN and a bare point-wise one."""
    point_wise = nn.Conv2d(channels, channels, 1, bias=False)
    return nn.Sequential(conv_norm(channels, channels, 3, groups=channels), point_wise)


class GuidedAggregation(nn.Module):
    """Let each branch gate the other, at the detail branch's size and at the semantic branch's."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.detail = depth_wise_then_point_wise(channels)
        self.detail_down = nn.Sequential(
            conv_norm(channels, channels, 3, stride=2), nn.AvgPool2d(3, stride=2, padding=1)
        )
        self.semantic_up = conv_norm(channels, channels, 3)
        self.semantic = depth_wise_then_point_wise(channels)
        self.conv = Conv2dNormActivation(channels, channels, 3)

    def forward(self, detail: torch.Tensor, semantic: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) and (B, C, h/4, w/4) to (B, C, h, w)."""
        size = detail.shape[-2:]
        fine = self.detail(detail) * resize(self.semantic_up(semantic), size).sigmoid()
        coarse = self.detail_down(detail) * self.semantic(semantic).sigmoid()
        return self.conv(fine + resize(coarse, size))


class BiSeNetV2(WithAuxiliary):
    """Detail branch, semantic branch and their aggregation (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.detail = detail_branch(inputs)
        stages, channels = [Stem(inputs)], [16]
        for width, depth in ((32, 2), (64, 2), (WIDTH, 4)):
            first = GatherExpansion(channels[-1], width, stride=2)
            others = (GatherExpansion(width, width, stride=1) for _ in range(depth - 1))
            stages.append(nn.Sequential(first, *others))
            channels.append(width)
        self.semantic = nn.ModuleList(stages)
        self.embedding = ContextEmbedding(WIDTH)
        self.aggregation = GuidedAggregation(WIDTH)
        he_init(self)  # not the heads: by He's rule their first logits would be far apart
        self.classifier = score(WIDTH, HEAD_WIDTH, classes, DROPOUT)
        self.auxiliary = nn.ModuleList(
            score(width, AUXILIARY_WIDTH, classes, DROPOUT) for width in channels
        )

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        image = self.join(frames)
        maps = [self.semantic[0](image)]  # at strides 4, 8, 16 and 32 in the end
        for stage in self.semantic[1:]:
            maps.append(stage(maps[-1]))
        fused = self.aggregation(self.detail(image), self.embedding(maps[-1]))
        logits = resize(self.classifier(fused), frames.shape[-2:])
        if self.training:
            heads = zip(self.auxiliary, maps, strict=True)
            return logits, *(head(features) for head, features in heads)
        return logits
