"""What the networks share: joining input frames, and starting from other weights."""

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn.functional import interpolate

# Statistics of Cityscapes, from the first author's later code; the paper gives none.
MEAN = (0.2869, 0.3252, 0.2839)
STD = (0.1869, 0.1901, 0.1872)


class JoinFrames(nn.Module):
    """Normalise the frames and concatenate them along the channels.

    The statistics belong to the architecture, not to the training, so they are not in the weights.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(3, 1, 1), persistent=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Map (B, T, 3, H, W) in 0..1 to (B, 3T, H, W)."""
        joined = ((frames - self.mean) / self.std).flatten(1, 2)
        return joined.contiguous(memory_format=torch.channels_last)


def resize(features: torch.Tensor, size: torch.Size | tuple[int, int]) -> torch.Tensor:
    """Resize bilinearly to (H, W)."""
    return interpolate(features, size=tuple(size), mode="bilinear", align_corners=False)


def widen(conv: nn.Conv2d, inputs: int) -> nn.Conv2d:
    """Make a first convolution read more frames.

    The weights of the last frame, I_t, are kept and those of the earlier ones are zero, so that the
    wider network starts with the same outputs as the original one.

    Args:
        conv: reads 3 channels.
        inputs: number of frames to read.
    """
    wide = nn.Conv2d(
        3 * inputs,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        bias=conv.bias is not None,
    )
    with torch.no_grad():
        wide.weight.zero_()
        wide.weight[:, -3:] = conv.weight
        if conv.bias is not None:
            wide.bias.copy_(conv.bias)
    return wide


def load_base(network: nn.Module, weights: Mapping[str, torch.Tensor]) -> list[str]:
    """Start a network from the weights of another of the same kind, usually its one-frame network.

    A first convolution that reads more frames than the other's is filled as `widen` does.

    Args:
        network: changed in place.
        weights: state dict of the other network.

    Returns:
        Names of the tensors that are not loaded: the other network lacks them (a stem) or has them
        in another shape (a classifier of other classes).
    """
    own = network.state_dict()
    fitted = {name: shaped(weights[name], own[name]) for name in own if name in weights}
    fitted = {name: tensor for name, tensor in fitted.items() if tensor is not None}
    network.load_state_dict(fitted, strict=False)
    return [name for name in own if name not in fitted]


def shaped(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor | None:
    """Bring a tensor to the shape of `like`: unchanged, widened by zeros, or None if it cannot."""
    if tensor.shape == like.shape:
        return tensor
    one_frame = (like.shape[0], 3, *like.shape[2:])
    if like.ndim != 4 or like.shape[1] % 3 or tensor.shape != one_frame:
        return None
    wide = torch.zeros_like(like)
    wide[:, -3:] = tensor
    return wide


def he_init(module: nn.Module) -> None:
    """Initialise convolutions by He's rule (paper 000, ref. 46) and BatchNorm as identity."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm2d):
            nn.init.ones_(part.weight)
            nn.init.zeros_(part.bias)


def parameter_groups(network: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Split the parameters for the recipes' two learning rates.

    Returns:
        "pretrained": those of `network.backbone`, which ImageNet weights exist for, with a widened
        first convolution; empty if the network has no backbone. "new": all others.
    """
    pretrained = list(getattr(network, "backbone", nn.Module()).parameters())
    ids = {id(parameter) for parameter in pretrained}
    new = [parameter for parameter in network.parameters() if id(parameter) not in ids]
    return {"pretrained": pretrained, "new": new}
