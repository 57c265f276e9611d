"""FarSee-Net's back end behind another front end, and with MobileNetV2 as the proof.

Zhang and Zhang, ICRA 2020 (paper 003): its back end "can be plugged into other feature-extraction
networks, such as MobileNet" (section II-B; also section V). `plugged` takes any front end that is
cut in two: all that changes is how many channels the back end reads.

MobileNetV2 is cut by the rule that the paper gives for ResNet-18 (section IV-B): the high-level
features are those of the last convolution before the global pooling, 1280 channels at stride 32,
and the low-level ones are the last at stride 8, 32 channels. No time or score of it is printed.

Parameters, one input frame, 19 classes: 8,629,136. Operations at 512x1024: 13.2 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored as a map at
stride 2.
"""

from torch import nn
from torchvision.ops import Conv2dNormActivation

from lasegm_core.models.common import he_init, widen
from lasegm_core.models.networks.deeplab import LOW_LEVEL_WIDTH, RATES, WIDTH
from lasegm_core.models.networks.encoders import classifier
from lasegm_core.models.networks.farseenet import FactorizedASPP, FarSeeNet

CUT = 7  # in MobileNetV2's features, after the last block of stride 8
LOW, HIGH = 32, 1280  # channels there and at the end


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build FarSee-Net on torchvision's MobileNetV2."""
    features = classifier("mobilenet_v2", pretrained).features
    features[0][0] = widen(features[0][0], inputs)
    backbone = nn.ModuleDict({"low": features[:CUT], "high": features[CUT:]})
    return plugged(backbone, LOW, HIGH, classes)


def plugged(backbone: nn.ModuleDict, low: int, high: int, classes: int) -> FarSeeNet:
    """Put FarSee-Net's back end behind a front end.

    Args:
        backbone: parts `low` (to stride 8) and `high` (from there to stride 32).
        low: channels after `low`.
        high: channels after `high`.
        classes: number of classes.
    """
    network = FarSeeNet(backbone, classes, factor=4)
    network.first = FactorizedASPP(high, WIDTH, RATES)
    network.low_level = Conv2dNormActivation(low, LOW_LEVEL_WIDTH, 1)
    for part in (network.first, network.low_level):
        he_init(part)
    return network
