"""DeepLab-R101 beside SwiftNet-R18 at two frame sizes."""

from dataclasses import replace

import pytest

from lasegm_core.data.settings import RENDERINGS
from lasegm_core.data.sources import Place
from lasegm_core.studies.tuning import compared, frame_size, variants
from lasegm_core.training.variants import TUNING
from tests.helpers.scored import save_counts

# DeepLab-R101 and SwiftNet-R18 at the small size, then at the large one.
SCORES = (0.50, 0.60, 0.62, 0.64)
FACTS = {"device": "a CPU", "software": "torch", "commit": "abc", "date": "2026-11-30"}


@pytest.fixture
def place(tmp_path):
    runs = {}
    for variant, score in zip(frame_size.every(), SCORES, strict=True):
        save_counts(score, variant.name, tmp_path)
        runs[variant.name] = FACTS | {"train_s": 900.0}
    replace(variants._SET, runs=runs).save(tmp_path)
    return Place(tmp_path / "build", tmp_path, results=tmp_path)


def test_both_sizes_show_the_same_clips_and_crop_nothing():
    small, large = RENDERINGS["tuning"], RENDERINGS["tuning_large"]
    assert replace(large, size=small.size) == small
    for profile, rendering in (("tuning_small", small), ("tuning_large", large)):
        assert TUNING[profile].changes["augmentation"].crop == rendering.size


def test_the_gap_is_compared_between_the_sizes(place):
    scores = frame_size.scores(place)
    assert scores["size"].tolist() == ["64x128"] * 2 + ["128x256"] * 2
    assert scores["steps"].tolist() == [455, 2700, 139, 1130]
    found = frame_size.gaps(place)
    assert found["difference"].tolist() == pytest.approx([-0.1, -0.02, 0.08], abs=0.005)
    assert found["verdict"].tolist() == ["does not hold", "does not hold", "holds"]
    assert "the larger size narrows the gap: +0.08" in frame_size.say(found)
    assert "-0.1" in compared.readable(found)["difference"].iloc[0]
    assert "60 tuning clips" in compared.caption(frame_size.every(), place)
