"""What all figures have in common: colours, the line below, and letters that can be read."""

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.text import Text

from lasegm_core.experiments.results.result_set import SMOKE
from lasegm_core.models.registry import REGISTRY, entry
from lasegm_core.reports import plots
from lasegm_core.reports.captions import say_data
from lasegm_core.reports.drawing.colors import DARK, PALETTE, category_color, color_of
from lasegm_core.reports.drawing.names import name_point, spread
from lasegm_core.reports.drawing.page import WIDTH, note
from lasegm_core.training.recipes import NETWORKS

CAPTION = "Data set toystreet, seeds [0]; 60 ms a frame; 95 % intervals by bootstrap; commit 1."


def test_the_papers_networks_have_the_first_colours_of_the_palette():
    assert [color_of(entry(name).title) for name in NETWORKS] == PALETTE[:4]
    others = [row for name, row in REGISTRY.items() if name not in NETWORKS]
    assert all(color_of(row.title) == category_color(row.category) for row in others)
    assert not {color_of(row.title) for row in others} & {*PALETTE[:4], DARK}
    assert color_of("copy the last label") == DARK


def test_a_figure_says_of_which_data_it_is_how_much_of_it_and_what_its_bands_are():
    said = say_data(f"{SMOKE}. {CAPTION}", "2 clips")
    assert said.startswith(f"{SMOKE}. Data set toystreet")
    assert "n = 2 clips" in said and "95 % intervals by bootstrap" in said
    assert "commit" not in said
    assert say_data("Printed / ours.", "2 clips") == ""


def test_a_note_makes_the_figure_taller_and_covers_nothing():
    figure, ax = plt.subplots(figsize=(WIDTH, 3), layout="constrained")
    ax.plot([0, 1], label="a line")
    ax.set_xlabel("x")
    figure.legend(loc="outside upper center")
    figure.draw_without_rendering()
    before = ax.get_window_extent().height
    note(figure, "word " * 60)
    figure.draw_without_rendering()
    assert figure.get_size_inches()[0] == WIDTH and figure.get_size_inches()[1] > 3
    assert ax.get_window_extent().height == pytest.approx(before, abs=1)
    (below,) = figure.texts
    assert below.get_window_extent().y1 < ax.xaxis.label.get_window_extent().y0
    assert below.get_window_extent().y0 > 0
    assert below.get_window_extent().x1 < figure.bbox.x1
    plt.close(figure)


def test_no_letter_of_a_figure_is_smaller_than_nine_pixels_on_a_page(tmp_path):
    rows = {"name": ["DeepLab-R101"] * 2, "offset": [0, 1], "miou": [0.5, 0.4]}
    ax = plots.decay(pd.DataFrame(rows | {"ci_low": [0.4, 0.3], "ci_high": [0.6, 0.5]}))
    plots.write("decay", ax, CAPTION, tmp_path, "2 clips")
    width = ax.figure.get_size_inches()[0]
    sizes = [text.get_fontsize() for text in ax.figure.findobj(Text) if text.get_text()]
    assert min(sizes) / 72 * 830 / width >= 9
    plt.close(ax.figure)


def test_names_do_not_cover_each_other():
    figure, ax = plt.subplots(figsize=(WIDTH, 3), layout="constrained")
    names = [name_point("a long name", (0.5, 0.5), ax) for _ in range(4)]
    spread(figure)
    boxes = [Text.get_window_extent(name) for name in names]
    assert not any(box.count_overlaps(boxes[:place]) for place, box in enumerate(boxes))
    plt.close(figure)


def test_the_palette_is_seaborns_for_the_colour_blind():
    assert np.allclose(PALETTE, sns.color_palette("colorblind"))
