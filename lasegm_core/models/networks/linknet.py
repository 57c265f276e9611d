"""LinkNet, adapted from pytorchcv.

Chaurasia, Culurciello, "LinkNet: Exploiting Encoder Representations for Efficient Semantic
Segmentation", VCIP 2017. The encoder is ResNet-18.

What the paper leaves open: the stem is also linked to the last decoder block, as in the authors'
PyTorch code (one link more than the figure has). Differs from that code: logits, not their
log-softmax.

Parameters, one input frame, 19 classes: 11,535,699 (printed 11.5M; reference 11,535,699).
Operations at 512x1024: 21.75 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1. Sizes
that 32 does not divide are padded.
"""

from pytorchcv.models.linknet import linknet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import WithEncoder
from lasegm_core.models.networks.encoders import classifier

ENCODER = ["stem", "hg.down_seq"]


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build LinkNet; ImageNet weights are those of torchvision's ResNet-18."""
    network = linknet_cityscapes(num_classes=classes)
    imagenet = classifier("resnet18", pretrained) if pretrained else None
    return WithEncoder(network, ENCODER, imagenet, inputs=inputs, step=32, convs=["stem.conv.conv"])
