"""What a user's network is scored on: a file, a folder, a name, or toy clips."""

from dataclasses import replace

import pytest
import torch

import lasegm_core
from lasegm_core.data.sources import Place
from lasegm_core.scoring.data import Data, find_data
from lasegm_core.support.errors import BadInput
from tests.helpers.square import Perfect, constant


def test_the_data_is_a_yaml_file_or_the_folder_of_one(video, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path / "build", tmp_path / "data")  # relative to the caller
    own = Data("folder", "laptop", replace(place, data_root=video / "video.yaml"))
    assert find_data(video) == find_data(str(video / "video.yaml")) == own
    assert find_data() == Data("toystreet", "smoke", place)
    real = find_data("frames", "camvid", build="runs", cache="made")
    where = Place(tmp_path / "runs", tmp_path / "made", tmp_path / "frames")
    assert real == Data("camvid", "laptop", where)
    with pytest.raises(BadInput, match="must be a YAML file that describes your video"):
        find_data(tmp_path)
    with pytest.raises(BadInput, match="did you mean 'camvid'"):
        find_data(dataset="camvd")
    with pytest.raises(BadInput, match="is rendered, not read from"):
        find_data(tmp_path, "toystreet")


def test_score_takes_the_video_as_it_takes_its_data(data, video):
    expected = lasegm_core.score(Perfect(), data, hardware=constant(76))
    for source in (video, str(video / "video.yaml")):
        found = lasegm_core.score(Perfect(), source, hardware=constant(76))
        assert (found.counts.values == expected.counts.values).all()
        assert found.table.equals(expected.table)


def test_without_data_six_toy_clips_are_rendered_into_the_cache(tmp_path):
    network = torch.nn.Conv2d(3, 19, 1)
    found = lasegm_core.score(
        network, hardware=constant(50), build=tmp_path / "build", cache=tmp_path / "cache"
    )
    assert len(found.counts.blocks) == 6
    assert "SMOKE DATA" in str(found)
    assert [path.parent.name for path in tmp_path.rglob("manifest.json")] == [
        path.name for path in (tmp_path / "cache").glob("toystreet-64x128-*")
    ]
