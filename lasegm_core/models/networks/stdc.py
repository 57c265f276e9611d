"""STDC1 and STDC2: BiSeNet with the image's details learnt in training instead of a spatial path.

Fan et al., "Rethinking BiSeNet For Real-time Semantic Segmentation", CVPR 2021.

What the paper leaves open, and is as in the authors' code: nearest upsampling in the context path;
the weights of the detail target's three maps (0.6, 0.3, 0.1; the paper calls them trainable, but no
gradient passes the threshold of 0.1); an edge that stride 4 alone finds weighs just the threshold
and does not count, so that stride 4 changes nothing.

Differs from that code: pixels without a label count for nothing in the detail loss, and its dice
term has the squares of the paper. The encoder starts from scratch: torchvision has no weights for
it.

Parameters, one input frame, 19 classes: STDC1 8,275,104 (not printed; reference 8,275,104), STDC2
12,305,568 (not printed; reference 12,305,568). Operations at 512x1024: STDC1 16.86 GMAC,
STDC2 23.46.
Input (B, T, 3, H, W) in 0..1, output (B, classes, H, W); the classes are scored at stride 8. In
training mode a batch holds at least two clips: the attention's BatchNorm sees one value a clip.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, conv2d, interpolate
from torchvision.ops import Conv2dNormActivation

from lasegm_core.metric.confusion import IGNORE
from lasegm_core.models.auxiliary import WithAuxiliary
from lasegm_core.models.common import JoinFrames, he_init, resize
from lasegm_core.models.networks.bisenet import WIDTH, ContextPath, FeatureFusion
from lasegm_core.models.networks.blocks import score

STAGES = (256, 512, 1024)  # channels at strides 8, 16 and 32
FUSED_WIDTH, AUXILIARY_WIDTH = 256, 64
LAPLACIAN = ((-1.0, -1.0, -1.0), (-1.0, 8.0, -1.0), (-1.0, -1.0, -1.0))
TENTHS = {1: 6, 2: 3, 4: 1}  # stride of the Laplacian: weight of what it finds
THRESHOLD = 1  # tenths


def make(inputs: int, classes: int, pretrained: bool, depths: Sequence[int]) -> nn.Module:
    """Build STDC; torchvision has no weights for it."""
    return STDC(inputs, classes, depths)


class DenseConcatenate(nn.Module):
    """Short-term dense concatenation: four convolutions in a row, whose outputs are joined.

    A later convolution has a larger receptive field and fewer channels.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        half, quarter, eighth = outputs // 2, outputs // 4, outputs // 8
        self.first = Conv2dNormActivation(inputs, half, 1)
        self.down, self.pool = nn.Identity(), nn.Identity()
        if stride == 2:
            self.down = Conv2dNormActivation(
                half, half, 3, stride=2, groups=half, activation_layer=None
            )
            self.pool = nn.AvgPool2d(3, stride=2, padding=1)
        self.others = nn.ModuleList(
            Conv2dNormActivation(*widths, 3)
            for widths in ((half, quarter), (quarter, eighth), (eighth, eighth))
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, C, h, w) to (B, outputs, h / stride, w / stride)."""
        features = self.first(features)
        parts = [self.pool(features)]
        features = self.down(features)
        for conv in self.others:
            features = conv(features)
            parts.append(features)
        return torch.cat(parts, 1)


def encoder(inputs: int, depths: Sequence[int]) -> nn.ModuleList:
    """Make the encoder: stem and first stage (stride 8), second (16) and third (32)."""
    stem = [
        Conv2dNormActivation(3 * inputs, 32, 3, stride=2),
        Conv2dNormActivation(32, 64, 3, stride=2),
    ]
    stages, channels = [], 64
    for width, depth in zip(STAGES, depths, strict=True):
        first = DenseConcatenate(channels, width, stride=2)
        others = (DenseConcatenate(width, width, stride=1) for _ in range(depth - 1))
        stages.append(nn.Sequential(*stem, first, *others))
        stem, channels = [], width
    return nn.ModuleList(stages)


class STDC(WithAuxiliary):
    """Encoder, context path and fusion (see the module's docstring).

    Args:
        inputs: number of input frames.
        classes: number of classes.
        depths: blocks of the encoder's three stages.
    """

    def __init__(self, inputs: int, classes: int, depths: Sequence[int]) -> None:
        super().__init__()
        self.join = JoinFrames()
        self.encoder = encoder(inputs, depths)
        self.context = ContextPath(STAGES[1:], upsampling="nearest")
        self.fusion = FeatureFusion(STAGES[0] + WIDTH, FUSED_WIDTH, reduction=4)
        he_init(self)  # not the heads: by He's rule their first logits would be far apart
        self.classifier = nn.Sequential(
            Conv2dNormActivation(FUSED_WIDTH, FUSED_WIDTH, 3),
            nn.Conv2d(FUSED_WIDTH, classes, 1, bias=False),
        )
        # On the context at strides 8 and 16; the last finds details on the first stage.
        widths = ((WIDTH, classes), (WIDTH, classes), (STAGES[0], 1))
        self.auxiliary = nn.ModuleList(
            score(width, AUXILIARY_WIDTH, outputs) for width, outputs in widths
        )

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W)."""
        shallow = self.encoder[0](self.join(frames))  # (B, 256, H/8, W/8)
        middle = self.encoder[1](shallow)
        contexts = self.context(middle, self.encoder[2](middle), shallow.shape[-2:])
        fused = self.fusion(shallow, contexts[0])  # (B, 256, H/8, W/8)
        logits = resize(self.classifier(fused), frames.shape[-2:])
        if self.training:
            heads = zip(self.auxiliary, (*contexts, shallow), strict=True)
            return logits, *(head(features) for head, features in heads)
        return logits

    def auxiliary_loss(self, outputs: Sequence[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Sum the two heads' cross entropy and the detail head's loss.

        Args:
            outputs: logits of the heads, those of the detail (B, 1, h, w) the last.
            label: (B, H, W), class ids or `IGNORE`.
        """
        *heads, detail = outputs
        return super().auxiliary_loss(heads, label) + detail_loss(detail, label)


def detail_target(label: torch.Tensor) -> torch.Tensor:
    """Mark the pixels of a label that belong to a detail.

    Args:
        label: (B, H, W), class ids or `IGNORE`.

    Returns:
        (B, 1, H, W), 1 where the strides at which the Laplacian of the ids is positive weigh more
        than the threshold, 0 elsewhere.
    """
    ids = label[:, None].float()
    kernel = torch.tensor(LAPLACIAN, device=label.device)[None, None]
    tenths = 0
    for stride, weight in TENTHS.items():
        found = conv2d(ids, kernel, stride=stride, padding=1) > 0
        tenths = tenths + weight * interpolate(found.float(), size=label.shape[-2:])
    return (tenths > THRESHOLD).float()


def detail_loss(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Compare a prediction of details with the label's, by binary cross entropy and dice.

    Args:
        logits: (B, 1, h, w), at any size.
        label: (B, H, W), class ids or `IGNORE`.

    Returns:
        A scalar, summed over valid pixels as the other heads' losses are: the mean of the cross
        entropy plus the clips' mean dice loss, times the number of valid pixels.
    """
    valid = (label != IGNORE)[:, None].float()
    target = detail_target(label)
    logits = resize(logits.float(), label.shape[-2:])
    entropy = binary_cross_entropy_with_logits(logits, target, valid, reduction="sum")
    found, target = (logits.sigmoid() * valid).flatten(1), (target * valid).flatten(1)
    overlap = 2 * (found * target).sum(1) + 1
    dice = 1 - overlap / (found.square().sum(1) + target.square().sum(1) + 1)
    return entropy + dice.mean() * valid.sum()
