import numpy as np
import pandas as pd

from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import card
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.reports.drawing import task
from lasegm_core.reports.samples import Sample


def test_the_time_line_names_the_frame_of_each_network():
    setting = Setting("toystreet", "smoke", card("gtx1080ti"), 0.06)
    rows = pd.DataFrame({"network": ["deeplab_r101"], "latency_ms": [195.0], "offset": [4]})
    ax = task.timeline(rows, setting)
    words = [text.get_text() for text in ax.texts]
    assert "195 ms: compared with t + 4" in words
    assert [tick.get_text() for tick in ax.get_xticklabels()][-1] == "t + 4"


def sample(label) -> Sample:
    """A prediction of road everywhere; later a quarter of what is labelled is sidewalk."""
    image, road = np.zeros((2, 4, 3), np.uint8), np.zeros((2, 4), np.uint8)
    target_label = np.array([[0, 0, 1, IGNORE]] * 2, np.uint8)
    target_label[1] = [0, 0, 0, IGNORE]
    return Sample("clip", ("a",), image, label, image, target_label, road, np.ones((1, 2, 4)))


def titles(figure) -> list[str]:
    return [ax.get_title() for ax in figure.axes if ax.get_title()]


def test_figure_1_says_what_is_wrong_now_and_later_and_how_much_later():
    of = sample(np.zeros((2, 4), np.uint8))
    figure = task.figure1(of, CITYSCAPES, 4, 195, 60)
    now, later = titles(figure)[:4], titles(figure)[4:]
    assert now[2:] == ["label $S_{t}$", "wrong against $S_{t}$: 0.0 %"]
    assert later[2:] == ["label $S_{t+4}$, 240 ms later", "wrong against $S_{t+4}$: 16.7 %"]
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert "network,\n195 ms" in words
    assert (
        task.say_task(of, 4)
        == "Wrong pixels in clip clip: 0.0 % against S_t, 16.7 % against S_t+4."
    )


def test_figure_1_of_sparse_labels_has_the_later_one_alone():
    figure = task.figure1(sample(None), CITYSCAPES, 4, 195, 60)
    assert len(titles(figure)) == 4
