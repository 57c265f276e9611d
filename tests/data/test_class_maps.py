"""Classes of one table merged into those of another."""

import pandas as pd
import pytest

from lasegm_core.data.class_maps import class_map
from lasegm_core.data.labels import CAMVID, CITYSCAPES, KITTI_STEP, VKITTI2, Classes
from lasegm_core.support.errors import BadInput
from tests import ROOT

SHARED = ROOT.parent / "shared" / "camvid" / "classes.csv"


def small(*names: str, made_of=()) -> Classes:
    return Classes(
        "mine", names, ((0, 0, 0),) * len(names), tuple(range(len(names))), (), "id", made_of
    )


def test_camvids_map_is_the_published_one():
    if not SHARED.is_file():
        pytest.skip("the published table is not beside the checkout")
    rows = pd.read_csv(SHARED, dtype=str).query("name != 'Void'")
    wanted = tuple(tuple(map(int, ids.split())) for ids in rows["cityscapes_train_ids"])
    assert class_map(CITYSCAPES, CAMVID) == wanted


def test_every_class_of_cityscapes_but_trains_and_motorcycles_has_a_place_in_camvid():
    placed = {part for parts in class_map(CITYSCAPES, CAMVID) for part in parts}
    left = [name for place, name in enumerate(CITYSCAPES.names) if place not in placed]
    assert left == ["train", "motorcycle"]


def test_tables_of_the_same_classes_map_one_to_one():
    assert class_map(CITYSCAPES, KITTI_STEP) == tuple((n,) for n in range(19))
    assert class_map(CAMVID, CAMVID) == tuple((n,) for n in range(11))


def test_names_are_compared_without_regard_to_case():
    assert class_map(CITYSCAPES, small("Car", "ROAD")) == ((13,), (0,))


def test_a_users_class_names_its_parts():
    mine = small("vehicle", "road", made_of=(("car", "truck", "bus"), ()))
    assert class_map(CITYSCAPES, mine) == ((13, 14, 15), (0,))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (small("road", "kerb"), "class 'kerb' of mine has no source among the network's classes"),
        (VKITTI2, "class 'Tree' of vkitti2 has no source"),
        (
            small("car", "vehicle", made_of=((), ("car", "bus"))),
            "'car' becomes 'car' and 'vehicle'",
        ),
    ],
)
def test_a_class_without_a_source_of_its_own_is_refused(target, words):
    with pytest.raises(BadInput, match=words) as fault:
        class_map(CITYSCAPES, target)
    assert "\n" not in str(fault.value)
