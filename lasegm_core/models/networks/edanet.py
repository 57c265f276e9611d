"""EDANet, adapted from pytorchcv.

Lo et al., "Efficient Dense Modules of Asymmetric Convolution for Real-Time Semantic Segmentation",
ACM Multimedia Asia 2019.

What the paper leaves open: the authors published layer tables, no code. Convolutions have biases,
as in the ports. Differs from pytorchcv: no ReLU between the 3x1 and 1x3 of the second, dilated
pair, which is one convolution split in two; dropout drops whole channels. Differs from the
reference: BN's epsilon is 1e-3, not 1e-5. With several frames the first block's pooling reads the
last one.

zh320 publishes weights for Cityscapes of a variant (`plain`): no convolution has a bias, BN's
epsilon is 1e-5, and nothing is dropped.

Parameters, one input frame, 19 classes: 689,485 (printed 0.68M; reference 689,485); of the variant
686,679 (published file 686,679).
Operations at 512x1024: 8.83 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. Sizes
that 8 does not divide are padded.
"""

from pytorchcv.models.edanet import EDABlock, edanet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import Adapted, drop_channels

FIRST = "features.stage1.unit1"


def make(inputs: int, classes: int, pretrained: bool, plain: bool = False) -> nn.Module:
    """Build EDANet; there are no ImageNet weights.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        pretrained: changes nothing.
        plain: without biases and dropout, the variant of zh320.
    """
    network = drop_channels(edanet_cityscapes(num_classes=classes))
    for block in network.modules():
        if isinstance(block, EDABlock):
            block.conv2.lw_conv.activate = False
    if plain:
        strip(network)
    return Adapted(network, inputs, step=8, convs=[f"{FIRST}.conv"], pool=f"{FIRST}.pool")


def strip(network: nn.Module) -> None:
    """Take biases and dropout away, and give BN PyTorch's own epsilon."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            part.bias = None
        elif isinstance(part, nn.Dropout2d):
            part.p = 0.0
        elif isinstance(part, nn.BatchNorm2d):
            part.eps = 1e-5
