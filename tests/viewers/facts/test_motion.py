"""Clips are named and ordered by how much their labels change."""

import json

import numpy as np
import pandas as pd
import pytest

from lasegm_core.metric.confusion import IGNORE
from lasegm_core.support.errors import BadInput
from lasegm_core.viewers.facts.motion import Motion, motion, motions

SKYLINE = np.repeat(np.random.default_rng(0).integers(0, 5, (1, 64)), 32, 0).astype(np.uint8)


def moved(label, columns):
    return np.roll(label, columns, 1)


def test_a_still_clip_stands():
    assert motion([(SKYLINE, SKYLINE)]) == Motion("standing", 0.0)


@pytest.mark.parametrize("columns", [-6, 6])
def test_a_picture_that_moves_sideways_turns(columns):
    found = motion([(SKYLINE, moved(SKYLINE, columns))])
    assert found.kind == "turning"
    assert found.changed == (moved(SKYLINE, columns) != SKYLINE).mean()


def test_a_picture_that_grows_from_its_middle_drives():
    before, after = (np.zeros((32, 64), np.uint8) for _ in range(2))
    before[:, 28:36], after[:, 22:42] = 1, 1
    assert motion([(before, after)]) == Motion("driving", 12 / 64)


def test_pixels_that_either_label_ignores_are_left_out():
    after = SKYLINE.copy()
    after[:, :32] = IGNORE
    after[:, 32:] += 1
    assert motion([(SKYLINE, after)]).changed == 1.0


def test_without_a_pair_there_is_no_motion():
    assert motion([]) is None


def table(labels):
    rows = [(clip, number, name) for clip, names in labels.items() for number, name in names]
    return pd.DataFrame(rows, columns=["clip", "frame", "label"])


def test_the_clip_that_moves_most_comes_first_and_the_result_is_kept(tmp_path):
    frames = table(
        {
            "still": [(n, "a") for n in range(9)],
            "sparse": [(n, "a" if n == 3 else "") for n in range(9)],
            "fast": [(n, "ab"[n % 8 == 4]) for n in range(9)],
        }
    )
    pictures = {"a": SKYLINE, "b": moved(SKYLINE, 6)}
    found = motions(frames, pictures.get, tmp_path)
    assert list(found) == ["fast", "still", "sparse"] and found["sparse"] is None
    assert found["fast"].words.startswith("turning, ")
    assert found["fast"].words.endswith(" % changed after 4 frames")
    (kept,) = tmp_path.glob("motion-*.json")
    assert json.loads(kept.read_text())["still"] == ["standing", 0.0]
    assert motions(frames, lambda path: pytest.fail(f"{path} is read again"), tmp_path) == found


def test_a_clip_whose_label_does_not_decode_has_no_motion():
    def read(path):
        raise BadInput(f"{path} is missing")

    assert motions(table({"gone": [(n, "a") for n in range(9)]}), read, None) == {"gone": None}
