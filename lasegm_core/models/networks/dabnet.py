"""DABNet, adapted from pytorchcv.

Li, Yun, Kim, Kim, "DABNet: Depth-wise Asymmetric Bottleneck for Real-time Semantic Segmentation",
BMVC 2019.

With several frames the pooled image that is joined to the features at strides 2, 4 and 8 is the
last one; the first convolution reads all.

Parameters, one input frame, 19 classes: 756,643 (printed 0.76M; reference 756,643).
Operations at 512x1024: 10.22 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. Sizes
that 8 does not divide are padded.
"""

from pytorchcv.models.dabnet import dabnet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import Adapted


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build DABNet; there are no ImageNet weights."""
    network = dabnet_cityscapes(num_classes=classes)
    first = "features.init_block.conv1.conv"
    return Adapted(network, inputs, step=8, convs=[first], pool="features.stage1.x_down")
