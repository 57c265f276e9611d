from dataclasses import replace

import numpy as np
import pytest

from lasegm_core.data.sources import FRAMES
from lasegm_core.experiments.runs import Run
from lasegm_core.reports import samples


def test_kept_predictions_are_those_that_were_shown(place, monkeypatch, tmp_path):
    chance = np.random.default_rng(0)
    probabilities = chance.dirichlet([0.1] * 19, (48, 64)).transpose(2, 0, 1)  # (K, H, W)
    shown = probabilities.argmax(0).astype(np.uint8), probabilities
    monkeypatch.setattr(samples, "_predictor", lambda *_: lambda inputs: shown)
    monkeypatch.setattr(samples, "RENDERED", "cityscapes")  # only its frames may be passed on
    run, out = Run("swiftnet_r18", 1, 1, "cityscapes", "tiny", 0), tmp_path / "set"
    (block,) = {of.block for of in list(samples.samples(run, 1, place))[:1]}
    samples.keep(run, 1, place, [block], out)

    results = replace(place, results=out, data_root=out / FRAMES)
    (kept,) = samples.samples(run, 1, results, [block])
    assert (kept.prediction == shown[0]).all()
    assert kept.probabilities == pytest.approx(shown[1], abs=0.5 / 255)
    (before,) = samples.samples(run, 1, place, [block])
    assert (kept.image == before.image).all()
    assert (kept.target_label == before.target_label).all()
