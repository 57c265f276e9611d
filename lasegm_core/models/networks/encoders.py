"""torchvision's classifiers, whose layers the encoders are made of, with or without ImageNet."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torchvision.models import get_model

from lasegm_core.models.common import widen
from lasegm_core.support.errors import BadInput

_HEADS = ("classifier.", "fc.")  # no encoder has them
_COUNTER = "num_batches_tracked"  # of BatchNorm; no prediction depends on it


def classifier(name: str, pretrained: bool | Path, **options) -> nn.Module:
    """Build one of torchvision's classifiers.

    Args:
        name: torchvision's, such as "mobilenet_v2".
        pretrained: True downloads torchvision's ImageNet weights, once; a file holds weights of
            its layers; False starts from scratch.
        options: of torchvision's builder.

    Raises:
        BadInput: the file holds no tensors, or not those of the encoder.
    """
    network = get_model(name, weights="IMAGENET1K_V1" if pretrained is True else None, **options)
    if isinstance(pretrained, Path):
        _fill(network, name, pretrained)
    return network


def resnet_stages(name: str, inputs: int, pretrained: bool | Path) -> nn.ModuleList:
    """Cut torchvision's ResNet into stem and stages.

    Args:
        name: "resnet18" or another of basic blocks or bottlenecks.
        inputs: number of input frames that the first convolution reads.
        pretrained: as `classifier` takes it.

    Returns:
        Stem with pooling (stride 4) and the first stage as one part, then stages 2, 3 and 4
        (strides 8, 16, 32).
    """
    net = classifier(name, pretrained)
    stem = [widen(net.conv1, inputs), net.bn1, net.relu, net.maxpool]
    return nn.ModuleList([nn.Sequential(*stem, net.layer1), net.layer2, net.layer3, net.layer4])


def _fill(network: nn.Module, name: str, path: Path) -> None:
    """Copy the tensors of a file; only a classifier's last layers may be missing in it."""
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise BadInput(f"{path} is no safetensors file of weights ({error})") from None
    own = network.state_dict()
    needed = [key for key in own if not key.startswith(_HEADS) and not key.endswith(_COUNTER)]
    faults = [f"lacks {key!r}" for key in needed if key not in tensors]
    faults += [f"has {key!r}, which it lacks" for key in tensors if key not in own]
    faults += [
        f"has {key!r} as {tuple(tensors[key].shape)}, not {tuple(own[key].shape)}"
        for key in own.keys() & tensors.keys()
        if tensors[key].shape != own[key].shape
    ]
    if faults:
        raise BadInput(f"{path} is not of torchvision's {name}: it {faults[0]}")
    network.load_state_dict(tensors, strict=False)
