"""Merged classes of a network."""

import torch

from lasegm_core.models.merged import Merged


def test_the_probability_of_a_merged_class_is_the_sum_of_its_parts():
    logits = torch.randn(2, 4, 3, 5, generator=torch.Generator().manual_seed(0))
    merged = Merged(lambda frames: frames, ((1, 2), (0,), (3,)))(logits)
    parts = logits.softmax(1)
    expected = torch.stack([parts[:, 1] + parts[:, 2], parts[:, 0], parts[:, 3]], 1)
    torch.testing.assert_close(merged.softmax(1), expected)


def test_two_halves_beat_a_class_that_is_likelier_than_each():
    logits = torch.tensor([0.4, 0.3, 0.3]).log().view(1, 3, 1, 1)
    assert logits.argmax(1).item() == 0
    assert Merged(lambda frames: frames, ((0,), (1, 2)))(logits).argmax(1).item() == 1


def test_a_class_without_a_place_is_dropped():
    logits = torch.tensor([9.0, 1.0, 2.0]).view(1, 3, 1, 1)
    assert Merged(lambda frames: frames, ((1,), (2,)))(logits).flatten().tolist() == [1, 2]


def test_it_is_exported():
    network = Merged(torch.nn.Conv2d(3, 4, 1), ((0, 1), (2,))).eval()
    frames = torch.rand(1, 3, 8, 8)
    exported = torch.export.export(network, (frames,)).module()
    torch.testing.assert_close(exported(frames), network(frames))
    assert exported(frames).shape[1] == 2
