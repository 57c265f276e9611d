"""The engine in int8: what it quantises, and what the calibration frames change."""

import onnx
import pytest
import torch
from onnx.numpy_helper import to_array
from torch import nn

from lasegm_core.latency.engines import compare
from lasegm_core.latency.engines.build import CannotRun, make
from lasegm_core.latency.engines.frames import read_frames
from lasegm_core.latency.engines.quantised import quantised
from lasegm_core.models.loading import load_network
from lasegm_core.models.merged import Merged
from tests.helpers.tiny import write_images

SIZE = (64, 128)
ENGINES = "onnxruntime_int8", "openvino_int8"


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    return read_frames(write_images(tmp_path_factory.mktemp("images")), SIZE)


class Parts(nn.Module):
    """One convolution of each kind, at half the size."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
        self.dense = nn.Conv2d(16, 8, 1)
        self.head = nn.Conv2d(8, 4, 1)

    def forward(self, frames):  # (B, 3, H, W)
        half = nn.functional.interpolate(frames, scale_factor=0.5, mode="bilinear")
        features = self.dense(self.depthwise(self.first(half).relu()).relu()).relu()
        return nn.functional.interpolate(self.head(features), scale_factor=2, mode="bilinear")


@pytest.mark.parametrize("engine", ENGINES)
def test_int8_keeps_the_class_of_most_pixels(frames, engine):
    torch.manual_seed(0)
    found = compare.compare(load_network("swiftnet_r18"), [engine], frames, rounds=1)
    row = found.table().set_index("engine").loc[engine]
    logits = {name: of.call(frames[0]) for name, of in found.networks.items()}
    assert logits[engine].shape == logits["eager"].shape == (1, 19, *SIZE)
    assert row["difference"] > 0
    assert row["changed"] < 0.1


@pytest.mark.parametrize("engine", ENGINES)
def test_resize_and_merged_classes_are_no_obstacle(frames, engine):
    network = Merged(Parts().eval(), ((0,), (1, 3)))
    found = compare.compare(load_network(network), [engine], frames, rounds=1)
    assert not found.refused
    assert found.networks[engine].call(frames[0]).shape == (1, 2, *SIZE)
    assert 0 < found.changes.loc[engine, "difference"] < 0.05


def exported(network):
    example = (torch.zeros(1, 3, *SIZE),)
    program = torch.onnx.export(network.eval(), example, dynamo=True, verbose=False)
    return program.model_proto.SerializeToString()


def test_weights_are_int8_but_of_convolutions_with_few_input_channels(frames):
    graph = onnx.load_from_string(quantised(exported(Parts()), [frames[0][:, 0]])).graph
    arrays = [to_array(weights) for weights in graph.initializer]
    kept = {array.shape: str(array.dtype) for array in arrays if array.ndim == 4}
    assert kept == {
        (16, 3, 3, 3): "float32",
        (16, 1, 3, 3): "float32",
        (8, 16, 1, 1): "int8",
        (4, 8, 1, 1): "int8",
    }
    assert all(abs(array).max() <= 64 for array in arrays if array.dtype == "int8")  # of 7 bits
    assert {"Resize", "Relu"} <= {node.op_type for node in graph.node}


@pytest.mark.parametrize("engine", ENGINES)
def test_logits_follow_from_the_calibration_frames(frames, engine):
    network, example = load_network(Parts()), frames[0]
    made = {
        "default": make(engine, network, example),
        "itself": make(engine, network, example, [example]),
        "darker": make(engine, network, example, [example / 4]),
    }
    given = {name: of.call(example) for name, of in made.items()}
    assert given["default"].equal(given["itself"])
    assert not given["default"].allclose(given["darker"], atol=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_comparison_calibrates_on_its_frames_or_on_others(frames, engine):
    network, darker = load_network(Parts()), [frame / 4 for frame in frames]
    own, other = (
        compare.compare(network, [engine], frames, 1, calibration).changes.loc[engine, "difference"]
        for calibration in (None, darker)
    )
    assert own < other


def test_a_network_without_a_convolution_to_quantise_is_refused(frames):
    with pytest.raises(CannotRun, match="it has no convolution of 8 or more input channels"):
        make(ENGINES[0], load_network(nn.Conv2d(3, 4, 1)), frames[0])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("calibration", [[torch.rand(1, 1, 3, 32, 32)], []])
def test_unsuitable_calibration_frames_are_a_line(frames, engine, calibration):
    with pytest.raises(CannotRun, match=f"engine {engine} cannot run Parts: ") as error:
        make(engine, load_network(Parts()), frames[0], calibration)
    assert "\n" not in str(error.value)
