"""A move of the frame slider: kernel and browser, against redrawing a figure of matplotlib."""

import time
from io import BytesIO
from statistics import median

import cv2
import numpy as np
import pytest
from matplotlib import pyplot as plt

from lasegm_core import viewers
from lasegm_core.data.index.cityscapes import CLIP_LENGTH
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.toystreet.paint import render
from lasegm_core.data.toystreet.world import make_world
from lasegm_core.experiments.making import weights_path
from lasegm_core.experiments.runs import Run
from lasegm_core.experiments.stored_runs import StoredRun
from lasegm_core.reports.drawing import pictures
from lasegm_core.viewers.clip_frames import ClipFrames
from lasegm_core.viewers.content import Content
from lasegm_core.viewers.encoding import decoded, encoded
from tests.conftest import tiny_place

browser = pytest.importorskip("tests.helpers.browser", reason="playwright is not installed")
FRAMES = 6
TARGETS_MS = {(256, 512): 100, (1024, 2048): 300}
RUN = Run("swiftnet_r18", 1, 0, "cityscapes", "tiny")


@pytest.fixture
def content(request, tmp_path, monkeypatch):
    """A rendered clip with the label of the frame before as the prediction."""
    world, chance = make_world(0, "val", 0), np.random.default_rng(0)
    ids = []
    for number, pose in enumerate(world.drive.poses(FRAMES, 0.06)):
        image, label = render(world.scene, world.light, pose, 0.06 * number, request.param, chance)
        ids.append(label.astype(np.uint8))
        for again in range(number, CLIP_LENGTH, FRAMES):
            write(tmp_path, again, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), label)
    for place in tiny_place(tmp_path, monkeypatch):
        clip_frames = ClipFrames("cityscapes", "tiny", place)
        weights_path(RUN, place).parent.mkdir(parents=True)
        weights_path(RUN, place).touch()
        for number in range(CLIP_LENGTH):
            path = clip_frames.predictions._prediction_path(RUN, clip_frames.clips[0], number)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encoded(ids[(number - 1) % FRAMES]))
        yield Content(clip_frames, [StoredRun(RUN, None, True)], {}, lambda: None, "")


def write(root, number, image, ids):
    label = np.array(CITYSCAPES.file_ids, np.uint8)[ids]
    files = {
        "leftImg8bit_sequence/{}/town/town_000000_{:06d}_leftImg8bit.png": image,
        "gtFine/{}/town/town_000000_{:06d}_gtFine_labelIds.png": label,
    }
    for split in ("train", "val"):
        for name, pixels in files.items():
            path = root / name.format(split, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), pixels)


def kernel_ms(viewer):
    """From the slider's new value to the traits that go to the browser; nothing is read twice."""
    times = []
    for frame in range(FRAMES):
        viewer.clip_frames.image.cache_clear()
        viewer.clip_frames.label.cache_clear()
        begun = time.perf_counter()
        viewer.frame.value = frame
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)


def browser_ms(viewer, path):
    """From the arrival of those traits to the pixels on the canvas."""
    viewer.write(path)
    with browser.chromium() as new_page:
        page = new_page()
        page.goto(path.as_uri())
        page.locator("canvas[data-drawn]").wait_for()
        return median(page.evaluate(MOVES, FRAMES))


MOVES = """async frames => {
  const slider = document.querySelector("input[type=range]");
  const canvas = document.querySelector("canvas");
  const times = [];
  for (let frame = 0; frame < frames; frame++) {
    const begun = performance.now();
    slider.value = frame;
    slider.dispatchEvent(new Event("input"));
    while (canvas.dataset.drawn !== `${frame}`) await new Promise(setTimeout);
    times.push(performance.now() - begun);
  }
  return times;
}"""


def matplotlib_ms(viewer):
    """The same picture as a figure, as a PNG."""
    clip_frames, clip, times = viewer.clip_frames, viewer.clip_name, []
    for frame in range(FRAMES):
        begun = time.perf_counter()
        image = cv2.cvtColor(decoded(clip_frames._image(clip, frame)), cv2.COLOR_BGR2RGB)
        shown = pictures.overlay(
            image, decoded(clip_frames._label(clip, frame)), clip_frames.classes
        )
        figure, ax = plt.subplots(figsize=(image.shape[1] / 100, image.shape[0] / 100), dpi=100)
        ax.imshow(shown)
        figure.savefig(BytesIO())
        plt.close(figure)
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)


@pytest.mark.skipif(not browser.CHROMIUM, reason="no chromium on this machine")
@pytest.mark.parametrize("content", TARGETS_MS, indirect=True, ids=lambda size: f"{size[0]}")
def test_a_slider_move_against_matplotlib(content, tmp_path, compare):
    viewer = viewers.overlay(content)
    kernel, drawing = kernel_ms(viewer), browser_ms(viewer, tmp_path / "view.html")
    figure = matplotlib_ms(viewer)
    size = decoded(viewer.pictures[0].ids).shape
    ours, target = kernel + drawing, TARGETS_MS[size]
    what = f"slider move, {size[0]}x{size[1]}"
    print(f"\n{what}: kernel {kernel:.0f} ms + browser {drawing:.0f} ms")
    compare(what, ours, "limit", target, 1)
    compare(what, ours, "matplotlib figure", figure)
    assert viewer.pictures[0].drawn > FRAMES
