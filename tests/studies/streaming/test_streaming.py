from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from lasegm_core.data import sources
from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.settings import RENDERINGS, Rendering
from lasegm_core.data.sources import Place
from lasegm_core.experiments.making import ensure_network
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.setting import Setting
from lasegm_core.latency.cards import Card
from lasegm_core.metric.confusion import iou, mean_iou
from lasegm_core.metric.counts import Counts
from lasegm_core.metric.schedule import POLICIES
from lasegm_core.metric.staleness import newest_frames, shares_from_start, staleness
from lasegm_core.metric.streaming import mix
from lasegm_core.studies.streaming import frame_by_frame
from lasegm_core.studies.streaming.frame_by_frame import agreement, replay
from lasegm_core.studies.streaming.on_device import schedules
from lasegm_core.support.errors import BadInput
from lasegm_core.training import profiles
from lasegm_core.training.evaluation import evaluate
from lasegm_core.training.pairs import scored_pairs
from tests import ROOT
from tests.conftest import TINY

CAMVID = ROOT.parent / "shared" / "camvid"
SIDE = 20


def square_clip(length, side=SIDE, size=60):
    """A square that moves one pixel a frame: (T, H, W)."""
    frames = np.zeros((length, size, size + length), np.uint8)
    for t in range(length):
        frames[t, 5 : 5 + side, t : t + side] = 1
    return frames


def copied_counts(clip, offsets, first):
    """Counts of copying the label, at each offset, on the frames from `first` on; one block."""
    found = [
        replay(
            [None] * first + [*clip[first:]], clip.__getitem__, [i - k for i in range(len(clip))], 2
        )
        for k in range(offsets + 1)
    ]
    return Counts(np.stack(found)[None, :, :, :-1], ("clip",))


def test_with_one_age_it_is_lamiou():
    counts = copied_counts(square_clip(20), 6, 8)
    assert (mix(counts, staleness(0.195, 0.06, devices=None).shares) == counts.at(4)).all()


def test_a_still_scene_scores_the_same_at_every_age():
    chance = np.random.default_rng(0)
    labels, prediction = (
        [chance.integers(0, 2, (9, 9), np.uint8)] * 30,
        chance.integers(0, 2, (9, 9), np.uint8),
    )
    found = [
        replay(labels[10:], lambda _: prediction, staleness(ms / 1000, 0.06).newest(20), 2)
        for ms in (26, 60)
    ]
    assert mean_iou(found[0]) == pytest.approx(mean_iou(found[1]))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("latency_s", [[0.195], [0.076], [0.05, 0.13, 0.2]])
def test_over_all_phases_a_replay_is_the_mix_exactly(latency_s, policy, strict):
    schedule = staleness(latency_s, 0.06, 1, policy, strict=strict)
    clip = square_clip(25)
    shares = schedule.shares
    mixed = mix(copied_counts(clip, max(shares), 10), shares)[0]
    labels = [None] * 10 + [*clip[10:]]
    shown = [schedule.newest(25, phase) for phase in range(schedule.period)]
    replayed = sum(replay(labels, clip.__getitem__, newest, 2) for newest in shown)
    assert replayed[:, :-1] == pytest.approx(mixed * schedule.period)
    square = [sum(share * (SIDE + sign * age) for age, share in shares.items()) for sign in (-1, 1)]
    assert iou(mixed)[1] == pytest.approx(float(square[0] / square[1]))


def test_a_replay_from_the_start_misses_frames_without_a_prediction():
    clip = square_clip(20)
    newest = newest_frames(0.195, 0.06, frames=20)
    found = replay(clip, clip.__getitem__, newest, 2)
    assert found[1].sum() == 20 * SIDE**2
    assert found[1, -1] == 4 * SIDE**2
    # 4 frames without an output, then 4, 5, 6 frames old over and over but once 7
    shares = shares_from_start(newest)
    assert shares == {
        None: Fraction(4, 20),
        4: Fraction(5, 20),
        5: Fraction(5, 20),
        6: Fraction(5, 20),
        7: Fraction(1, 20),
    }
    mixed = mix(copied_counts(clip, 7, 8), shares)[0]
    assert mixed[1] / mixed[1].sum() == pytest.approx(found[1] / found[1].sum())
    assert iou(mixed)[1] == pytest.approx(iou(found)[1])


