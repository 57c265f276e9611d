"""LEDNet, adapted from pytorchcv.

Wang et al., "LEDNet: A Lightweight Encoder-Decoder Network for Real-Time Semantic Segmentation",
ICIP 2019.

Differs from pytorchcv, as the paper and the authors' code do: in the right half of each block the
1x3 convolutions come before the 3x1; dropout drops whole channels. Differs from the authors' code,
which fixes 20 classes and 512x1024 pixels; and no head on the encoder (2,451 parameters), which
only their first training phase uses. With several frames the first block's pooling reads the last
one.

Parameters, one input frame, 19 classes: 922,821 (printed 0.94M, which the authors' code
does not meet either; reference 922,821).
Operations at 512x1024: 11.21 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. Sizes
that 64 does not divide are padded: the attention pyramid halves stride 8 three times. In training
mode a batch holds at least two clips: the image pooling's BatchNorm sees one value a clip.
"""

from pytorchcv.models.lednet import LEDUnit, lednet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import Adapted, drop_channels

FIRST = "encoder.stage1.unit1"


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build LEDNet; there are no ImageNet weights."""
    network = drop_channels(lednet_cityscapes(num_classes=classes))
    for unit in network.modules():
        if isinstance(unit, LEDUnit):
            for pair in (unit.right_branch.conv1, unit.right_branch.conv2):
                left, right = pair.lw_conv, pair.rw_conv
                left.conv, right.conv = right.conv, left.conv
    return Adapted(network, inputs, step=64, convs=[f"{FIRST}.conv"], pool=f"{FIRST}.pool")
