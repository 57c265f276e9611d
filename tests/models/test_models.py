"""The networks: shapes, gradients, parameters, and how they start from other weights."""

import subprocess
import sys
from urllib.error import URLError

import pytest
import torch
from torchvision.models import ResNet18_Weights, resnet18

from lasegm_core import models, published
from lasegm_core.models.auxiliary import first_and_others, inference_parameters
from lasegm_core.models.common import JoinFrames, load_base, parameter_groups
from lasegm_core.support.errors import BadInput

# Parameters with one input frame and 19 classes, and what each further frame adds (3 channels of
# the first layer: 64 or 130 kernels of 7x7, or MobileNetV2's 32 of 3x3).
PARAMETERS = {
    "deeplab_r101": (58_753_459, 3 * 64 * 49),
    "deeplab_mn": (5_225_203, 3 * 32 * 9),
    "swiftnet_r18": (11_797_843, 3 * 64 * 49),
    "swiftnet_r18_x": (11_882_685, 3 * 130 * 49),
    "swiftnet_mn": (2_369_603, 3 * 32 * 9),
    "swiftnet_r18_t4": (11_830_451, 3 * 32 * 49),
    "swiftnet_r18_w4": (11_811_635, 3 * 32 * 49),
    "swiftnet_r18_t8": (11_910_099, 3 * 64 * 49),
    "swiftnet_r18_w8": (11_834_835, 3 * 64 * 49),
    "swiftnet_r18_t24": (12_605_011, 3 * 192 * 49),
    "swiftnet_r18_w24": (11_927_635, 3 * 192 * 49),
}
REFERENCES = published.references()
# Variants of one file are exported alike: one of each is enough.
ONE_OF_EACH_FILE = list({row.modules: name for name, row in models.REGISTRY.items()}.values())
# The paper rounds: "approximately 60M", "about 5.5M", "approximately 12M".
PRINTED = {"deeplab_r101": 60e6, "deeplab_mn": 5.5e6, "swiftnet_r18": 12e6, "swiftnet_mn": 2.4e6}


def frames(inputs: int, height: int = 65, width: int = 97, clips: int = 2) -> torch.Tensor:
    """Draw frames in 0..1, the same at every call."""
    return torch.rand(clips, inputs, 3, height, width, generator=torch.Generator().manual_seed(0))


