"""What an ImageNet encoder is worth: two short trainings on a small folder like CamVid."""

from dataclasses import replace

import pandas as pd
import pytest
from safetensors.torch import save_file
from torchvision.models import mobilenet_v2

from lasegm_core.data.settings import Augmentation
from lasegm_core.data.sources import find_place
from lasegm_core.models.weights import encoder
from lasegm_core.studies.real_video import pretraining
from lasegm_core.training import profiles
from tests.helpers.camvid_folder import write_camvid
from tests.studies.real_video import notebook


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Run the notebook on two profiles of one step; return its names, its place and its output."""
    root = tmp_path_factory.mktemp("pretraining")
    (root / "cache" / "weights").mkdir(parents=True)
    features = mobilenet_v2().features.state_dict()
    file = encoder.find("mobilenet_v2@imagenet").file
    save_file({f"features.{key}": features[key] for key in features}, root / "cache/weights" / file)
    given = {"build": root / "build", "cache": root / "cache"}
    given |= {"data_root": write_camvid(root / "camvid", (32, 48))}
    with pytest.MonkeyPatch.context() as patch:
        for name in pretraining.TITLES:
            profile = profiles.profile("camvid", name)
            short = profile.changes | {"batch": 2, "augmentation": Augmentation((32, 32))}
            patch.setitem(
                profiles.PROFILES, ("camvid", name), replace(profile, steps=1, changes=short)
            )
        names = notebook.run(
            "pretraining", results=None, from_scratch=None, out=root / "out", **given
        )
        yield (
            names,
            find_place("camvid", *map(given.get, ("build", "cache", "data_root"))),
            root / "out",
        )


def test_the_two_differ_in_their_first_weights_alone(made):
    names, _place, out = made
    starts = names["starts"]
    scratch, imagenet = (starts[profile].setting.settings for profile in ("laptop", "imagenet"))
    assert imagenet.pretrained == "mobilenet_v2@imagenet"
    assert replace(imagenet, pretrained=False, networks=scratch.networks) == scratch
    table = pd.read_csv(out / "pretraining.csv")
    assert (table["imagenet"] != table["scratch"]).any()
    assert table["difference"].tolist() == pytest.approx(
        (table["imagenet"] - table["scratch"]).tolist(), abs=2e-6
    )


def test_committed_results_give_the_same_table(made):
    names, place, out = made
    committed = pretraining.find_start("imagenet", replace(place, results=out))
    pd.testing.assert_frame_equal(
        pretraining.table(names["starts"]["laptop"], committed), names["table"]
    )
    assert committed.made == names["starts"]["imagenet"].made
