"""Predictions from the features of a clip."""

import pytest
import torch
from torch import nn

from lasegm_core import models
from lasegm_core.data.index import dataset
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.studies.video.parts.features import ClipFeatures
from lasegm_core.studies.video.parts.propagation import Clockwork


class Nothing(nn.Module):
    """A propagation that returns zeros."""

    def forward(self, key, _frame, _low):
        return torch.zeros_like(key.high)


@pytest.fixture
def clip(street):
    rows = dataset("toystreet").frames(street, "val").query("clip == clip.iloc[0]")
    torch.manual_seed(0)
    return ClipFeatures(models.build("swiftnet_r18").eval(), rows, CITYSCAPES)


def test_cached_predictions_of_a_deleted_propagation_are_not_reused(clip):
    copied, empty, again = (clip.predict(make(), 0, 3) for make in (Clockwork, Nothing, Clockwork))
    assert (copied == again).all() and (copied != empty).any()


def test_many_frames_at_once_are_predicted_as_each_by_itself(clip):
    propagation = Clockwork()
    clip.prepare(propagation, [(number - number % 5, number) for number in range(10)])
    for key, number in ((0, 0), (0, 3), (5, 5), (5, 9)):
        own, now = clip.keys[key], clip.keys[number]
        with torch.inference_mode():
            logits = clip.network.head(own.high, now.low, now.frame.shape[-2:])
        predicted = clip.predict(propagation, key, number)
        assert (predicted == logits.argmax(1)[0].numpy()).mean() > 0.999
