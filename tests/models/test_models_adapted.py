"""Networks adapted from pytorchcv: one frame gives pytorchcv's scores, more start from it."""

from importlib import import_module

import pytest
import torch
from torch import nn
from torch.nn.functional import elu
from torchvision.models import ResNet18_Weights, VGG16_BN_Weights, resnet18, vgg16_bn

from lasegm_core import models
from lasegm_core.models.common import MEAN, JoinFrames, load_base

# pytorchcv's builders and what they are told; EDANet and LEDNet compute something else there.
BUILDERS = {
    "segnet": ("segnet", "segnet_cityscapes", {}),
    "sqnet": ("sqnet", "sqnet_cityscapes", {}),
    "erfnet": ("erfnet", "erfnet_cityscapes", {"bn_eps": 1e-3}),
    "linknet": ("linknet", "linknet_cityscapes", {}),
    "contextnet": ("contextnet", "ctxnet_cityscapes", {}),
    "dabnet": ("dabnet", "dabnet_cityscapes", {}),
    "fast_scnn": ("fastscnn", "fastscnn_cityscapes", {"fixed_size": False}),
}


def clip(inputs, height=64, width=128, clips=1):
    generator = torch.Generator().manual_seed(0)
    return torch.rand(clips, inputs, 3, height, width, generator=generator)


def settled(name, inputs=1):
    """Build a network whose BatchNorm statistics are those of a clip, not 0 and 1."""
    torch.manual_seed(0)
    network = models.build(name, inputs, classes=5)
    with torch.no_grad():
        network(clip(inputs, clips=2))
    return network.eval()


@pytest.mark.parametrize("name", BUILDERS)
def test_one_frame_gives_the_scores_of_pytorchcv(name):
    file, builder, arguments = BUILDERS[name]
    adapted = settled(name)
    plain = getattr(import_module(f"pytorchcv.models.{file}"), builder)
    plain = plain(num_classes=5, aux=False, **arguments).eval()
    plain.load_state_dict(adapted.network.state_dict())
    with torch.inference_mode():
        scores = adapted(clip(1))
        expected = plain(JoinFrames()(clip(1)))
    if name == "sqnet":  # pytorchcv also puts an ELU on the logits
        scores = elu(scores)
    assert expected.std() > 0.1
    torch.testing.assert_close(scores, expected)


@pytest.mark.parametrize("name", ["erfnet", "contextnet", "dabnet", "edanet", "lednet"])
def test_more_frames_start_as_one_whatever_the_earlier_are(name):
    base, network = settled(name), models.build(name, inputs=3, classes=5).eval()
    assert load_base(network, base.state_dict()) == []
    clips = clip(3)
    other_past = torch.cat([1 - clips[:, :2], clips[:, 2:]], 1)
    with torch.inference_mode():
        expected = base(clips[:, 2:])
        torch.testing.assert_close(network(clips), expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(network(other_past), expected, rtol=1e-4, atol=1e-4)


def test_sizes_that_a_network_does_not_take_are_padded_by_the_mean_colour():
    network, frames = settled("dabnet"), clip(1, 65, 97)
    padded = torch.tensor(MEAN).view(3, 1, 1).repeat(1, 1, 1, 72, 104)
    padded[..., :65, :97] = frames
    with torch.inference_mode():
        torch.testing.assert_close(
            network(frames), network(padded)[..., :65, :97], rtol=1e-4, atol=1e-4
        )


@pytest.mark.parametrize(("name", "heads"), [("contextnet", 1), ("fast_scnn", 2)])
def test_heads_score_every_pixel_in_training(name, heads):
    logits, *auxiliary = models.build(name, classes=5)(clip(1, 65, 97, clips=2))
    assert [scores.shape for scores in auxiliary] == heads * [logits.shape]


def without_classifier(resnet):
    return nn.Sequential(*list(resnet.children())[:-2])


@pytest.mark.parametrize("name", ["linknet", "segnet"])
def test_encoder_with_imagenet_weights_computes_torchvisions_features(monkeypatch, name):
    if name == "linknet":
        kind, imagenet = ResNet18_Weights, resnet18().eval()
        encoder = without_classifier(imagenet)
    else:
        kind, imagenet = VGG16_BN_Weights, vgg16_bn(init_weights=False).eval()
        encoder = imagenet.features
    for part in encoder.modules():
        if isinstance(part, nn.BatchNorm2d):  # no two of its tensors alike
            for tensor in (part.weight, part.bias, part.running_mean, part.running_var):
                nn.init.uniform_(tensor, 0.5, 1.5)
    state = imagenet.state_dict()
    stored = {key: state[key] for key in reversed(state) if "num_batches" not in key}
    monkeypatch.setattr(kind, "get_state_dict", lambda *_, **__: stored)

    features = image = clip(1)[:, 0]
    with torch.inference_mode():
        for part in models.build(name, pretrained=True).eval().backbone:
            features = part(features)
            features = features[0] if isinstance(features, tuple) else features
        torch.testing.assert_close(features, encoder(image), rtol=1e-4, atol=1e-4)


def test_the_second_pair_of_edanet_is_one_convolution_split_in_two():
    pair = models.build("edanet").eval().network.features.stage2.unit2.conv2.conv2
    features = torch.randn(1, 40, 8, 8)
    expected = pair.rw_conv.bn(pair.rw_conv.conv(pair.lw_conv.conv(features)))
    torch.testing.assert_close(pair(features), expected)


def test_the_halves_of_lednet_filter_in_opposite_order():
    unit = models.build("lednet").network.encoder.stage1.unit2
    for half, kernels in [
        (unit.left_branch, [(3, 1), (1, 3), (3, 1), (1, 3)]),
        (unit.right_branch, [(1, 3), (3, 1), (1, 3), (3, 1)]),
    ]:
        pairs = (half.conv1, half.conv2)
        convs = [conv for pair in pairs for conv in (pair.lw_conv.conv, pair.rw_conv.conv)]
        assert [conv.kernel_size for conv in convs] == kernels
