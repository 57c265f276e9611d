"""FarSee-Net's back end as a table: the whole network, what its text prints, and the drawing."""

import matplotlib
import pytest

from lasegm_core.models import complexity
from lasegm_core.studies.zoo.back_end import drawing, figures

matplotlib.use("agg")


@pytest.fixture(scope="module")
def rows():
    return figures.figure3()


def test_both_ends_are_the_whole_network():
    for name, parts in figures.figure2("128x256").groupby("network"):
        assert parts["parameters"].sum() == complexity.parameters(name)
        assert parts["gmac"].sum() == pytest.approx(complexity.operations(name, (128, 256)))


def test_the_back_end_behind_another_front_end_differs_where_it_reads_it():
    wide = figures.figure2("128x256").pivot(index="part", columns="network", values="parameters")
    same = wide["farseenet"] == wide["farseenet_mn"]
    assert set(wide.index[same]) == set(figures.BACK_END) - {
        "first F-ASPP",
        "low-level features, reduced",
    }


def test_the_layers_are_those_of_both_modules_with_their_rates(rows):
    rates = rows[rows["kind"] == "depth-wise"].groupby("part", sort=False)["dilation"].apply(list)
    assert rates.to_dict() == {"first F-ASPP": [6, 12, 18], "second F-ASPP": [6, 12]}
    last = rows.iloc[-1]
    assert last[["kind", "outputs", "size-512x1024", "size-1024x2048"]].tolist() == [
        "shuffle",
        19,
        "256x512",
        "512x1024",
    ]


def test_operations_are_four_times_those_of_half_the_height_and_width(rows):
    small, large = (rows[f"gmac-{size}"] for size in figures.SIZES)
    assert large.tolist() == pytest.approx((4 * small).tolist())


def test_what_the_text_prints_is_compared_and_a_difference_is_seen(rows):
    assert set(figures.text(rows)["verdict"]) == {"as printed"}
    changed = figures.text(rows.assign(kernel=rows["kernel"].where(rows["kind"] != "shuffle", 2)))
    differs = changed[changed["verdict"] == "differs"]
    assert differs["quantity"].tolist() == ["factor of the last sub-pixel convolution"]


def test_a_layer_reads_as_in_the_caption_of_figure_3(rows):
    assert "3x3 depth-wise, r = 18" in figures.readable(rows)["layer"].tolist()


def test_every_layer_is_a_box(rows):
    (ax,) = drawing.draw(rows).axes
    assert len(ax.patches) >= len(rows) + 1  # and the front end
    words = [text.get_text() for text in ax.texts]
    assert "3x3x256\nr = 18" in words
    assert "t = 4\n19" in words
