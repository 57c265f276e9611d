"""A network from a file scores as the module it was made of."""

import sys
from pathlib import Path

import pytest
import torch

from lasegm_core.models.loading import load_network
from lasegm_core.scoring import own_score
from lasegm_core.support.errors import BadInput
from tests.helpers.square import SIZE, Perfect, constant


def saved(kind, path):
    """Save `Perfect` as a file of a kind."""
    example = torch.zeros(1, 3, *SIZE)
    if kind == "pt2":
        torch.export.save(torch.export.export(Perfect(), (example,)), path)
    elif kind == "pt":
        torch.jit.script(Perfect()).save(str(path))
    else:
        onnx = pytest.importorskip("onnx")
        pytest.importorskip("onnxruntime")
        make, real = onnx.helper, onnx.TensorProto.FLOAT
        nodes = [
            make.make_node("Slice", ["frames", "first", "second", "axis"], ["red"]),
            make.make_node("Sub", ["one", "red"], ["rest"]),
            make.make_node("Concat", ["rest", "red"], ["logits"], axis=1),
        ]
        values = [
            *(
                make.make_tensor(name, onnx.TensorProto.INT64, [1], [value])
                for name, value in (("first", 0), ("second", 1), ("axis", 1))
            ),
            make.make_tensor("one", real, [1], [1.0]),
        ]
        taken = make.make_tensor_value_info("frames", real, [1, 3, *SIZE])
        given = make.make_tensor_value_info("logits", real, [1, 2, *SIZE])
        graph = make.make_graph(nodes, "perfect", [taken], [given], values)
        opset = [make.make_opsetid("", 17)]
        onnx.save(make.make_model(graph, opset_imports=opset, ir_version=8), path)


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")
@pytest.mark.parametrize("kind", ["pt", "pt2", "onnx"])
def test_a_file_scores_as_the_module_it_was_made_of(kind, data, tmp_path, recwarn):
    path = tmp_path / f"net.{kind}"
    saved(kind, path)
    recwarn.clear()
    found = own_score.score(str(path), data, min_calls=3, min_s=0.01)
    assert not [str(warning.message) for warning in recwarn if "jit" in str(warning.message)]
    module = own_score.score(
        Perfect(), data, hardware=constant(50), offsets=len(found.counts.values[0]) - 1
    )
    assert (found.counts.values == module.counts.values).all()
    assert len(found.card.samples_s[str(path)]) >= 3
    assert ("onnxruntime" if kind == "onnx" else "torch") in found.card.facts["runtime"]


class Bomb:
    """Leaves a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


@pytest.mark.parametrize("name", ["net.pt", "net.pth", "net.pt2"])
def test_a_pickle_is_never_opened(name, tmp_path):
    torch.save({"weights": Bomb(tmp_path / "exploded")}, tmp_path / name)
    with pytest.raises(BadInput, match=r"is no (TorchScript file|exported program)"):
        load_network(str(tmp_path / name))
    assert not (tmp_path / "exploded").exists()


def test_onnx_without_its_runtime_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "net.onnx").touch()
    with pytest.raises(BadInput, match=r"needs onnxruntime: pip install 'lasegm-core\[onnx\]'"):
        load_network(str(tmp_path / "net.onnx"))