def test_a_prediction_is_made_once_and_in_order():
    asked = []
    clip = square_clip(20)
    newest = newest_frames(0.195, 0.06, frames=20)
    replay(clip, lambda frame: asked.append(frame) or clip[frame], newest, 2)
    assert asked == [0, 3, 6, 9, 13]


def test_a_prediction_older_than_the_counts_is_refused():
    counts = copied_counts(square_clip(20), 3, 8)
    with pytest.raises(BadInput, match="too slow: k up to 7, counted up to 3"):
        mix(counts, staleness(0.195, 0.06).shares)
    with pytest.raises(BadInput, match="too slow for 20 frames"):
        shares_from_start(newest_frames(1.2, 0.06, frames=20))


@pytest.fixture(scope="module")
def toystreet(tmp_path_factory):
    """Two rendered val clips, and a setting with 195 ms for SwiftNet-R18."""
    folder = tmp_path_factory.mktemp("toystreet")
    tiny = replace(
        TINY,
        offsets=7,
        targets=None,
        networks=("swiftnet_r18",),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(profiles.PROFILES, ("toystreet", "tiny"), tiny)
        patch.setitem(RENDERINGS, "tiny", Rendering((64, 128), train=1, val=2))
        card = Card("test", "test", "printed", {"swiftnet_r18": 0.195})
        yield Setting("toystreet", "tiny", card, 0.06), Place(folder / "build", folder / "data")


def test_on_toystreet_the_replayed_labels_score_as_mixed(toystreet):
    found = agreement(*toystreet).set_index("start")
    assert found.loc["left out", "replayed"] == pytest.approx(found.loc["left out", "mixed"])
    assert found.loc["missed", "replayed"] == pytest.approx(found.loc["missed", "mixed"], abs=0.03)
    assert found.loc["missed", "mixed"] < found.loc["left out", "mixed"] < 0.9


def test_on_toystreet_a_replayed_network_scores_as_mixed(toystreet):
    setting, place = toystreet
    frames = sources.split_frames("toystreet", "tiny", place, "val")
    classes = sources.class_table("toystreet", "tiny", place)
    pairs = scored_pairs(frames, 1, 7, None)
    # In double precision, for in single another batch rounds otherwise and moves pixels.
    network = ensure_network(Run("swiftnet_r18", 1, 0, "toystreet", "tiny"), place).double()
    fabric = Fabric(accelerator="cpu", precision="64-true")
    schedule = schedules(setting)["swiftnet_r18"]
    mixed = mix(evaluate(network, pairs, classes, fabric, "score"), schedule.shares).sum(0)
    scored, replayed = {*pairs["label"]}, 0
    for _, clip in frames.groupby("clip"):
        images = torch.stack([read_image(path) for path in clip["image"]]).double() / 255
        with torch.inference_mode():
            predictions = network(images[:, None]).argmax(1).to(torch.uint8).numpy()
        labels = [read_label(path, classes) if path in scored else None for path in clip["label"]]
        for phase in range(schedule.period):
            newest = schedule.newest(len(clip), phase)
            replayed += replay(labels, predictions.__getitem__, newest, 19)
    assert mean_iou(mixed) > 0
    np.testing.assert_allclose(replayed[:, :-1] / schedule.period, mixed, atol=1e-6)


@pytest.mark.skipif(not CAMVID.is_dir(), reason="needs CamVid in ../shared/camvid")
def test_on_camvid_the_replayed_labels_score_as_mixed(tmp_path):
    card = Card("test", "test", "printed", {"deeplab_mn": 0.25, "swiftnet_r18": 0.1})
    setting = Setting("camvid", "laptop", card, 1 / 15)
    found = agreement(setting, Place(tmp_path / "build", tmp_path / "data", CAMVID))
    for row in found.itertuples():
        reach = 1e-9 if row.start == "left out" else 0.02
        assert row.replayed == pytest.approx(row.mixed, abs=reach), row
    assert len(found) == 4


def test_sparse_labels_cannot_be_replayed(toystreet, monkeypatch):
    setting, place = toystreet
    frames = sources.split_frames("toystreet", "tiny", place, "val")
    sparse = frames.assign(label=frames["label"].where(frames["frame"] == 19, ""))
    monkeypatch.setattr(frame_by_frame, "split_frames", lambda *_: sparse)
    assert agreement(setting, place).empty
