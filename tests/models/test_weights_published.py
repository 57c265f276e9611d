"""Published networks from the files beside the checkout: they fit, and score about their claims."""

from pathlib import Path

import pytest
import torch

from lasegm_core import count, iou
from lasegm_core.data.clips import read_image, read_label
from lasegm_core.data.labels import CAMVID, CITYSCAPES
from lasegm_core.models.weights import listed, published
from lasegm_core.models.weights.fetching import ensure
from lasegm_core.models.weights.listed import find
from tests import ROOT

SHARED, FRAMES, CLIPS = (
    ROOT.parent / "shared" / name for name in ("weights", "cityscapes_frames", "camvid")
)


def shared(title: str, folder: Path) -> torch.nn.Module:
    """Load published weights from the files beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the published files are not beside the checkout")
    (line,) = [
        line
        for line in (SHARED / "manifest.csv").read_text().splitlines()
        if find(title).sha256 in line
    ]
    (folder / find(title).file).symlink_to(SHARED / line.split(",")[0])
    return published.load(title, folder)


@pytest.mark.parametrize("title", listed.table())
def test_the_published_tensors_fit_the_network(title, tmp_path):
    assert shared(title, tmp_path)(torch.rand(1, 1, 3, 64, 128)).isfinite().all()


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("espnet_q3@cityscapes", "espnet"),
        ("espnet_v2_s05@cityscapes", "edgenets"),
        ("fssnet@cityscapes", "zh320"),
    ],
)
def test_the_original_files_hold_the_tensors(title, folder, tmp_path):
    network = shared(title, tmp_path)  # skips where there are none
    kept = ensure(find(title), tmp_path / "read", SHARED / "original" / folder)
    again = published.load(title, kept.parent)
    torch.testing.assert_close(again.state_dict(), network.state_dict(), rtol=0, atol=0)


# Over the classes that are labelled in three frames of Cityscapes; claims are of 500 or more.
FOUND = {
    "espnet_q8@cityscapes": 0.593,
    "espnet_v2_s05@cityscapes": 0.462,
    "espnet_v2_s10@cityscapes": 0.594,
    "espnet_v2_s15@cityscapes": 0.601,
    "espnet_v2@cityscapes": 0.622,
    "dabnet@cityscapes": 0.684,
    "fssnet@cityscapes": 0.612,
    "cgnet@cityscapes": 0.651,
    "adscnet@cityscapes": 0.690,
    "fpenet@cityscapes": 0.676,
    "fddwnet@cityscapes": 0.721,
    "mininet_v2@cityscapes": 0.715,
    "cfpnet@cityscapes": 0.660,
    "enet_zh320@cityscapes": 0.688,
    "edanet_zh320@cityscapes": 0.644,
    "dabnet_zh320@cityscapes": 0.688,
    "espnet_zh320@cityscapes": 0.624,
    "espnet_v2_zh320@cityscapes": 0.638,
}


@pytest.mark.parametrize("title", FOUND)
def test_they_score_on_real_frames_about_what_is_claimed(title, tmp_path):
    network, counts = shared(title, tmp_path), 0
    for path in sorted((FRAMES / "gtFine").rglob("*_labelIds.png")):
        name = path.name.replace("gtFine_labelIds", "leftImg8bit")
        (image,) = (FRAMES / "leftImg8bit_sequence").rglob(name)
        frame = read_image(str(image))[None, None] / 255
        with torch.inference_mode():
            prediction = network(frame)[0].argmax(0).numpy()
        counts += count(read_label(str(path), CITYSCAPES), prediction, classes=19)
    labelled = counts.sum(1) > 0
    miou = iou(counts)[labelled].mean()
    assert miou == pytest.approx(FOUND[title], abs=0.003)  # other CPUs round otherwise
    assert miou == pytest.approx(find(title).claimed_miou / 100, abs=0.12)


def test_those_of_camvid_are_in_the_order_of_its_classes(tmp_path):
    network, counts = shared("espnet@camvid", tmp_path), 0
    for path in sorted((CLIPS / "test" / "labels").iterdir())[::40]:
        image = read_image(str(CLIPS / "test" / "images" / path.name))
        with torch.inference_mode():
            prediction = network(image[None, None] / 255)[0].argmax(0).numpy()
        counts += count(read_label(str(path), CAMVID), prediction, classes=11)
    assert iou(counts).mean() == pytest.approx(0.577, abs=0.003)
    assert iou(counts).mean() == pytest.approx(find("espnet@camvid").claimed_miou / 100, abs=0.12)
