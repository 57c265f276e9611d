"""From a camera's frames to class ids: stage by stage, and overlapped."""

import threading

import cv2
import numpy as np
import pytest
import torch

from lasegm_core.latency.engines.frames import read_frames
from lasegm_core.latency.engines.pipeline import (
    PREPARED,
    STAGES,
    Pipeline,
    decode,
    encode,
    time_stream,
)
from lasegm_core.latency.timing import class_ids
from lasegm_core.support.errors import BadInput
from tests.helpers.tiny import SIZE, Tiny, write_images


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return write_images(tmp_path_factory.mktemp("images"))


def test_missing_or_too_few_frames_are_refused(images):
    with pytest.raises(BadInput, match=r"nowhere\.png is missing"):
        read_frames(["nowhere.png"], SIZE)
    with pytest.raises(BadInput, match="1 frames are fewer than the 2 input frames"):
        read_frames(images[:1], SIZE, inputs=2)
    (pair,) = read_frames(images, SIZE, inputs=2)
    assert pair.shape == (1, 2, 3, *SIZE)


@pytest.mark.parametrize("contiguous", [True, False])
def test_class_ids_are_the_argmax_in_any_memory_format(contiguous):
    logits = torch.randn(2, 19, 65, 33)
    laid_out = logits if contiguous else logits.to(memory_format=torch.channels_last)
    assert torch.equal(class_ids(laid_out), logits.argmax(1).to(torch.uint8))


def stream_of(images, suffix=".png"):
    return [encode(cv2.imread(path)[..., ::-1].copy(), suffix) for path in images]


@torch.inference_mode()
def test_the_pipeline_gives_the_class_ids_of_the_plain_path(images):
    network = Tiny().eval()
    pipeline = Pipeline(lambda frames: network(frames[:, 0]), SIZE)
    plain = [network(frames[:, 0]).argmax(1)[0].numpy() for frames in read_frames(images, SIZE)]
    stream = stream_of(images)
    overlapped = [ids for _, ids in pipeline.overlapped(stream)]
    for number, expected in enumerate(plain):
        np.testing.assert_array_equal(pipeline(stream[number]), expected)
        np.testing.assert_array_equal(overlapped[number], expected)


def test_the_next_frame_is_prepared_while_the_network_runs(images):
    prepared, waited = threading.Semaphore(0), []

    def call(frames):
        ahead = 1 if waited else 2  # its own, and the next one
        waited.append(all(prepared.acquire(timeout=60) for _ in range(ahead)))
        return torch.zeros(1, 4, *frames.shape[-2:])

    class Telling(Pipeline):
        def prepare(self, encoded):
            found = super().prepare(encoded)
            prepared.release()
            return found

    running = Telling(call, SIZE).overlapped(stream_of(images))
    for _ in range(2):
        next(running)
    assert waited == [True, True]


def test_every_stage_of_a_stream_is_timed(images):
    network = Tiny().eval()
    pipeline = Pipeline(lambda frames: network(frames[:, 0]), SIZE)
    times = time_stream(pipeline, stream_of(images, ".jpg"), rounds=2)
    assert list(times.stages) == list(STAGES) and set(PREPARED) < set(STAGES)
    assert len(times.stages) == len(times.plain) == len(times.latency) == 2 * len(images)
    (row,) = times.table().to_dict("records")
    assert row["sum"] == pytest.approx(1000 * np.median(times.stages.sum(axis=1)))
    assert row["saved"] == pytest.approx(1 - row["interval"] / row["sum"])


def test_bytes_that_are_no_image_are_refused():
    with pytest.raises(BadInput, match="a frame of 3 bytes does not decode: send JPEG or PNG"):
        decode(b"abc")
