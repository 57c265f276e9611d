"""`build`: a network by its name, as it is trained here, or with published weights."""

from pathlib import Path

from torch import nn

from lasegm_core.models.registry import make
from lasegm_core.models.weights.published import load


def build(
    name: str,
    inputs: int = 1,
    classes: int = 19,
    pretrained: bool | str | Path = False,
    weights: str | None = None,
    cache: str | Path = "data",
) -> nn.Module:
    """Build a network.

    Args:
        name: a name of the registry, or a searched architecture's file, which ends in .yaml.
        inputs: number of input frames.
        classes: number of classes.
        pretrained: True loads torchvision's ImageNet weights into the encoder (downloads them
            once); a network without a torchvision encoder starts from scratch. A safetensors file
            of the encoder's weights, by torchvision's keys, is loaded instead of them.
        weights: name of published weights of the network, such as "cityscapes"; they have one
            input frame and their own classes, and are fetched once.
        cache: folder whose `weights/` they are kept in.

    Returns:
        A network that takes frames (B, inputs, 3, H, W), RGB in 0..1, oldest first, and returns
        logits (B, classes, H, W). In training mode, a network with auxiliary heads
        (`models.auxiliary`) returns a tuple with the logits first.

    Raises:
        BadInput: the name is unknown, a file is missing or holds no architecture or other weights
            than the encoder's, or weights are unknown or cannot be downloaded.

    >>> import torch
    >>> network = build("swiftnet_r18", inputs=2, classes=11).eval()
    >>> network(torch.rand(1, 2, 3, 64, 128)).shape  # from (B, T, 3, H, W)
    torch.Size([1, 11, 64, 128])
    """
    if weights is not None:
        return load(f"{name}@{weights}", Path(cache) / "weights")
    return make(
        name, inputs, classes, Path(pretrained) if isinstance(pretrained, str) else pretrained
    )
