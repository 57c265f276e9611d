"""The still picture that comes with every widget."""

import pytest

from lasegm_core import viewers
from lasegm_core.viewers.encoding import decoded
from lasegm_core.viewers.views import stills
from tests.viewers.conftest import TWO


def test_a_still_picture_comes_with_every_widget(content):
    viewer = viewers.overlay(content)
    bundle = viewer._repr_mimebundle_()
    assert set(bundle) >= {"image/png", "application/vnd.jupyter.widget-view+json"}


def still(viewer):
    return decoded(viewer.snapshot())


def words_of(figure):
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    return [ax.get_title() + ax.get_title("left") for ax in figure.axes], [
        text.get_text() for legend in legends for text in legend.get_texts()
    ]


@pytest.fixture
def figures(monkeypatch):
    """Collect the figures whose pictures are taken."""
    taken = []
    encode = stills.png
    monkeypatch.setattr(stills, "png", lambda figure: taken.append(figure) or encode(figure))
    return taken


def test_a_still_of_classes_is_wide_and_has_a_title_and_a_legend_of_what_is_not_hidden(
    content, figures
):
    viewer = viewers.overlay(content, hidden=[2])
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert titles == [viewer.pictures[0].title]
    names = content.clip_frames.classes.names
    assert legend == [name for name in names if name != names[2]]


def test_a_still_of_errors_says_what_their_colours_mean(content, figures):
    viewer = viewers.lens(content, second=TWO.title, latency_ms=90, show="errors", frame=19)
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert [title.replace("\n", " ") for title in titles] == [
        picture.title.replace("\n", " ") for picture in viewer.pictures[:2]
    ]
    assert [words.split(":")[0] for words in legend] == ["wrong anyway", "wrong because late"] * 2
    viewers.overlay(content, show="errors").snapshot()
    assert words_of(figures[1])[1] == ["wrong"]


def test_the_titles_of_a_still_lie_below_its_legend_and_above_its_pictures(content, figures):
    viewers.lens(content, second=TWO.title, latency_ms=90, show="prediction").snapshot()
    figure = figures[0]
    figure.draw_without_rendering()
    (legend,) = figure.legends
    for ax in figure.axes:
        title = ax.title.get_window_extent()
        assert title.y1 <= legend.get_window_extent().y0
        assert title.y0 >= ax.get_window_extent().y1


def test_a_still_of_bars_is_wide_and_shows_the_bars_of_the_viewer(content, figures):
    viewer = viewers.what_if(content)
    assert still(viewer).shape[1] >= 640
    titles, legend = words_of(figures[0])
    assert titles[0].replace("\n", " ").startswith("A camera of")
    assert legend == ["SwiftNet-R18", "95 % interval"]
    names = [text.get_text() for text in figures[0].axes[0].get_yticklabels()]
    assert names == [bar["name"] for bar in viewer.bars.bars] and len(names) == 1


def test_a_still_of_what_cannot_be_drawn_says_why(content, figures):
    viewer = viewers.lens(content, first="", second="")
    assert still(viewer).shape[1] >= 640
    assert "choose a first one" in figures[0].texts[0].get_text()
    nothing = viewers.what_if(content, networks=())
    assert still(nothing).shape[1] >= 640
    assert "no run is chosen" in figures[1].texts[0].get_text()