def count(network: torch.nn.Module) -> int:
    """Count the parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("name", models.REGISTRY)
def test_network_keeps_its_contract(name, inputs):
    network = models.build(name, inputs, classes=5)
    clips = frames(inputs)  # odd sizes
    label = torch.randint(5, (2, 65, 97), generator=torch.Generator().manual_seed(0))

    logits, auxiliary = first_and_others(network(clips))
    assert logits.shape == (2, 5, 65, 97)
    logits.square().mean().backward(retain_graph=bool(auxiliary))
    for parameter_name, parameter in network.named_parameters():
        if not parameter_name.startswith("auxiliary."):
            assert parameter.grad is not None, parameter_name
            assert parameter.grad.isfinite().all(), parameter_name
    if auxiliary:
        network.auxiliary_loss(auxiliary, label).backward()
        for parameter_name, parameter in network.auxiliary.named_parameters():
            assert parameter.grad.isfinite().all(), parameter_name

    network.eval().to(memory_format=torch.channels_last)
    with torch.inference_mode():
        first = network(clips)
        assert torch.equal(first, network(clips))
        with torch.autocast("cpu", torch.bfloat16):
            assert network(clips[:1]).isfinite().all()


@pytest.mark.parametrize("name", ONE_OF_EACH_FILE)
def test_exported_program_computes_the_same(name):
    network = models.build(name, inputs=2, classes=5).eval()
    clips = frames(2, 64, 128, clips=1)
    with torch.inference_mode():
        expected = network(clips)
    exported = torch.export.export(network, (clips,)).module()
    torch.testing.assert_close(exported(clips), expected)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_those_of_the_paper(name):
    one_frame, further_frame = PARAMETERS[name]
    with torch.device("meta"):
        assert count(models.build(name)) == one_frame
        assert count(models.build(name, inputs=3)) == one_frame + 2 * further_frame
    assert one_frame == pytest.approx(PRINTED.get(name, one_frame), rel=0.06)


@pytest.mark.parametrize("name", [name for name in REFERENCES.index if name in models.REGISTRY])
def test_parameters_are_those_of_the_reference(name):
    with torch.device("meta"):
        ours = inference_parameters(models.build(name))
    assert ours == pytest.approx(REFERENCES["parameters"][name], rel=0.03)


@pytest.mark.parametrize("name", models.REGISTRY)
def test_two_rates_cover_every_parameter_once(name):
    network = models.build(name, inputs=2)
    groups = parameter_groups(network)
    assert groups.keys() == {"pretrained", "new"}
    split = [id(parameter) for group in groups.values() for parameter in group]
    assert sorted(split) == sorted(id(parameter) for parameter in network.parameters())
    new = {id(parameter) for parameter in groups["new"]}
    names = {part for part, parameter in network.named_parameters() if id(parameter) in new}
    assert not any(part.startswith("backbone") for part in names)
    assert names
    assert ("stem.0.weight" in names) is name.startswith("swiftnet_r18_")


@pytest.mark.parametrize("name", ["swiftnet_r18", "swiftnet_r18_x", "deeplab_mn"])
def test_inflated_network_starts_as_its_base_whatever_the_earlier_frame(name):
    base, network = models.build(name).eval(), models.build(name, inputs=2).eval()
    assert load_base(network, base.state_dict()) == []

    clips = frames(2)
    other_past = torch.cat([1 - clips[:, :1], clips[:, 1:]], 1)
    with torch.inference_mode():
        expected = base(clips[:, 1:])
        torch.testing.assert_close(network(clips), expected, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(network(other_past), expected, rtol=1e-4, atol=1e-4)


def test_wide_stem_is_all_that_r18_x_does_not_take_from_r18():
    base, network = models.build("swiftnet_r18"), models.build("swiftnet_r18_x", inputs=2)
    stem = network.stem[0].weight.clone()
    kept = load_base(network, base.state_dict())
    assert {name.split(".")[0] for name in kept} == {"stem"}
    assert torch.equal(network.stem[0].weight, stem)
    assert torch.equal(
        network.backbone["layer4"][1].conv2.weight, base.backbone.layer4[1].conv2.weight
    )


def test_tensors_of_another_shape_are_left_and_named():
    base = models.build("swiftnet_r18", inputs=2)
    more_frames = models.build("swiftnet_r18", inputs=3)
    assert load_base(more_frames, base.state_dict()) == ["backbone.conv1.weight"]
    other_classes = models.build("swiftnet_r18", inputs=2, classes=11)
    kept = load_base(other_classes, base.state_dict())
    assert kept == ["classifier.2.weight", "classifier.2.bias"]


def test_frames_join_oldest_first_with_zero_mean_and_unit_deviation():
    join = JoinFrames()
    clips = torch.stack([torch.zeros(3, 4, 4), join.mean + torch.zeros(3, 4, 4)])[None]
    joined = join(clips)
    assert joined.shape == (1, 6, 4, 4)
    torch.testing.assert_close(joined[0, :3, 0, 0], -(join.mean / join.std).flatten())
    assert joined[0, 3:].abs().max() == 0
    assert not join.state_dict()


def test_dilation_keeps_deeplab_at_stride_16():
    image = frames(1, 64, 96)[:, 0]
    for name in ("deeplab_r101", "deeplab_mn"):
        backbone = models.build(name).backbone.eval()
        with torch.inference_mode():
            low = backbone["low"](image)
            assert low.shape[-2:] == (16, 24)
            assert backbone["high"](low).shape[-2:] == (4, 6)


def test_unknown_network_names_the_near_ones():
    with pytest.raises(
        ValueError, match=r"unknown network 'swiftnet_r81'.*'swiftnet_r18'"
    ) as error:
        models.build("swiftnet_r81")
    assert "\n" not in str(error.value)
    assert all(name in str(error.value) for name in models.REGISTRY)


def test_titles_are_read_without_torch():
    code = (
        "import sys, lasegm_core; from lasegm_core import models; "
        "print(*(models.entry(name).title for name in sys.argv[1:]), 'torch' in sys.modules)"
    )
    names = ["deeplab_r101", "deeplab_mn", "swiftnet_r18", "swiftnet_r18_x"]
    told = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [
        "DeepLab-R101",
        "DeepLab-MN",
        "SwiftNet-R18",
        "SwiftNet-R18-X",
        "False",
    ]


@pytest.mark.parametrize("inputs", [1, 2])
def test_imagenet_weights_fill_the_encoder_and_read_the_last_frame(monkeypatch, inputs):
    imagenet = resnet18().state_dict()
    monkeypatch.setattr(ResNet18_Weights, "get_state_dict", lambda *_, **__: imagenet)
    own = models.build("swiftnet_r18", inputs, pretrained=True).backbone.state_dict()
    first = own.pop("conv1.weight")
    assert torch.equal(first[:, -3:], imagenet["conv1.weight"])
    assert not first[:, :-3].any()
    assert all(torch.equal(tensor, imagenet[name]) for name, tensor in own.items())


def test_without_a_network_the_missing_weights_are_one_line(tmp_path, monkeypatch):
    def urlopen(*_arguments, **_options):
        raise URLError("Name or service not known")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.urlopen", urlopen)
    with pytest.raises(BadInput, match=r"Name or service not known.: put the file"):
        models.build("swiftnet_r18", pretrained=True)
