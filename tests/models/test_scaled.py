"""Networks behind a smaller input: their names, sizes, cost, and what training asks them for."""

import pytest
import torch

from lasegm_core import models
from lasegm_core.models import complexity
from lasegm_core.models.auxiliary import first_and_others
from lasegm_core.models.common import parameter_groups, resize
from lasegm_core.models.input_scale import split
from lasegm_core.models.loading import load_network
from lasegm_core.models.scaled import ScaledInput, scale_down
from lasegm_core.support.errors import BadInput


class Seen(torch.nn.Module):
    """Remembers the sizes of its frames, and scores each pixel by its own colour."""

    def __init__(self, ids=False):
        super().__init__()
        self.sizes, self.ids = [], ids

    def forward(self, frames):  # (B, T, 3, H, W)
        self.sizes.append(tuple(frames.shape[-2:]))
        logits = frames[:, -1]
        return logits.argmax(1) if self.ids else logits


@pytest.mark.parametrize("name", ["swiftnet_r18@0", "swiftnet_r18@1.5", "swiftnet_r18@0.50"])
def test_a_scale_out_of_range_or_written_in_another_way_is_refused_by_name(name):
    with pytest.raises(BadInput, match=name.partition("@")[2]):
        models.build(name)


def test_a_scale_is_named_once():
    with pytest.raises(BadInput, match=r"enet@0.5 names its input scale"):
        models.with_scale("enet@0.5", 0.25)


def test_an_unknown_network_is_unknown_at_every_scale():
    with pytest.raises(BadInput, match="did you mean 'swiftnet_r18'"):
        models.build("swiftnet_r81@0.5")


@pytest.mark.parametrize(("scale", "size"), [(0.5, (24, 32)), (0.75, (36, 48)), (0.3, (14, 19))])
def test_the_network_sees_smaller_frames_and_every_pixel_is_scored(scale, size):
    network, frames = Seen(), torch.rand(2, 2, 3, 48, 64)
    found = ScaledInput(network, scale)(frames)
    assert network.sizes == [size]
    assert found.shape == (2, 3, 48, 64)
    torch.testing.assert_close(found, resize(scale_down(frames, scale)[:, -1], (48, 64)))


def test_frames_of_one_colour_are_scored_as_at_full_size():
    frames = torch.tensor([0.2, 0.9, 0.4]).view(1, 1, 3, 1, 1).expand(1, 1, 3, 47, 63)
    torch.testing.assert_close(ScaledInput(Seen(), 0.5)(frames), frames[:, 0])


@pytest.mark.parametrize("times", [2, 4, 8])
def test_a_scaled_pixel_is_the_mean_of_those_it_stands_for(times):
    frames = torch.rand(1, 2, 3, 32, 64)
    expected = torch.nn.functional.avg_pool2d(frames[0], times)[None]
    torch.testing.assert_close(scale_down(frames, 1 / times), expected)


def test_class_ids_are_enlarged_to_ids_that_the_network_gave():
    frames = torch.rand(1, 1, 3, 32, 64)
    found = ScaledInput(Seen(ids=True), 0.5)(frames)
    small = Seen(ids=True)(scale_down(frames, 0.5))
    assert torch.equal(found, small.repeat_interleave(2, 1).repeat_interleave(2, 2))


def test_half_the_input_takes_the_operations_of_frames_of_half_the_size():
    half = complexity.operations("farseenet@0.5", (256, 512))
    assert half == complexity.operations("farseenet", (128, 256))
    assert complexity.parameters("farseenet@0.5") == complexity.parameters("farseenet")


def test_farsee_net_enlarges_its_scores_to_a_quarter_of_the_label_before_any_resizing():
    network, sizes = models.build("farseenet@0.5").eval(), []
    network.network.classifier.register_forward_hook(lambda *call: sizes.append(call[-1].shape))
    with torch.inference_mode():
        found = network(torch.rand(1, 1, 3, 128, 256))
    assert sizes == [(1, 19, 32, 64)]
    assert found.shape == (1, 19, 128, 256)


def test_training_finds_the_pretrained_part_as_without_a_scale():
    plain, half = (parameter_groups(models.build(name)) for name in ("enet", "enet@0.5"))
    assert {name: len(of) for name, of in half.items()} == {n: len(of) for n, of in plain.items()}
    encoder = parameter_groups(models.build("swiftnet_r18@0.5"))["pretrained"]
    assert len(encoder) == len(parameter_groups(models.build("swiftnet_r18"))["pretrained"]) > 0


@pytest.mark.parametrize("name", ["bisenet", "icnet", "stdc1", "hyperseg_s"])
def test_auxiliary_heads_are_trained_on_labels_of_full_size(name):
    network = models.build(f"{name}@0.5", classes=5).train()
    label = torch.randint(5, (2, 128, 128))
    found = network(torch.rand(2, 1, 3, 128, 128))
    assert first_and_others(found)[0].shape == (2, 5, 128, 128)
    loss = getattr(network, "summed_loss", torch.nn.functional.cross_entropy)(found, label)
    loss.backward()
    grads = [of.grad for of in network.parameters() if of.grad is not None]
    assert grads and all(grad.isfinite().all() for grad in grads)


def test_a_variant_starts_from_the_base_of_its_scale():
    assert models.entry("swiftnet_r18_x@0.5").starts_from == "swiftnet_r18@0.5"
    assert models.entry("swiftnet_r18@0.5").starts_from == ""
    assert models.entry("swiftnet_r18@0.5").title == "SwiftNet-R18, input x 0.5"


def test_any_network_is_loaded_with_a_scale(tmp_path):
    path = tmp_path / "net.pt"
    script = torch.jit.trace(torch.nn.Conv2d(3, 5, 1), torch.rand(1, 3, 8, 8))
    torch.jit.save(script, path)
    frames = torch.rand(1, 1, 3, 48, 64)
    whole, half = (load_network(f"{path}{end}").fitted(frames, 5) for end in ("", "@0.5"))
    expected = resize(whole.call(scale_down(frames, 0.5)), (48, 64))
    torch.testing.assert_close(half.call(frames), expected)
    assert half.title == f"{path}@0.5"
    assert half.notes[0] == "frames are scaled by 0.5"
    assert half.fitted(frames, 5) is half


def test_a_name_of_published_weights_keeps_its_meaning():
    assert split("espnet_v2@cityscapes@0.5") == ("espnet_v2@cityscapes", 0.5)
