"""ERFNet, adapted from pytorchcv.

Romera et al., "ERFNet: Efficient Residual Factorized ConvNet for Real-Time Semantic Segmentation",
Transactions on Intelligent Transportation Systems 2018.

Differs from pytorchcv, as the authors' code does: dropout drops whole channels, BN's epsilon is
1e-3. Differs from the authors' code: no head on the encoder (2,451 parameters), which only their
first training phase uses. Trained from scratch. With several frames the first block's pooling reads
the last one.

Parameters, one input frame, 19 classes: 2,064,191 (printed 2.06M; the 20M of paper 004 are a
misprint; reference 2,064,191).
Operations at 512x1024: 26.60 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1. Sizes
that 8 does not divide are padded.
"""

from pytorchcv.models.erfnet import erfnet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import Adapted, drop_channels

FIRST = "encoder.stage1.unit1"


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ERFNet; there are no ImageNet weights."""
    network = drop_channels(erfnet_cityscapes(num_classes=classes, bn_eps=1e-3))
    return Adapted(network, inputs, step=8, convs=[f"{FIRST}.conv"], pool=f"{FIRST}.pool")
