"""SQNet, adapted from pytorchcv.

Treml et al., "Speeding up Semantic Segmentation for Autonomous Driving", MLITS workshop, NIPS 2016.

What the paper leaves open: no code by the authors is known; the widths are those of the ports.
Differs from pytorchcv: no ELU on the logits. Trained from scratch: its first layer is wider than
that of torchvision's SqueezeNet.

Parameters, one input frame, 19 classes: 16,262,771 (not printed; reference 16,262,771).
Operations at 512x1024: 143.88 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1. Sizes
that 16 does not divide are padded.
"""

from pytorchcv.models.sqnet import sqnet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import Adapted


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build SQNet; there are no ImageNet weights."""
    network = sqnet_cityscapes(num_classes=classes)
    network.head.deconv.activate = False
    return Adapted(network, inputs, step=16, convs=["stem.conv"])
