"""Layers as they run, and the bytes they move: whole networks, and single layers by hand."""

import pytest
from torch import nn

from lasegm_core.models import complexity, layers


@pytest.mark.parametrize("name", ["farseenet", "mrms", "swiftnet_r18"])
def test_the_layers_are_the_whole_network(name):
    found = layers.table(name, (128, 256))
    assert found["parameters"].sum() == complexity.parameters(name)
    assert found["gmac"].sum() == pytest.approx(complexity.operations(name, (128, 256)))


def test_a_layer_is_listed_as_it_is_built():
    rows = layers.table("farseenet", (128, 256)).set_index("layer")
    assert rows.iloc[0][["kernel", "stride", "inputs", "outputs", "size"]].tolist() == [
        *(7, 2, 3, 64),
        "64x128",
    ]
    assert rows.loc["backbone.low.0.3", ["kind", "kernel", "stride"]].tolist() == ["pooling", 3, 2]
    atrous = rows.loc["first.branches.3.1.0"]
    assert atrous[["kind", "kernel", "dilation"]].tolist() == ["depth-wise", 3, 18]
    assert rows.loc["enlarge.0.1", ["kind", "kernel", "size"]].tolist() == ["shuffle", 4, "16x32"]


@pytest.fixture
def only(monkeypatch):
    """Make a network of a layer that takes (1, 3, H, W)."""

    def make(layer):
        class Network(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = layer

            def forward(self, frames):
                return self.layer(frames[:, 0])

        monkeypatch.setattr(layers, "on_meta", lambda *_: Network().to("meta"))
        layers.moved.cache_clear()
        return layers.moved("any", (8, 4))

    yield make
    layers.moved.cache_clear()


def test_a_convolution_reads_its_input_and_weights_and_writes_its_output(only):
    moved = only(nn.Conv2d(3, 5, 3, padding=1))
    assert moved == (4 * (3 * 32 + 5 * 3 * 9 + 5 + 5 * 32), 1)


def test_an_activation_reads_and_writes_its_map_in_place_or_not(only):
    assert only(nn.ReLU()) == only(nn.ReLU(inplace=True)) == (2 * 4 * 3 * 32, 1)


def test_a_view_moves_nothing(only):
    assert only(nn.Flatten()) == (0, 0)


def test_more_frames_move_more_but_the_weights_once():
    small, large = (layers.moved("farseenet", size).bytes for size in ((64, 128), (128, 256)))
    weights = 4 * complexity.parameters("farseenet")
    assert large - weights == pytest.approx(4 * (small - weights), rel=0.01)
