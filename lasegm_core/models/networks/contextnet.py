"""ContextNet, adapted from pytorchcv.

Poudel et al., "ContextNet: Exploring Context and Detail for Semantic Segmentation in Real-time",
BMVC 2018.

What the paper leaves open: no code by the authors is known. Differs from the paper, as the ports
do: the depth-wise convolution behind the upsampled context is not dilated, and the first
convolutions have no padding. Differs from pytorchcv: the auxiliary head (weight 0.4) is on the
context branch, as in the paper, not on the detail branch.

Parameters, one input frame, 19 classes: 876,563 (printed 0.85M, which no known port meets;
reference 876,563).
Operations at 512x1024: 1.68 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. Sizes
that 32 does not divide are padded.
"""

import torch
from pytorchcv.models.contextnet import CtxAuxHead, ctxnet_cityscapes
from torch import nn

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import he_init, resize
from lasegm_core.models.networks.adapted import Adapted

FIRST = ["features_high.conv1.conv", "features_low.features.init_block.conv"]


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build ContextNet; there are no ImageNet weights."""
    return ContextNet(inputs, classes)


class ContextNet(Adapted, WithAuxiliary):
    """pytorchcv's ContextNet and the head on its context branch."""

    auxiliary_weight = 0.4

    def __init__(self, inputs: int, classes: int) -> None:
        network = ctxnet_cityscapes(num_classes=classes)
        he_init(network)  # pytorchcv leaves it as torch does
        super().__init__(network, inputs, step=32, convs=FIRST)
        self.auxiliary = nn.ModuleList([CtxAuxHead(128, 32, classes)])
        he_init(self.auxiliary)

    def run(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map joined frames (B, 3T, H, W) to logits of that size, the main ones first."""
        network = self.network
        detail = network.features_high(image)  # (B, 128, H/8, W/8)
        context = network.features_low(network.down(image))  # (B, 128, H/32, W/32)
        logits = network.up(network.head(network.fusion(detail, context)))
        heads = self.auxiliary if self.training else ()
        return (logits, *(resize(head(context), image.shape[-2:]) for head in heads))
