"""ONNX files as people have them."""

import pytest

from lasegm_core.scoring import own_score
from lasegm_core.support.errors import BadInput
from tests.helpers.forms import is_perfect, scored
from tests.helpers.onnx_forms import FORMS, SAYS, Form, write_onnx

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("form", FORMS)
def test_a_perfect_network_in_every_form_scores_what_it_is_worth(form, fast, tmp_path):
    path = tmp_path / ("NET.ONNX" if form == "plain" else "net.onnx")
    write_onnx(onnx, path, FORMS[form])
    found = scored(str(path), fast)
    assert is_perfect(found)
    assert SAYS.get(form, "") in found.about


def test_training_mode_is_refused_and_another_engine_too(fast, tmp_path):
    write_onnx(onnx, tmp_path / "net.ONNX", Form(training=True))
    with pytest.raises(BadInput, match=r"is in training mode \(BatchNorm .* \.eval\(\)"):
        scored(tmp_path / "net.ONNX", fast)
    write_onnx(onnx, tmp_path / "net.ONNX", Form())
    with pytest.raises(BadInput, match=r"engine folded cannot run .*: it is no torch module"):
        own_score.score(tmp_path / "net.ONNX", fast, engine="folded")


def test_an_input_that_is_no_frame_is_refused(fast, tmp_path):
    write_onnx(onnx, tmp_path / "net.onnx", Form("INT32"))
    with pytest.raises(BadInput, match=r"takes tensor\(int32\), and frames are one of"):
        scored(tmp_path / "net.onnx", fast)
