"""The notebook on real video makes what it shows: on two random networks and small frames."""

import pandas as pd

from tests.studies.real_video import notebook
from tests.studies.real_video.conftest import TITLES
from tests.test_figures import written_by


def test_the_notebook_makes_all_its_tables(place, tmp_path):
    asked = {"results": None, "weights": list(TITLES), "ladder": [TITLES[0]], "sizes": ["1/2", "1"]}
    asked |= {"scales": ["1", "3/2"], "engines": "folded", "flows": ["dis_ultrafast"]}
    asked |= {"data_root": place.data_root, "build": place.build, "cache": place.cache}
    notebook.run("real_video", **asked, out=tmp_path)
    made = {path.stem for path in tmp_path.glob("*.csv")}
    assert made == written_by("real_video") - {"real_video_claims"}  # needs frames of Cityscapes
    networks = pd.read_csv(tmp_path / "real_video.csv")
    assert set(networks["weights"]) == set(TITLES)
    assert {path.stem for path in tmp_path.glob("*.svg")} == {
        "real_video",
        "real_video_classes",
        "real_video_sizes",
    }
