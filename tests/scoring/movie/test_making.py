"""Movies of a perfect network: what is over which frame, and what stands under it."""

import numpy as np
import pytest

from lasegm_core.latency.cards import Card
from lasegm_core.scoring import own_score
from lasegm_core.scoring.data import Data, find_data, labelled_or_not
from lasegm_core.scoring.movie import making
from lasegm_core.scoring.movie import video as movie_video
from lasegm_core.scoring.movie.columns import Networks
from lasegm_core.scoring.movie.making import Part, make_movie
from lasegm_core.scoring.movie.video import find_clip
from lasegm_core.support.errors import BadInput
from tests.helpers.fast_square import FRAMES, LEFT, SIDE, STEP, YAML
from tests.helpers.movies import read_movie
from tests.helpers.square import constant

PERFECT = "tests.helpers.square:perfect"
SCALE = 4  # 64 pixels become 256
AGES = [None, None, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3, 2, 2, 2, 2, 3, 2, 2, 2]  # of 50 ms at 25 fps


def square_of(frame):
    """Find where the overlay is red, (left, width) in pixels of the data; None if nowhere."""
    red = frame[..., 0].astype(int) - frame[..., 1] > 60
    columns = np.flatnonzero(red.any(0))
    if not len(columns):
        return None
    assert red[:, columns[0] : columns[-1] + 1].any(0).all()
    return columns[0] / SCALE, len(columns) / SCALE


@pytest.fixture
def drawn(monkeypatch):
    """The frames that are drawn, and the words under them."""
    words, draw = [], making.side_by_side

    def keep(head, pictures, under, scale):
        words.append((head, under))
        return draw(head, pictures, under, scale)

    monkeypatch.setattr(making, "side_by_side", keep)
    return words


@pytest.mark.parametrize("kind", [".gif", ".mp4"])
def test_the_overlay_of_50_ms_at_25_fps_is_that_of_two_frames_before(kind, data, tmp_path, drawn):
    out = tmp_path / f"late{kind}"
    networks = Networks((PERFECT,), constant(50), scored=kind == ".gif")
    said = make_movie(networks, out, data, scale=SCALE)
    assert said == f"{out}: 20 frames, 0.80 s"
    frames, length_ms = read_movie(out)
    assert (len(frames), length_ms) == (FRAMES, pytest.approx(800, abs=1))
    for number, (frame, age) in enumerate(zip(frames, AGES, strict=True)):
        if age is None:
            assert square_of(frame) is None
        else:
            left, width = square_of(frame)
            assert left == pytest.approx(LEFT + STEP * (number - age), abs=0.3)
            assert width == pytest.approx(SIDE, abs=0.6)
    assert [under[0][1].partition(" ")[0] for _, under in drawn] == [
        "no" if age is None else str(age) for age in AGES
    ]
    if kind == ".gif":
        assert drawn[7] == (
            "clip b, frame 7, 0.28 s; latencies of a device",
            [[f"{PERFECT}, 50.0 ms", "2 frames old, 80 ms", "LAmIoU 0.766 [0.766, 0.766], k = 2"]],
        )


def test_two_networks_have_the_latencies_of_their_names(data, tmp_path, drawn):
    other = "tests.helpers.square:Stacked"
    card = Card("mine", "a device", "printed", {PERFECT: 0.02, other: 0.11, "more": 0.5})
    out, networks = tmp_path / "late.webp", Networks((PERFECT, other), card, scored=False)
    make_movie(networks, out, data, None, Part("b", 0.4, 0.1), SCALE)
    frames, length_ms = read_movie(out)
    assert (len(frames), length_ms) == (3, 120)
    wide = SCALE * 64
    # 110 ms: runs begin at 0, 110, 220, 330 ms; at 400 ms that of 220 ms, of frame 5, is finished.
    assert square_of(frames[0][:, :wide])[0] == pytest.approx(LEFT + STEP * 9, abs=0.4)
    assert square_of(frames[0][:, -wide:])[0] == pytest.approx(LEFT + STEP * 5, abs=0.4)
    assert [words[1] for words in drawn[0][1]] == ["1 frame old, 40 ms", "5 frames old, 200 ms"]


def test_two_networks_on_a_card_of_one_are_refused(data, tmp_path):
    networks = Networks((PERFECT, "tests.helpers.square:Stacked"), constant(50, PERFECT))
    with pytest.raises(BadInput, match="unknown network on hardware card 'mine'"):
        make_movie(networks, tmp_path / "late.gif", data)


def test_a_part_is_cut_out_of_the_whole_and_begins_with_what_was_finished_before(
    data, tmp_path, drawn
):
    networks = Networks((PERFECT,), constant(50), scored=False)
    for part in (Part(), Part("b", "0.24", "0.2")):
        make_movie(networks, tmp_path / "late.gif", data, None, part, SCALE)
    assert drawn[FRAMES:] == drawn[6:11]
    assert drawn[FRAMES][1][0][1] == "3 frames old, 120 ms"


