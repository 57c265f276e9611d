"""A user's own video in every form: one clip, a video file, dropped frames, names with times."""

import random
from pathlib import Path

import numpy as np
import pytest

from lasegm_core.data.clips import open_image
from lasegm_core.data.index import folder
from lasegm_core.data.sources import Place, find_place
from lasegm_core.experiments.counted import ensure
from lasegm_core.experiments.runs import Run
from lasegm_core.support.errors import BadInput
from tests.helpers.own_drive import (
    APART,
    FRAMES,
    LATE,
    NAMES,
    WANTED,
    first_row,
    image,
    say,
    scored,
    write_file,
    write_images,
    write_labels,
)
from tests.helpers.square import Perfect


@pytest.fixture
def images(tmp_path):
    """The video as images and labels, every frame labelled."""
    write_images(tmp_path / "drive", NAMES)
    write_labels(tmp_path / "masks", NAMES)
    return tmp_path


def test_the_values_are_those_by_hand():
    square = [16 * (16 - 2 * k) / (256 + 16 * 2 * k) for k in range(3)]
    road = [(2048 - 256 - 32 * k) / (2048 - 256 + 32 * k) for k in range(3)]
    assert tuple(np.round(np.add(square, road) / 2, 3)) == LATE


@pytest.mark.parametrize(
    "says",
    [
        {"splits": {"val": ["drive"]}},  # the clip is named here alone
        {"splits": None},
        {"splits": {"val": ["drive"]}} | APART,
        {"splits": None} | APART,
    ],
)
def test_one_video_needs_neither_train_nor_clip_nor_splits(images, says):
    if "of/" in says.get("labels", ""):
        (images / "of").mkdir()
        (images / "masks").rename(images / "of" / "drive")
    path = say(images, **({"frames": "drive/{frame}.png", "fps": 25} | says))
    assert folder.frames(path, "val")["clip"].unique().tolist() == ["drive"]
    assert first_row(scored(path)) == WANTED


def test_a_network_of_ours_cannot_be_trained_without_a_train_split(images, tmp_path):
    path = say(images, frames="drive/{frame}.png", fps=25)
    place = Place(tmp_path / "build", tmp_path / "data", path)
    with pytest.raises(BadInput, match=r"drive\.yaml has no train split: .*") as error:
        ensure(Run("swiftnet_r18", 1, 0, "folder", "laptop"), place)
    assert len(str(error.value).splitlines()) == 1
    with pytest.raises(BadInput, match="has no train split"):
        scored(path, build=tmp_path / "build", cache=tmp_path, network="swiftnet_r18")


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "options"),
    [
        ("drive.mkv", "ffv1", "bgr0", {}),
        ("drive.avi", "ffv1", "bgr0", {}),
        ("drive.mp4", "libx264rgb", "rgb24", {"crf": "0", "g": "10"}),
        ("Drive.MOV", "png", "rgb24", {}),
        ("drive.webm", "libvpx-vp9", "gbrp", {"lossless": "1"}),
        ("drive.mp4", "libx264", "yuv444p", {"qp": "0", "bf": "3"}),  # coded in another order
        ("drive.avi", "libx264", "yuv444p", {"qp": "0", "bf": "2"}),  # so, and without time stamps
    ],
)  # fmt: skip
def test_a_video_file_scores_as_its_frames(labels, name, codec, pixels, options):
    write_file(labels / name, codec, pixels, **options)
    path = say(labels, frames=name)
    found = scored(path)
    assert first_row(found) == WANTED
    assert "25 fps" in found.about and "missing" not in found.about
    table = folder.frames(path, "val")
    backwards = [open_image(name) for name in table["image"][::-1]][::-1]
    assert all((of == image(number)).all() for number, of in enumerate(backwards))
    assert not [made for made in labels.rglob("*") if made.suffix == ".npy"]


def test_a_video_may_be_one_of_many(tmp_path):
    for clip in ("monday", "tuesday"):
        write_file(tmp_path / "videos" / f"{clip}.mkv")
        write_labels(tmp_path / "masks" / clip, NAMES)
    says = {"frames": "videos/{clip}.mkv", "labels": "masks/{clip}/{frame}.png"}
    assert first_row(scored(say(tmp_path, **says))) == WANTED
    write_file(tmp_path / "videos" / "tuesday.mkv", times_ms={n: 20 * n for n in range(FRAMES)})
    with pytest.raises(BadInput, match="monday has 25 fps and tuesday has 50 fps: describe clips"):
        scored(say(tmp_path, **says))


def test_the_rate_of_a_video_may_be_said_but_not_another(labels):
    write_file(labels / "drive.mkv", times_ms={n: round(n * 1001 / 30) for n in range(FRAMES)})
    found = scored(say(labels, frames="drive.mkv", fps="30000/1001"), latency_ms=34)
    assert first_row(found) == WANTED
    with pytest.raises(BadInput, match=r"drive\.mkv are 29\.9\d* frames .*, but fps is 10:"):
        scored(say(labels, frames="drive.mkv", fps=10))


def test_labels_of_a_video_may_be_numbered_from_1(tmp_path):
    write_file(tmp_path / "drive.mkv")
    write_labels(tmp_path / "masks", {number: f"{number + 1:06d}" for number in range(FRAMES)})
    with pytest.raises(BadInput, match=r"has no frame number 24 in clip drive, .* are 0 to 23"):
        scored(say(tmp_path, frames="drive.mkv"))
    assert first_row(scored(say(tmp_path, frames="drive.mkv", first=1))) == WANTED


