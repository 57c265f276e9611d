"""Where networks come from: libraries by their prefix, and files that hold none."""

import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from lasegm_core.models.loading import load_network
from lasegm_core.models.own import libraries, preprocessed
from lasegm_core.scoring import own_score
from lasegm_core.support.errors import BadInput
from tests.helpers.fast_square import SIZE
from tests.helpers.forms import Sees, is_perfect, scored

FRAMES = torch.rand(1, 1, 3, *SIZE)


def logits(source, classes=5, frames=FRAMES):
    """Load a network, fit it and call it."""
    network = load_network(source, classes=classes).fitted(frames, classes)
    with torch.inference_mode():
        return network, network.call(frames)


def test_a_network_of_torchvision_has_the_classes_of_the_data_and_random_weights():
    torch.manual_seed(0)
    network, found = logits("torchvision:lraspp_mobilenet_v3_large")
    assert found.shape == (1, 5, *SIZE)
    assert network.notes[0] == libraries.RANDOM
    assert "frames are normalised by ImageNet's mean and std" in network.notes


def test_a_network_of_smp_is_padded_and_takes_weights_from_a_file(tmp_path):
    smp = pytest.importorskip("segmentation_models_pytorch")
    torch.manual_seed(0)
    held = smp.FPN("resnet18", encoder_weights=None, classes=5).eval()
    torch.save({"state_dict": held.state_dict(), "epoch": 3}, tmp_path / "w.ckpt")
    frames = torch.rand(1, 1, 3, 24, 40)
    network, found = logits(f"smp:FPN(resnet18)@{tmp_path}/w.ckpt", frames=frames)
    assert libraries.RANDOM not in network.notes
    assert "frames are padded to 32x64, multiples of 32" in network.notes
    padded = nn.functional.pad(frames[0], (0, 24, 0, 8), mode="replicate")
    mean, std = (torch.tensor(of).view(3, 1, 1) for of in (preprocessed.MEAN, preprocessed.STD))
    with torch.inference_mode():
        expected = held((padded - mean) / std)[..., :24, :40]
    torch.testing.assert_close(found, expected)
    with pytest.raises(BadInput, match=r"does not fit the network: .*size mismatch"):
        load_network(f"smp:FPN(resnet18)@{tmp_path}/w.ckpt", classes=6)


def test_random_weights_are_said_in_the_report(fast, monkeypatch):
    monkeypatch.setitem(libraries._MAKERS, "smp", lambda name, _: libraries._filled(Sees(), ""))
    found = scored("smp:any", fast)
    assert "network: ITS WEIGHTS ARE RANDOM, so its scores mean nothing; " in found.about


class Model(nn.Module):
    """What transformers gives: smaller logits of what its processor made of a frame."""

    dtype = torch.float32

    def forward(self, pixel_values):
        assert pixel_values.shape == (1, 3, 64, 128)
        assert abs(pixel_values.min() + 1) < 1e-6 and abs(pixel_values.max() - 1) < 1e-6
        blue = pixel_values[:, 2:, ::2, ::2]
        return SimpleNamespace(logits=torch.cat([-blue, blue], 1))


def transformers(missing=(), **changes):
    """Stand in for the library."""
    says = {"do_resize": True, "size": {"height": 64, "width": 128}, "do_rescale": True}
    says |= {"rescale_factor": 1 / 255, "do_normalize": True, "do_flip_channel_order": True}
    says |= {"image_mean": (0.5,) * 3, "image_std": (0.5,) * 3} | changes

    def load(name, **_settings):
        if name == "nowhere":
            raise OSError("nowhere is not a local folder\nand no name on the hub")
        return Model(), {"missing_keys": set(missing)}

    return SimpleNamespace(
        AutoModelForSemanticSegmentation=SimpleNamespace(from_pretrained=load),
        AutoImageProcessor=SimpleNamespace(
            from_pretrained=lambda *_names, **_settings: SimpleNamespace(**says)
        ),
    )


