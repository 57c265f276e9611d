"""BiSeNet on ResNet-18.

Yu et al., "BiSeNet: Bilateral Segmentation Network for Real-time Semantic Segmentation", ECCV 2018.

What the paper leaves open: the width of the context path (128), the 3x3 convolutions after its two
upsamplings and the width of the head (64); all as in the authors' code (TorchSeg). The auxiliary
heads weigh as much as the main one, as the paper says.

Parameters, one input frame, 19 classes: 12,894,163 (printed 49M, which the authors' code does not
have; reference 12,894,163). Operations at 512x1024: 25.93 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. In
training mode a batch holds at least two clips: the attention's BatchNorm sees one value a clip.
"""

import torch
from torch import nn
from torch.nn.functional import interpolate
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import score
from lasegm_core.models.networks.encoders import resnet_stages

WIDTH = 128  # of the spatial and of the context path
HEAD_WIDTH, AUXILIARY_WIDTH = 64, 256


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build BiSeNet on torchvision's ResNet-18."""
    return BiSeNet(resnet_stages("resnet18", inputs, pretrained), inputs, classes)


class AttentionRefinement(nn.Module):
    """Weigh the channels of a 3x3 convolution by the mean of the whole map."""

    def __init__(self, inputs: int, outputs: int, activation: type[nn.Module] = nn.ReLU) -> None:
        super().__init__()
        self.conv = Conv2dNormActivation(inputs, outputs, 3, activation_layer=activation)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            Conv2dNormActivation(outputs, outputs, 1, activation_layer=nn.Sigmoid, inplace=None),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, outputs, h, w)."""
        features = self.conv(features)
        return features * self.gate(features)


class FeatureFusion(nn.Module):
    """Join two maps, and add the joined map once more, its channels weighed by attention.

    Args:
        inputs: channels of both maps together.
        outputs: channels of the joined map.
        reduction: how many times narrower the gate's hidden layer is.
    """

    def __init__(self, inputs: int, outputs: int, reduction: int = 1) -> None:
        super().__init__()
        hidden = outputs // reduction
        self.join = Conv2dNormActivation(inputs, outputs, 1)
        # torchvision's SqueezeExcitation, without its biases.
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(outputs, hidden, 1, bias=False),
            nn.ReLU(),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, detail: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        """Map two maps of one size to (B, outputs, h, w)."""
        features = self.join(torch.cat([detail, context], 1))
        return features + features * self.gate(features)


class ContextPath(nn.Module):
    """Refine an encoder's two deepest maps and bring them to stride 8.

    Args:
        channels: of the maps at strides 16 and 32.
        upsampling: mode of `torch.nn.functional.interpolate`.
    """

    def __init__(self, channels: tuple[int, int], upsampling: str = "bilinear") -> None:
        super().__init__()
        middle, deep = channels
        self.upsampling = upsampling
        self.image = nn.Sequential(nn.AdaptiveAvgPool2d(1), Conv2dNormActivation(deep, WIDTH, 1))
        self.refine_deep = AttentionRefinement(deep, WIDTH)
        self.refine_middle = AttentionRefinement(middle, WIDTH)
        self.smooth_deep = Conv2dNormActivation(WIDTH, WIDTH, 3)
        self.smooth_middle = Conv2dNormActivation(WIDTH, WIDTH, 3)

    def forward(
        self, middle: torch.Tensor, deep: torch.Tensor, size: torch.Size
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Map the encoder's maps at strides 16 and 32 to (B, 128, h, w) of two sizes.

        Returns:
            The context at stride 8, which is of the given size, and at stride 16.
        """
        features = self.refine_deep(deep) + self.image(deep)
        features = interpolate(features, size=middle.shape[-2:], mode=self.upsampling)
        coarse = self.smooth_deep(features)
        features = self.refine_middle(middle) + coarse
        features = interpolate(features, size=size, mode=self.upsampling)
        return self.smooth_middle(features), coarse


class BiSeNet(WithAuxiliary):
    """Spatial path, context path and their fusion (see the module's docstring).

    Args:
        stages: ResNet-18, cut by `blocks.resnet_stages`.
        inputs: number of input frames.
        classes: number of classes.
    """

    def __init__(self, stages: nn.ModuleList, inputs: int, classes: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = stages
        self.spatial = nn.Sequential(
            Conv2dNormActivation(3 * inputs, 64, 7, stride=2),
            Conv2dNormActivation(64, 64, 3, stride=2),
            Conv2dNormActivation(64, 64, 3, stride=2),
            Conv2dNormActivation(64, WIDTH, 1),
        )
        self.context = ContextPath((256, 512))
        self.fusion = FeatureFusion(2 * WIDTH, 2 * WIDTH)
        self.classifier = score(2 * WIDTH, HEAD_WIDTH, classes)
        self.auxiliary = nn.ModuleList(score(WIDTH, AUXILIARY_WIDTH, classes) for _ in range(2))
        for part in (self.spatial, self.context, self.fusion):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        image = self.join(frames)
        detail = self.spatial(image)  # (B, 128, H/8, W/8)
        stem, *others = self.backbone
        features = [stem(image)]
        for stage in others:
            features.append(stage(features[-1]))
        contexts = self.context(*features[-2:], detail.shape[-2:])
        fused = self.fusion(detail, contexts[0])  # (B, 256, H/8, W/8)
        logits = resize(self.classifier(fused), frames.shape[-2:])
        if self.training:
            heads = zip(self.auxiliary, contexts, strict=True)
            return logits, *(head(context) for head, context in heads)
        return logits