def test_a_camera_of_another_rate_runs_in_real_time(data, tmp_path, drawn):
    networks = Networks((PERFECT,), constant(50), scored=False)
    make_movie(networks, tmp_path / "late.mp4", data, 50, scale=SCALE)
    frames, length_ms = read_movie(tmp_path / "late.mp4")
    assert (len(frames), length_ms) == (2 * FRAMES, pytest.approx(800))
    # 50 ms are 2.5 frames of 20 ms; frame 9 shows the prediction from 5, of the data's frame 2.
    assert drawn[9][1][0][1] == "4 frames old, 80 ms"
    assert square_of(frames[9])[0] == pytest.approx(LEFT + STEP * 2, abs=0.3)


def test_a_video_without_labels_is_shown_and_not_scored(video, tmp_path, monkeypatch, drawn):
    bare = YAML.replace("label/{frame}", "nothing/{frame}")
    (tmp_path / "bare.yaml").write_text(bare.replace('"{clip}', f'"{video}/{{clip}}'))
    data = find_data(tmp_path / "bare.yaml")
    monkeypatch.setattr(own_score, "score", None)
    make_movie(Networks((PERFECT,), constant(50)), tmp_path / "late.gif", data, scale=SCALE)
    assert len(read_movie(tmp_path / "late.gif")[0]) == FRAMES
    assert drawn[7][1] == [[f"{PERFECT}, 50.0 ms", "2 frames old, 80 ms"]]


def test_without_labels_there_must_be_frames(tmp_path):
    bare = YAML.replace("label/{frame}", "nothing/{frame}").replace("[b]", "['[bc]']")
    (tmp_path / "bare.yaml").write_text(bare)
    data = find_data(tmp_path / "bare.yaml")
    with pytest.raises(BadInput, match="no file matches frames"):
        find_clip(labelled_or_not(data), "0")


def test_clips_are_named_or_numbered(data):
    assert find_clip(data, "0").paths == find_clip(data, "b").paths
    for wanted in ("1", "a", "-1"):
        with pytest.raises(BadInput, match=f"clip '{wanted}' must be a number from 0 to 0, or a"):
            find_clip(data, wanted)


def test_a_network_of_the_registry_is_trained_once(place, tmp_path, monkeypatch, drawn):
    card = Card("mine", "a device", "printed", {"swiftnet_r18": 0.1})
    data = Data("cityscapes", "tiny", place)
    networks = Networks(("swiftnet_r18",), card, inputs=2, scored=False)
    trained = []
    for number in range(2):
        make_movie(networks, tmp_path / f"{number}.webp", data, part=Part("1", 0.1, 0.4))
        weights = place.build.rglob("weights.safetensors")
        trained.append({path: path.stat().st_mtime_ns for path in weights})
    assert trained[0] == trained[1] and len(trained[0]) == 2  # the run and its base
    assert (tmp_path / "0.webp").read_bytes() == (tmp_path / "1.webp").read_bytes()
    assert drawn[1][0] == (
        "cityscapes, profile tiny, clip town_000001_000000, frame 3, 0.18 s; latencies of a device"
    )


def test_a_network_that_gives_nan_leaves_nothing(data, tmp_path):
    networks = Networks(("tests.helpers.square:not_a_number",), constant(50), scored=False)
    with pytest.raises(BadInput, match="gives NaN"):
        make_movie(networks, tmp_path / "late.gif", data)
    assert not list(tmp_path.iterdir())


def test_a_frame_that_is_broken_leaves_the_old_movie(data, video, tmp_path, monkeypatch):
    (tmp_path / "late.gif").write_bytes(b"old")
    open_image = movie_video.open_image
    broken = video / "b" / "9.png"

    def opened(path):
        if path == str(broken):
            raise BadInput(f"{path} does not decode")
        return open_image(path)

    monkeypatch.setattr(movie_video, "open_image", opened)
    with pytest.raises(BadInput, match=r"9\.png does not decode"):
        make_movie(Networks((PERFECT,), constant(50), scored=False), tmp_path / "late.gif", data)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fps": 0}, "fps 0 must be frames per second"),
        ({"fps": 500}, "fps 500 is more than the 240 of a movie"),
        ({"part": Part(start_s=3)}, "no frame of the clip, which is 0.8 s long"),
        ({"part": Part("z")}, "clip 'z' must be a number"),
        ({"networks": Networks((PERFECT,), constant(50), inputs=2), "fps": 50}, "leave out fps"),
        (
            {"networks": Networks(("swiftnet",), constant(50))},
            "did you mean 'swiftnet_mn' or 'swiftnet_r18'",
        ),
        ({"networks": Networks(("tests.helpers.square:three_classes",))}, "gives 3 classes"),
        ({"out": "late.avi"}, r"late\.avi must end in \.mp4, \.gif, \.webp"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes, words, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {"networks": Networks((PERFECT,), constant(50)), "out": "late.gif", "data": data}
    given |= changes
    given["out"] = tmp_path / given["out"]
    with pytest.raises(BadInput, match=words):
        make_movie(**given)
    assert not list(tmp_path.iterdir())
