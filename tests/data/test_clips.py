import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

from lasegm_core.data.augmentation import Blur
from lasegm_core.data.clips import ClipDataset, make_clips, read_image, read_label
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput


@pytest.fixture
def frames(street):
    return cityscapes.dense_frames(street, "val")


@pytest.mark.parametrize(("offset", "inputs"), [(0, 1), (1, 2), (4, 1), (4, 2)])
def test_a_clip_ends_offset_frames_after_its_last_input(frames, offset, inputs):
    clips = make_clips(frames, offset, inputs)
    assert len(clips) == 2 * (30 - offset - inputs + 1)
    row = clips.iloc[-1]
    numbers = [int(path.split("_")[-2]) for path in row["inputs"]]
    assert row["frame"] == 29
    assert numbers == list(range(29 - offset - inputs + 1, 29 - offset + 1))


def test_runs_with_one_input_and_with_two_can_see_the_same_labels(frames):
    one, two = (make_clips(frames, 3, inputs, reach=2) for inputs in (1, 2))
    assert one["label"].tolist() == two["label"].tolist()
    assert [images[-1] for images in two["inputs"]] == [images[0] for images in one["inputs"]]


def test_inputs_never_come_from_another_clip(frames):
    clips = make_clips(frames, 5, 2)
    for row in clips.itertuples():
        assert all(row.clip[:11] in path for path in row.inputs)


def test_an_offset_larger_than_the_clips_allow_is_refused(frames):
    with pytest.raises(BadInput, match="offset 29 with 2 input frames is larger than the clips"):
        make_clips(frames, 29, 2)


def test_on_cityscapes_the_input_is_index_19_minus_k(frames):
    sparse = frames.assign(label=frames["label"].where(frames["frame"] == 19, ""))
    clips = make_clips(sparse, 4, 2)
    assert [path.split("_")[-2] for path in clips["inputs"].iloc[0]] == ["000014", "000015"]


def test_frames_and_label_get_the_same_crop_flip_and_scale(tmp_path):
    # The label is painted into the image, so any misfit of the two shows.
    ids = np.random.default_rng(0).integers(0, 19, (6, 8)).astype(np.uint8)
    ids = cv2.resize(ids, (128, 96), interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(str(tmp_path / "image.png"), np.repeat(ids[..., None] * 10, 3, 2))
    cv2.imwrite(str(tmp_path / "label.png"), np.array(CITYSCAPES.file_ids, np.uint8)[ids])
    image = str(tmp_path / "image.png")
    clips = pd.DataFrame({"inputs": [(image, image)], "label": [str(tmp_path / "label.png")]})
    data = ClipDataset(clips, CITYSCAPES, Augmentation(crop=(64, 64), blur=0.0), seed=3)
    sizes = set()
    for draw in range(20):
        both, label = data[draw, 0]
        assert both.shape == (2, 3, 64, 64)
        assert label.shape == (64, 64)
        assert torch.equal(both[0], both[1])
        painted = (both[0, 0] * 25.5).round()
        agree = (painted == label)[label != IGNORE].float().mean()
        assert agree > 0.85  # but for pixels blended at the edges
        sizes.add(float(both.mean()))
    assert len(sizes) == 20


def test_the_blur_is_torchvisions_but_for_rounding():
    frames = tv_tensors.Video(torch.randint(0, 256, (2, 3, 40, 50), dtype=torch.uint8))
    label = tv_tensors.Mask(torch.randint(0, 19, (40, 50), dtype=torch.uint8))
    for sigma in (0.3, 0.9):
        ours, same = Blur(5, sigma)(frames, label)
        theirs = v2.GaussianBlur(5, sigma)(frames)
        assert (ours.int() - theirs.int()).abs().max() <= 1
        assert torch.equal(same, label)


def test_a_draw_is_always_the_same_sample(frames):
    clips = make_clips(frames, 1, 2)
    first, second = (
        ClipDataset(clips, CITYSCAPES, Augmentation(crop=(32, 32)), seed=1)[5, 2] for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_broken_image_and_a_missing_one_are_named(tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG not really")
    with pytest.raises(BadInput, match=r"broken\.png does not decode"):
        read_image(str(broken))
    with pytest.raises(BadInput, match=r"gone\.png is missing"):
        read_label(str(tmp_path / "gone.png"), CITYSCAPES)


def test_a_label_id_outside_the_table_is_named(tmp_path):
    path = str(tmp_path / "label.png")
    cv2.imwrite(path, np.full((4, 4), 77, np.uint8))
    with pytest.raises(BadInput, match="holds id 77, which is not in the cityscapes table"):
        read_label(path, CITYSCAPES)
    cv2.imwrite(path, np.full((4, 4, 3), (7, 7, 8), np.uint8))
    with pytest.raises(BadInput, match="one channel"):
        read_label(path, CITYSCAPES)


def test_image_and_label_of_different_size_are_named(frames):
    clips = make_clips(frames, 0, 1)
    cv2.imwrite(clips["label"].iloc[0], np.full((10, 10), 7, np.uint8))
    with pytest.raises(BadInput, match="must be of one size"):
        ClipDataset(clips, CITYSCAPES)[0, 0]
