"""SwiftNet-R18 and SwiftNet-R18-X.

Orsic et al., "In Defense of Pre-trained ImageNet Architectures for Real-time Semantic Segmentation
of Road-driving Images", CVPR 2019; the wide stem: paper 000, section 4.3.

Differs from the authors' later code: the pyramid pools on four grids (1, 2, 4, 8), as both texts
say, where the code uses 8, 4, 2.

Parameters, one input frame, 19 classes: R18 11,797,843 (printed "approximately 12M"); R18-X
11,882,685 (not printed). Operations at 512x1024: 25.89 and 36.98 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 4.
"""

import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d
from torchvision.models.resnet import BasicBlock

from lasegm_core.models.common import JoinFrames, he_init, resize, widen
from lasegm_core.models.networks.encoders import classifier

WIDTH = 128
GRIDS = (8, 4, 2, 1)
WIDE_STEM = 130


def make(inputs: int, classes: int, pretrained: bool, wide_stem: bool) -> nn.Module:
    """Build SwiftNet on torchvision's ResNet-18."""
    return SwiftNet(classifier("resnet18", pretrained), inputs, classes, wide_stem)


def norm_relu_conv(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Make SwiftNet's unit: BN, ReLU and then a convolution."""
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU(), conv)


class SpatialPyramid(nn.Module):
    """Pool on grids of several sizes, along the height; the width follows the image's shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduce = norm_relu_conv(channels, WIDTH, 1)
        self.levels = nn.ModuleList(norm_relu_conv(WIDTH, WIDTH // len(GRIDS), 1) for _ in GRIDS)
        self.fuse = norm_relu_conv(2 * WIDTH, WIDTH, 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, 128, h, w)."""
        features = self.reduce(features)
        height, width = features.shape[-2:]
        pooled = [features]
        for grid, level in zip(GRIDS, self.levels, strict=True):
            cells = adaptive_avg_pool2d(features, (grid, max(1, round(grid * width / height))))
            pooled.append(resize(level(cells), (height, width)))
        return self.fuse(torch.cat(pooled, 1))


class Upsample(nn.Module):
    """Double the size and add a skip connection."""

    def __init__(self, skip_channels: int) -> None:
        super().__init__()
        self.skip = norm_relu_conv(skip_channels, WIDTH, 1)
        self.blend = norm_relu_conv(WIDTH, WIDTH, 3)

    def forward(self, features: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Map (B, 128, h, w) and (B, C, H, W) to (B, 128, H, W)."""
        skip = self.skip(skip)
        return self.blend(resize(features, skip.shape[-2:]) + skip)


class Decoded(nn.Module):
    """SwiftNet after its encoder: spatial pyramid, three upsampling modules and a classifier.

    It is run in three parts, `low`, `high` and `head`, which may also be called alone; subclasses
    have the encoder.

    Args:
        backbone: the encoder.
        channels: of the encoder's outputs at strides 32, 16, 8 and 4.
        classes: number of classes.
    """

    stride = 2  # of the high-level features, in positions of the low-level ones

    def __init__(self, backbone: nn.Module, channels: tuple[int, ...], classes: int) -> None:
        super().__init__()
        deepest, *skips = channels
        self.channels = skips[-1], WIDTH  # of the low-level and the high-level features
        self.join, self.backbone = JoinFrames(), backbone
        self.pyramid = SpatialPyramid(deepest)
        self.upsamples = nn.ModuleList(map(Upsample, skips))
        self.classifier = norm_relu_conv(WIDTH, classes, 1)
        self.classifier[-1] = nn.Conv2d(WIDTH, classes, 1)
        for part in (self.pyramid, self.upsamples):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        low = self.low(frames)
        return self.head(self.high(low), low, frames.shape[-2:])

    def low(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to the low-level features (B, C, H/4, W/4)."""
        raise NotImplementedError

    def deeper(self, low: torch.Tensor) -> list[torch.Tensor]:
        """Map low-level features to those of strides 8, 16 and 32."""
        raise NotImplementedError

    def high(self, low: torch.Tensor) -> torch.Tensor:
        """Map low-level features to high-level ones (B, 128, H/8, W/8)."""
        eighth, sixteenth, deepest = self.deeper(low)
        features = self.pyramid(deepest)  # (B, 128, H/32, W/32)
        return self.upsamples[1](self.upsamples[0](features, sixteenth), eighth)

    def head(
        self, high: torch.Tensor, low: torch.Tensor, size: torch.Size | tuple[int, int]
    ) -> torch.Tensor:
        """Map both to logits `(B, classes, *size)`; they need not be of the same frame."""
        return resize(self.classifier(self.upsamples[2](high, low)), size)


class SwiftNet(Decoded):
    """SwiftNet on a ResNet of basic blocks (see the module's docstring).

    Args:
        resnet: torchvision's; its classifier is dropped.
        inputs: number of input frames.
        classes: number of classes.
        wide_stem: put conv(3T, 130, 7x7, s2), BN, ReLU, conv(130, 64, 3x3) in place of the first
            layer.
    """

    def __init__(self, resnet: nn.Module, inputs: int, classes: int, wide_stem: bool) -> None:
        stem = _wide_stem(inputs) if wide_stem else None
        first = nn.Identity() if wide_stem else widen(resnet.conv1, inputs)
        stages = {f"layer{i}": getattr(resnet, f"layer{i}") for i in range(1, 5)}
        backbone = nn.ModuleDict({"conv1": first, "bn1": resnet.bn1, **stages})
        super().__init__(backbone, (512, 256, 128, 64), classes)
        self.stem = stem

    def low(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames to the low-level features (B, 64, H/4, W/4), before their ReLU."""
        features = self.join(frames)
        if self.stem is not None:
            features = self.stem(features)
        features = self.backbone["conv1"](features)
        features = self.backbone["bn1"](features).relu()  # (B, 64, H/2, W/2)
        features = nn.functional.max_pool2d(features, 3, stride=2, padding=1)
        return self._stage(1, features)

    def deeper(self, low: torch.Tensor) -> list[torch.Tensor]:
        """Map low-level features to those of strides 8, 16 and 32, before their ReLU."""
        sums = [low]
        for number in (2, 3, 4):
            sums.append(self._stage(number, sums[-1].relu()))
        return sums[1:]

    def _stage(self, number: int, features: torch.Tensor) -> torch.Tensor:
        """Run a stage of the encoder but for its last ReLU."""
        *blocks, last = self.backbone[f"layer{number}"]
        for block in blocks:
            features = block(features)
        return before_relu(last, features)


def _wide_stem(inputs: int) -> nn.Sequential:
    stem = nn.Sequential(
        nn.Conv2d(3 * inputs, WIDE_STEM, 7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(WIDE_STEM),
        nn.ReLU(),
        nn.Conv2d(WIDE_STEM, 64, 3, padding=1, bias=False),
    )
    he_init(stem)
    return stem


def before_relu(block: BasicBlock, features: torch.Tensor) -> torch.Tensor:
    """Run a basic block without its last ReLU."""
    shortcut = features if block.downsample is None else block.downsample(features)
    features = block.bn1(block.conv1(features)).relu()
    return block.bn2(block.conv2(features)) + shortcut
