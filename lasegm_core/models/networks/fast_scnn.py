"""Fast-SCNN, adapted from pytorchcv.

Poudel, Liwicki, Cipolla, "Fast-SCNN: Fast Semantic Segmentation Network", BMVC 2019.

What the paper leaves open: no code by the authors is known. Differs from the paper, as the ports
do: the depth-wise convolution behind the upsampled features is not dilated, and the first
convolution has no padding. Differs from pytorchcv: two auxiliary heads (weight 0.4), as in the
paper, behind "learning to downsample" and behind the global features; pytorchcv has the first.

Parameters, one input frame, 19 classes: 1,138,051 (printed 1.11M, which no known port meets;
reference 1,138,051).
Operations at 512x1024: 1.68 GMAC.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. In
training mode a batch holds at least two clips: the pyramid pooling's BatchNorm sees one value a
clip.
"""

import torch
from pytorchcv.models.fastscnn import AuxHead, fastscnn_cityscapes
from torch import nn

from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import he_init, resize
from lasegm_core.models.networks.adapted import Adapted


def make(inputs: int, classes: int, pretrained: bool) -> nn.Module:
    """Build Fast-SCNN; there are no ImageNet weights."""
    return FastSCNN(inputs, classes)


class FastSCNN(Adapted, WithAuxiliary):
    """pytorchcv's Fast-SCNN and its auxiliary heads."""

    auxiliary_weight = 0.4

    def __init__(self, inputs: int, classes: int) -> None:
        network = fastscnn_cityscapes(num_classes=classes, aux=False, fixed_size=False)
        super().__init__(network, inputs, step=1, convs=["stem.conv1.conv"])
        self.auxiliary = nn.ModuleList(AuxHead(width, 64, classes) for width in (64, 128))
        he_init(self.auxiliary)

    def run(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map joined frames (B, 3T, H, W) to logits of that size, the main ones first."""
        network, size = self.network, image.shape[-2:]
        detail = network.stem(image)  # (B, 64, H/8, W/8)
        context = network.pool(network.features(detail))  # (B, 128, H/32, W/32)
        logits = network.up(network.head(network.fusion(detail, context)), size)
        heads = zip(self.auxiliary, (detail, context), strict=True) if self.training else ()
        return (logits, *(resize(head(features), size) for head, features in heads))