@pytest.mark.parametrize("gone", [0, 11, 12, FRAMES - 1])
def test_a_missing_image_leaves_out_its_pairs_and_no_others(images, gone):
    (images / "drive" / f"{gone:04d}.png").unlink()
    within = 0 < gone < FRAMES - 1
    if not within:  # the clip begins later, or ends earlier
        (images / "masks" / f"{gone:04d}.png").unlink()
    path = say(images, frames="drive/{frame}.png", fps=25)
    found = scored(path, offsets=2)
    assert first_row(found) == WANTED
    pixels = found.counts.values.sum((0, 2, 3)) / (32 * 64)
    # Of 24 labels, 21 lie 3 frames after the first one; an offset lacks one of them.
    assert pixels.tolist() == [20, 20, 20]
    assert ("1 of 24 frames are missing (drive: 1)" in found.about) == within


def test_a_missing_frame_is_counted_by_its_time_in_a_video(labels):
    kept = {number: 40 * number for number in range(FRAMES) if number not in (7, 8)}
    write_file(labels / "drive.mkv", times_ms=kept)
    path = say(labels, frames="drive.mkv", labels="masks/{time}.png", times="ms")
    for number, name in NAMES.items():
        (labels / "masks" / f"{name}.png").rename(labels / "masks" / f"{40 * number}.png")
    found = scored(path, offsets=2)
    assert first_row(found) == WANTED
    assert "2 of 24 frames are missing (drive: 2)" in found.about
    pixels = found.counts.values.sum((0, 2, 3)) / (32 * 64)
    assert pixels.tolist() == [19, 19, 19]
    assert scored(path, inputs=2, network=_Last()).instant[0] == 1


class _Last:
    """A perfect network of two frames."""

    def __call__(self, frames):
        return Perfect()(frames[:, -1])


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("ns", lambda ms: f"{int(1_699_999_999_000_000_000 + ms * 1e6)}"),
        ("ms", lambda ms: f"{ms:.0f}"),
        ("us", lambda ms: f"{1000 * ms:.0f}"),
        ("s", lambda ms: f"{12 + ms / 1000:.4f}"),
    ],
)
def test_names_may_be_times_with_jitter_and_a_dropped_frame(tmp_path, unit, name):
    draw = random.Random(0)
    names = {number: name(40 * number + draw.uniform(-8, 8)) for number in range(FRAMES)}
    names[0] = name(0)
    write_labels(tmp_path / "masks", names)
    del names[9]
    write_images(tmp_path / "drive", names)
    says = {"frames": "drive/{time}.png", "labels": "masks/{time}.png", "fps": 25, "times": unit}
    found = scored(say(tmp_path, **says), offsets=2)
    assert first_row(found) == WANTED
    assert "1 of 24 frames are missing (drive: 1)" in found.about
    for wrong in ({"times": {"s": "ms"}.get(unit, "s")}, {"fps": 30}):
        with pytest.raises(BadInput, match="frames a second by their times, but fps is"):
            scored(say(tmp_path, **(says | wrong)))


def test_a_variable_frame_rate_is_scored_by_its_time_stamps(tmp_path):
    # The first half at 25 fps, then every second frame alone: there, k = 1 has no frame.
    kept = [*range(12), *range(12, FRAMES, 2)]
    write_file(tmp_path / "drive.mkv", times_ms={number: 40 * number for number in kept})
    write_labels(tmp_path / "masks", {number: f"{n:04d}" for n, number in enumerate(kept)})
    found = scored(say(tmp_path, frames="drive.mkv"), offsets=2)
    assert first_row(found) == WANTED
    assert [round(miou, 3) for miou in found.decay["miou"]] == list(LATE)
    pixels = found.counts.values.sum((0, 2, 3)) / (32 * 64)
    assert pixels.tolist() == [15, 10, 15]
    assert "5 of 23 frames are missing" in found.about


def test_a_frame_half_an_interval_off_is_no_frame(tmp_path):
    times = [40 * number + 20 * (number >= 12) for number in range(FRAMES)]
    write_file(tmp_path / "drive.mkv", times_ms=dict(enumerate(times)))
    write_labels(tmp_path / "masks", NAMES)
    found = scored(say(tmp_path, frames="drive.mkv"), offsets=2)
    pixels = found.counts.values.sum((0, 2, 3)) / (32 * 64)
    assert pixels.tolist() == [21, 20, 19]  # none of the pairs across the jump
    assert first_row(found) == WANTED


def test_a_home_folder_is_a_tilde(images, monkeypatch):
    monkeypatch.setenv("HOME", str(images))
    monkeypatch.chdir("/")
    write_images(Path(images, "of"), NAMES)
    says = {"frames": "~/of/{frame}.png", "labels": "~/masks/{frame}.png", "fps": 25}
    say(images, **says)
    for named in ("~/drive.yaml", Path("~/drive.yaml"), "~"):
        assert first_row(scored(named)) == WANTED
    assert folder.classes(Path("~/drive.yaml")).names == ("road", "square")
    assert find_place("camvid", data="~/camvid").data_root == images / "camvid"
