"""SegNet, adapted from pytorchcv.

Badrinarayanan, Kendall, Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for
Image Segmentation", TPAMI 2017. The encoder is VGG-16 with BN, without its classifier.

What the paper leaves open: the last convolution has neither BN nor ReLU, as in the authors' Caffe
network. Differs from it: no local response normalisation of the image.

Parameters, one input frame, 19 classes: 29,453,971 (printed 29.5M in paper 004; the 1.4M of paper
002 are those of SegNet-Basic; reference 29,453,971).
Operations at 512x1024: 325.55 GMAC (paper 004 prints 286 GFLOP at 640x360, as many a pixel).
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 1. Sizes
that 32 does not divide are padded.
"""

from pytorchcv.models.segnet import segnet_cityscapes
from torch import nn

from lasegm_core.models.networks.adapted import WithEncoder
from lasegm_core.models.networks.encoders import classifier

ENCODER = [f"down_stage{stage}" for stage in range(1, 6)]


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build SegNet; ImageNet weights are those of torchvision's VGG-16 with BN."""
    network = segnet_cityscapes(num_classes=classes)
    imagenet = classifier("vgg16_bn", pretrained) if pretrained else None
    first = "down_stage1.unit1.conv"
    return WithEncoder(network, ENCODER, imagenet, inputs=inputs, step=32, convs=[first])
