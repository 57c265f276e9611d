"""FarSee-Net with ResNet-18, and the three methods it is compared with (Table I of paper 003).

Zhang and Zhang, "FarSee-Net: Real-Time Semantic Segmentation by Efficient Multi-scale Context
Aggregation and Feature Space Super-resolution", ICRA 2020.

What the paper leaves open, for its Figure 3 is not in its text: the low-level features are those of
conv3_x, at stride 8. There the high-level ones arrive from stride 32, enlarged by 4, or, with a
dilated front end, from stride 16, enlarged by 2. The printed times decide. With the reference's 512
channels at the end, the dilated network would need 10.6 TFLOP/s at full size (245 GMAC in 46.1 ms)
and the other at least 7.5; with 256 the dilated one 7.4. A Titan X (Maxwell) has 6.6. So nothing
is dilated, both sub-pixel convolutions enlarge by 4, and the first one gives 256 channels (F_o), as
do the 1x1 and the 3x3 convolution after the second module: 5.0 TFLOP/s. Rates (6, 12, 18) and
(6, 12), 128 channels a branch in the second module and 48 of low level are the reference's. A
sub-pixel layer is shuffled before its BN and ReLU; the last one scores the classes, so it has
neither. Its map, half the image's size, is resized bilinearly.
Method 3 is method 4 with 1x1 convolutions and bilinear resizing for the sub-pixel ones. Methods 1
and 2 are our DeepLab-V3+ behind the same front end; an F-ASPP has no image pooling, and in method 2
it is projected to 256 channels as the original is.

Differs from the reference, which takes the low level from conv4_x (stride 16), against the text,
with 2 as the first factor, to 512 channels, and 512 after the second module. Ours has 0.3 % more
parameters and 9 % more operations (26.3 GMAC there).

Parameters, one input frame, 19 classes: methods 1 to 4 have 16,020,403, 12,686,003, 12,794,547 and
16,799,952 (none printed; reference of method 4: 16,753,056).
Operations at 512x1024: 26.8, 25.2, 26.1 and 28.7 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8, in
method 4 as a map at stride 2. In training mode a batch of method 1 holds at least two clips, as for
DeepLab-V3+.
"""

import torch
from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.blocks import fit
from lasegm_core.models.networks.deeplab import LOW_LEVEL_WIDTH, RATES, WIDTH, DeepLab
from lasegm_core.models.networks.encoders import resnet_stages

LOW, HIGH = 128, 512  # channels of conv3_x and conv5_x
SECOND_WIDTH, SECOND_RATES = 128, (6, 12)


def make(inputs: int, classes: int, pretrained: bool, method: int) -> nn.Module:
    """Build one of the methods 1 to 4 of Table I on torchvision's ResNet-18."""
    to_4, to_8, to_16, to_32 = resnet_stages("resnet18", inputs, pretrained)
    low, high = nn.Sequential(to_4, to_8), nn.Sequential(to_16, to_32)
    backbone = nn.ModuleDict({"low": low, "high": high})
    if method >= 3:
        return FarSeeNet(backbone, classes, factor=4 if method == 4 else 1)
    network = DeepLab(backbone, LOW, HIGH, classes)
    if method == 2:
        module = FactorizedASPP(HIGH, WIDTH, RATES)
        network.aspp = nn.Sequential(module, Conv2dNormActivation(module.channels, WIDTH, 1))
        he_init(network.aspp)
    return network


class FactorizedASPP(nn.Module):
    """F-ASPP: a 1x1 branch and one a rate, each 1x1 and then depth-wise 3x3.

    Args:
        inputs: number of input channels.
        width: output channels of a branch.
        rates: dilations of the depth-wise convolutions.
    """

    def __init__(self, inputs: int, width: int, rates: tuple[int, ...]) -> None:
        super().__init__()
        conv = Conv2dNormActivation
        depth_wise = (conv(width, width, 3, dilation=rate, groups=width) for rate in rates)
        atrous = [nn.Sequential(conv(inputs, width, 1), layer) for layer in depth_wise]
        self.branches = nn.ModuleList([conv(inputs, width, 1), *atrous])
        self.channels = width * len(self.branches)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, channels, h, w)."""
        return torch.cat([branch(features) for branch in self.branches], 1)


def sub_pixel(inputs: int, outputs: int, factor: int, bias: bool) -> nn.Sequential:
    """Make a sub-pixel convolution: (B, inputs, h, w) to (B, outputs, factor h, factor w)."""
    conv = nn.Conv2d(inputs, outputs * factor**2, 1, bias=bias)
    return nn.Sequential(conv, nn.PixelShuffle(factor))


class FarSeeNet(nn.Module):
    """Front end, cascaded F-ASPP and sub-pixel convolutions (see the module's docstring).

    Args:
        backbone: parts `low` (to stride 8) and `high` (to stride 32) of ResNet-18.
        classes: number of classes.
        factor: of the sub-pixel convolutions; with 1 they are plain 1x1 convolutions.
    """

    def __init__(self, backbone: nn.ModuleDict, classes: int, factor: int) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.backbone = backbone
        self.first = FactorizedASPP(HIGH, WIDTH, RATES)
        layer = sub_pixel(self.first.channels, WIDTH, factor, bias=False)
        self.enlarge = nn.Sequential(layer, nn.BatchNorm2d(WIDTH), nn.ReLU())
        self.low_level = Conv2dNormActivation(LOW, LOW_LEVEL_WIDTH, 1)
        self.second = FactorizedASPP(WIDTH + LOW_LEVEL_WIDTH, SECOND_WIDTH, SECOND_RATES)
        self.fuse = nn.Sequential(
            Conv2dNormActivation(self.second.channels, WIDTH, 1),
            Conv2dNormActivation(WIDTH, WIDTH, 3),
        )
        self.classifier = sub_pixel(WIDTH, classes, factor, bias=True)
        for part in (self.first, self.enlarge, self.low_level, self.second, self.fuse):
            he_init(part)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        low = self.backbone["low"](self.join(frames))  # (B, 128, H/8, W/8)
        features = self.first(self.backbone["high"](low))  # (B, 1024, H/32, W/32)
        features = fit(self.enlarge(features), low.shape[-2:])
        features = torch.cat([features, self.low_level(low)], 1)  # (B, 304, H/8, W/8)
        features = self.fuse(self.second(features))
        return resize(self.classifier(features), frames.shape[-2:])
