"""What backbone, head and stages cost: all of a network, by MobileNetV2's own counts."""

import matplotlib
import pytest
from torchvision.models import mobilenet_v2

from lasegm_core.models import complexity
from lasegm_core.search import supernet
from lasegm_core.studies.zoo.hmseg import costs, drawings

matplotlib.use("agg")


def test_backbone_and_head_are_the_whole_network(halves):
    for name, parts in halves.groupby("network"):
        assert set(parts["part"]) == {"backbone", "head"}
        assert parts["parameters"].sum() == complexity.parameters(name)
        assert parts["gmac"].sum() == pytest.approx(complexity.operations(name, (128, 256)))


def test_the_backbone_of_mrms_is_that_of_mobilenet_v2(halves):
    backbones = halves[halves["part"] == "backbone"].set_index("network")["parameters"]
    features = mobilenet_v2().features[:-1]
    own = sum(parameter.numel() for parameter in features.parameters())
    assert backbones["mrms"] == backbones["deeplab_mn"] == own


def test_the_stages_and_the_head_are_the_whole_network_at_both_sizes(stages):
    for (name, size), parts in stages.groupby(["network", "size"]):
        assert parts["part"].tolist() == [*costs.STAGES, costs.HEAD]
        assert parts["parameters"].sum() == complexity.parameters(name)
        assert parts["gmac_share"].sum() == pytest.approx(1), size


def test_stages_1_to_3_cost_the_same_in_mrms_as_in_deeplab(stages):
    high = stages[stages["part"].isin(costs.STAGES[:3])]
    mrms, deeplab = (high[high["network"] == of]["gmac"] for of in ("mrms", "deeplab_mn"))
    assert mrms.tolist() == deeplab.tolist()


def test_the_layers_of_mrms_are_the_whole_network_and_each_is_in_a_part():
    rows = costs.figure3("128x256")
    assert rows["parameters"].sum() == complexity.parameters("mrms")
    assert list(rows["part"].unique()) == [
        *("stem", "high branch", "medium branch", "low branch"),
        *("LGE", "LCF"),
    ]


def test_the_space_has_as_many_options_as_the_search_decides_among():
    rows = costs.figure4()
    assert rows["layers"].sum() == len(supernet.LAYERS) + supernet.RATIO_DECISIONS
    options = supernet.options_of(supernet.ASPECTS).sum(1)
    assert (rows["options"] * rows["layers"]).sum() == options.sum()


def test_every_option_of_the_space_is_drawn():
    (ax,) = drawings.search_space().axes
    layers = costs.figure4().query("channels > 0")
    skipped = layers.loc[layers["choices"].str.endswith("none"), "layers"].sum()
    assert len(ax.patches) == 9 * layers["layers"].sum() + skipped
    assert [text.get_text() for text in ax.texts].count("x0.4\nx0.5\nx0.6") == 2


def test_every_bar_and_every_layer_is_drawn(halves, stages):
    assert all(len(ax.patches) == 14 for ax in drawings.halves(halves).axes)
    assert [len(ax.patches) for ax in drawings.stages(stages).axes] == [12] * 3
    found = drawings.architectures(("mrms", "hmseg"))
    assert [len(ax.patches) for ax in found.axes] == [16, 21]
    assert [text.get_text() for text in found.axes[1].texts if "x" in text.get_text()] == [
        "x0.5",
        "x0.6",
    ]
