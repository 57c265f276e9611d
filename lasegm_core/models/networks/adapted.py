"""Networks of pytorchcv, made to read several frames of any size.

pytorchcv (github.com/osmr/pytorchcv, Oleg Sémery, MIT) is only built here: none of its weights is
downloaded. With one input frame each network has its parameters, under its names.

A first convolution reads all frames (`common.widen`). A network that pools the image and joins it
to its features pools the last frame: the number of channels stays, so that a network of more frames
starts as its one-frame network.
"""

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn.functional import pad

from lasegm_core.models.common import JoinFrames, widen


class LastFrame(nn.Module):
    """Keep the last of the joined frames."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, 3T, H, W) to (B, 3, H, W)."""
        return image[:, -3:]


class Adapted(nn.Module):
    """A network of pytorchcv behind this package's contract.

    Args:
        network: reads one frame; changed in place.
        inputs: number of input frames.
        step: the network takes heights and widths that are multiples of it. Others are padded, on
            the right and below, by the mean colour, and the scores are cropped.
        convs: names of the convolutions that read the image.
        pool: name of the pooling that joins the image to the features, if there is one.
    """

    def __init__(
        self, network: nn.Module, inputs: int, step: int, convs: Iterable[str], pool: str = ""
    ) -> None:
        super().__init__()
        for name in convs:
            network.set_submodule(name, widen(network.get_submodule(name), inputs))
        if pool:
            network.set_submodule(pool, nn.Sequential(LastFrame(), network.get_submodule(pool)))
        self.join = JoinFrames()
        self.network = network
        self.step = step

    def forward(self, frames: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map frames (B, T, 3, H, W) to logits (B, classes, H, W), with heads in training."""
        height, width = frames.shape[-2:]
        image = self.join(frames)
        if height % self.step or width % self.step:
            image = pad(image, (0, -width % self.step, 0, -height % self.step))
        outputs = tuple(scores[..., :height, :width] for scores in self.run(image))
        return outputs if len(outputs) > 1 else outputs[0]

    def run(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Map joined frames (B, 3T, H, W) to logits of that size, the main ones first."""
        return (self.network(image),)


class WithEncoder(Adapted):
    """A network whose encoder torchvision has ImageNet weights for.

    Args:
        network: as above.
        encoder: names of its parts that make up the encoder, in the order of torchvision's.
        imagenet: torchvision's network to take the weights of, if there is one.
        arguments: further ones of `Adapted`.
    """

    def __init__(
        self,
        network: nn.Module,
        encoder: Iterable[str],
        imagenet: nn.Module | None,
        **arguments,
    ) -> None:
        encoder = tuple(encoder)
        if imagenet:
            copy_encoder(imagenet, nn.ModuleList(map(network.get_submodule, encoder)))
        super().__init__(network, **arguments)
        self.encoder = encoder

    @property
    def backbone(self) -> nn.ModuleList:
        """The encoder; its parameters keep their names in `network`."""
        return nn.ModuleList(map(self.network.get_submodule, self.encoder))


def copy_encoder(source: nn.Module, encoder: nn.Module) -> None:
    """Copy weights into an encoder of the same layers under other names.

    Args:
        source: torchvision's network; the layers behind its encoder are left.
        encoder: changed in place.
    """
    weights = source.state_dict()
    pairs = zip(tensors(encoder), tensors(source), strict=False)
    encoder.load_state_dict({own: weights[other] for own, other in pairs})


def tensors(module: nn.Module) -> list[str]:
    """Name a module's tensors but BatchNorm's counters, which old files of weights lack."""
    return [name for name in module.state_dict() if not name.endswith("num_batches_tracked")]


def drop_channels(network: nn.Module) -> nn.Module:
    """Make every dropout drop whole channels, as the reference codes do."""
    for name, part in list(network.named_modules()):
        if isinstance(part, nn.Dropout):
            network.set_submodule(name, nn.Dropout2d(part.p))
    return network
