"""Architectures of MRMS's space: as data, as files, and as networks."""

from pathlib import Path

import pytest
import torch
import yaml
from torch.utils.flop_counter import FlopCounterMode

from lasegm_core import models
from lasegm_core.experiments.runs import Run, run_folder
from lasegm_core.experiments.setting import local_card_path
from lasegm_core.models.auxiliary import inference_parameters
from lasegm_core.models.networks import mrms, space
from lasegm_core.support.errors import BadInput

# Millions of parameters with one input frame and 19 classes, as printed (paper 004, Tables 1, 4).
PRINTED = {"mrms": 2.1, "tiny_mrms": 0.6, "hmseg": 2.3, "tiny_hmseg": 0.7}
ABLATION = {(False, False): 1.8, (False, True): 1.8, (True, False): 2.0, (True, True): 2.1}


@pytest.mark.parametrize("name", PRINTED)
def test_parameters_round_to_the_printed_ones(name):
    with torch.device("meta"):
        assert round(inference_parameters(models.build(name)) / 1e6, 1) == PRINTED[name]


@pytest.mark.parametrize("modules", ABLATION)
def test_parameters_of_the_ablation_round_to_the_printed_ones(modules):
    lcf, lge = modules
    with torch.device("meta"):
        network = mrms.make(1, 19, False, lcf=lcf, lge=lge)
    assert round(inference_parameters(network) / 1e6, 1) == ABLATION[modules]
    with torch.no_grad():
        assert mrms.make(1, 5, False, lcf=lcf, lge=lge).eval()(
            torch.rand(1, 1, 3, 64, 96)
        ).shape == (1, 5, 64, 96)


@pytest.mark.parametrize(("name", "gmac"), [("hmseg", 8.1), ("tiny_hmseg", 3.0)])
def test_operations_of_the_searched_networks_are_near_the_printed_ones(name, gmac):
    with torch.device("meta"):
        network, frames = models.build(name), torch.rand(1, 1, 3, 768, 1536)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(frames)
    assert counter.get_total_flops() / 2e9 == pytest.approx(gmac, rel=0.03)


def found(folder, name="found.yaml", **changes):
    path = folder / name
    space.write(path, space.MRMS, "Found", {"seed": 0})
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes, sort_keys=False))
    return str(path)


def test_a_file_builds_what_was_written(tmp_path):
    name = found(tmp_path, ratios={"medium": 0.6, "low": 0.4})
    network = models.build(name, classes=5).eval()
    assert models.entry(name).title == "Found"
    assert models.architecture(name) == space.MRMS._replace(ratios=(0.6, 0.4))
    seen = []
    for branch in network.branches.values():
        branch.register_forward_hook(lambda _part, _taken, given: seen.append(given.shape[-2:]))
    with torch.no_grad():
        network(torch.rand(1, 1, 3, 80, 160))
    assert seen == [(10, 20), (6, 12), (2, 5)]


def test_a_changed_file_is_timed_anew(place, tmp_path):
    def card():
        return local_card_path("cityscapes", "tiny", place, (str(tmp_path / "found.yaml"),))

    found(tmp_path)
    first = card()
    assert first == card()
    found(tmp_path, width=0.5)
    assert first != card()


def test_an_identity_leaves_a_layer_out(tmp_path):
    shallow = yaml.safe_load(Path(found(tmp_path)).read_text())["layers"] | {
        64: ["e6k3", "identity", "e3k7"]
    }
    network = models.build(found(tmp_path, layers=shallow))
    assert len(network.branches["medium"]) == 2 + 3


def every(operators):
    return {group.channels: operators for group in space.GROUPS}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0.3}, "width 0.3 must be 1 or 0.5"),
        ({"ratios": {"medium": 0.5}}, "ratios must be those of medium and low"),
        ({"ratios": {"medium": 0.5, "low": 2}}, "ratio 2 must be one of 0.4, 0.5, 0.6"),
        ({"layers": [["e6k3"]]}, "layers must be lists for the widths 24, 32"),
        ({"layers": every([])}, "width 24 needs a list"),
        ({"layers": every(["e2k3"])}, "operator 'e2k3' must"),
        ({"layers": every([[1]])}, "must be identity or one"),
        (
            {"layers": every(["identity", "e6k3"])},
            "first layer of width 24",
        ),
        ({"depth": 3}, "'depth' is none of title, width"),
    ],
)
def test_a_file_that_is_no_point_of_the_space_is_one_line(tmp_path, changes, message):
    with pytest.raises(BadInput, match=message) as error:
        models.build(found(tmp_path, **changes))
    assert "found.yaml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [None, b"- 1", b"\xff\xfe\x00", b"a: [", b""])
def test_a_file_that_is_no_architecture_is_one_line(tmp_path, content):
    path = tmp_path / "found.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"found\.yaml") as error:
        models.entry(str(path))
    assert "\n" not in str(error.value)


def test_a_changed_file_is_another_run_and_a_moved_one_the_same(place, tmp_path):
    def folder(name):
        return run_folder(Run(name, 1, 0, "cityscapes", "tiny"), place)

    (tmp_path / "my nets").mkdir()
    first = folder(found(tmp_path, "found one.yaml"))
    moved = folder(found(tmp_path / "my nets", "found one.yaml"))
    described = folder(found(tmp_path / "my nets", "found one.yaml", made={"seed": 1}))
    assert first == moved == described
    assert first.name.startswith("found_one-i1-k0-s0-")
    other = folder(found(tmp_path, "found_one.yaml", ratios={"medium": 0.6, "low": 0.5}))
    assert other != first
    assert other.name.startswith("found_one-i1-k0-s0-")
