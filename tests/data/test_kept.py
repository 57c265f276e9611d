"""Frames kept on a device give the samples that frames on disk give."""

import pytest
import torch

from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.kept import KeptClips, fits
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from lasegm_core.support.errors import BadInput


@pytest.fixture
def clips(street):
    return make_clips(cityscapes.dense_frames(street, "train"), 1, 2)


@pytest.mark.parametrize(
    "augmentation", [Augmentation((32, 48), blur=1.0), Augmentation((64, 128), (1.0, 1.0))]
)
def test_the_samples_are_those_of_the_files(clips, augmentation):
    of = clips, CITYSCAPES, augmentation, 3
    kept, read = KeptClips(*of, torch.device("cpu")), ClipDataset(*of)
    assert len(kept) == len(read)
    for item in ((0, 0), (1, 5), (2, len(read) - 1)):
        for ours, theirs in zip(kept[item], read[item], strict=True):
            assert torch.equal(ours, theirs)


def test_frames_of_two_sizes_are_refused_with_the_file_named(clips, tmp_path):
    import cv2

    odd = tmp_path / "odd.png"
    cv2.imwrite(str(odd), cv2.imread(clips["inputs"].iloc[0][0])[:-8])
    changed = clips.assign(inputs=[(str(odd), *of[1:]) for of in clips["inputs"]])
    with pytest.raises(BadInput, match="another size"):
        KeptClips(changed, CITYSCAPES, Augmentation((32, 48)), 0, torch.device("cpu"))


def test_nothing_is_kept_on_a_cpu(clips):
    assert not fits(clips, (64, 128), torch.device("cpu"))
