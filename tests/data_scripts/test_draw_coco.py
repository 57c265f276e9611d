"""The script that draws COCO annotations."""

import pytest

pytest.importorskip("pycocotools", reason="pycocotools is not installed")
from tests.data.test_coco import SQUARE, annotated

YAML = """\
frames: drive/{frame}.jpg
labels: masks/drive/{frame}.png
fps: 10
classes:
  - {name: road, color: [0, 0, 0], id: 0}
  - {name: car, color: [0, 0, 255], id: 1}
"""


def test_it_writes_a_label_a_frame_or_says_what_is_wrong(scripts, tmp_path, capsys):
    (tmp_path / "video.yaml").write_text(YAML)
    path = annotated(tmp_path, [{"category_id": 2, "segmentation": [SQUARE]}])
    command = [str(path), str(tmp_path / "video.yaml"), "--out", str(tmp_path / "masks")]
    assert scripts.draw_coco.main(command) == 0
    assert (tmp_path / "masks" / "drive" / "000.png").is_file()
    assert "1 labels are in" in capsys.readouterr().out
    assert scripts.draw_coco.main([str(tmp_path / "none.json"), *command[1:]]) == 2
    assert "none.json is missing" in capsys.readouterr().err.splitlines()[-1]