def test_a_model_for_transformers_gets_what_its_processor_would_make(fast, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", transformers())
    found = scored("hf:some/model", fast)
    assert is_perfect(found)
    assert "mean, std and size (64x128) are applied in the timer" in found.about
    assert "RANDOM" not in found.about
    sides = {"do_resize": True, "size": {"shortest_edge": 64}, "do_center_crop": True}
    monkeypatch.setitem(sys.modules, "transformers", transformers(["head"], **sides))
    found = scored("hf:some/model", fast)
    assert is_perfect(found)
    assert "RANDOM" in found.about and "crop is left out" in found.about
    with pytest.raises(BadInput, match="hf:nowhere cannot be loaded: nowhere is not a local"):
        load_network("hf:nowhere")
    monkeypatch.setitem(sys.modules, "transformers", transformers(size={"longest_edge": 9}))
    with pytest.raises(BadInput, match=r"hf:a/b resizes frames by \{'longest_edge': 9\}: wrap"):
        load_network("hf:a/b")


def test_a_real_model_for_transformers_is_read_from_its_folder(tmp_path):
    library = pytest.importorskip("transformers")
    torch.manual_seed(0)
    small = {"depths": [1] * 4, "hidden_sizes": [4, 8, 8, 8], "num_attention_heads": [1] * 4}
    config = library.SegformerConfig(num_labels=5, decoder_hidden_size=8, **small)
    held = library.SegformerForSemanticSegmentation(config).eval()
    processor = library.SegformerImageProcessor(size={"height": 64, "width": 64})
    held.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    image = torch.randint(0, 256, (3, *SIZE), dtype=torch.uint8)
    network, found = logits(f"hf:{tmp_path}", frames=image[None, None] / 255)
    assert libraries.RANDOM not in network.notes
    with torch.inference_mode():
        given = held(**processor(image, return_tensors="pt")).logits
    given = nn.functional.interpolate(given, SIZE, mode="bilinear")
    assert (found - given).abs().max() < 0.02 * given.abs().max()  # bytes are rounded between
    held.segformer.save_pretrained(tmp_path)  # without its head
    assert libraries.RANDOM in logits(f"hf:{tmp_path}")[0].notes


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("torchvision:fcn_resnet5", "unknown network of torchvision 'fcn_resnet5': did you mean"),
        ("torchvision:lraspp_mobilenet_v3_large@coco", "unknown weights of lraspp_mobilenet_v3"),
        ("torchvision:lraspp_mobilenet_v3_large@no.pth", "no.pth is missing"),
        ("timm:resnet18", r"timm:resnet18 is no segmentation network: .*smp:Unet\(tu-resnet18\)"),
        ("hf:some/model", "hf: needs transformers: pip install transformers"),
    ],
)
def test_a_network_that_a_library_does_not_have_is_refused(source, words, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(BadInput, match=words) as error:
        load_network(source)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("smp:Unet", r"smp:Unet must be NETWORK\(ENCODER\), as 'smp:Unet\(resnet18\)'"),
        ("smp:Unett(resnet18)", "unknown network of segmentation_models_pytorch 'Unett': did you"),
        ("smp:Unet(resnet1)", "cannot be built: Wrong encoder name `resnet1`"),
    ],
)
def test_a_network_that_smp_does_not_have_is_refused(source, words):
    pytest.importorskip("segmentation_models_pytorch")
    with pytest.raises(BadInput, match=words):
        load_network(source)


def test_without_smp_a_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "segmentation_models_pytorch", None)
    with pytest.raises(BadInput, match="pip install segmentation-models-pytorch"):
        load_network("smp:Unet(resnet18)")


@pytest.mark.parametrize(
    "name", ["net.ckpt", "net.pth.tar", "NET.SAFETENSORS", "net.bin", "net.weights", "net.TFLITE"]
)
def test_a_file_that_is_no_network_is_told_from_a_name(name, tmp_path):
    (tmp_path / name).write_bytes(b"weights")
    with pytest.raises(BadInput, match=rf"{name} is no network file: these are TorchScript"):
        load_network(str(tmp_path / name))


@pytest.mark.filterwarnings("ignore")
def test_suffixes_of_networks_may_be_in_capitals(fast, tmp_path):
    folder = tmp_path / "a:b@c"  # neither a function nor published weights
    folder.mkdir()
    scripted = torch.jit.trace(Sees(), torch.rand(1, 3, *SIZE))
    for name in ("net.ts", "NET.PT"):
        torch.jit.save(scripted, folder / name)
        assert is_perfect(scored(str(folder / name), fast))
    torch.export.save(torch.export.export(Sees(), (torch.rand(1, 3, 64, 128),)), folder / "N.pt2")
    found = own_score.score(folder / "N.pt2", fast, min_calls=3, min_s=0)
    assert found.instant[0] == 1
    assert "it takes 64x128 only: frames are resized to that" in found.about
    with pytest.raises(BadInput, match=r"gone\.TS is missing"):
        load_network(str(folder / "gone.TS"))


def test_weights_in_a_pickle_are_not_read(tmp_path):
    torch.save({"weights": Sees}, tmp_path / "w.pth")
    with pytest.raises(BadInput, match=r"w\.pth is no file of tensors alone: it is not opened"):
        load_network(f"torchvision:lraspp_mobilenet_v3_large@{tmp_path}/w.pth")
    torch.save([1], tmp_path / "w.pth")
    with pytest.raises(BadInput, match=r"w\.pth holds no weights"):
        load_network(f"torchvision:lraspp_mobilenet_v3_large@{tmp_path}/w.pth")
