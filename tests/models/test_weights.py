"""Published weights: their list, their files and faults."""

import hashlib
import io
import pickle
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from lasegm_core import models
from lasegm_core.models.common import JoinFrames
from lasegm_core.models.weights import listed, published
from lasegm_core.models.weights.fetching import ensure
from lasegm_core.models.weights.listed import Preprocessing, find
from lasegm_core.models.weights.published import Published
from lasegm_core.support.errors import BadInput
from tests.helpers.download_server import serving

TITLE = "espnet_q3@cityscapes"


def published_tensors(title: str) -> dict[str, torch.Tensor]:
    """Make random tensors with the keys that the authors' file of ESPNet (q = 3) has."""
    own = models.build(find(title).network, 1, find(title).outputs).state_dict()
    keys = ("encoder.level1.conv.weight", "level1.0.weight"), ("br.weight", "up3.1.weight")
    renamed = {ours: theirs for theirs, ours in keys}
    return {renamed.get(name, name): tensor for name, tensor in own.items()}


@pytest.fixture
def file():
    """A published file as its authors save it, and the list that knows its digest."""
    buffer = io.BytesIO()
    torch.save({"state_dict": published_tensors(TITLE), "epoch": 3}, buffer)
    return buffer.getvalue()


def listing(monkeypatch, content, address="https://nowhere.invalid/espnet.pth"):
    """List the file at an address."""
    digest = hashlib.sha256(content).hexdigest()
    weights = replace(listed.table()[TITLE], sha256=digest, address=address)
    monkeypatch.setattr(listed, "table", lambda: {TITLE: weights})
    return weights


def test_every_row_is_of_a_network_at_a_fixed_commit():
    for title, weights in listed.table().items():
        assert title == f"{models.checked(weights.network)}@{weights.data_set}"
        assert len(weights.address.split("/")[5]) == 40 and len(weights.sha256) == 64
        assert weights.licence in ("MIT", "Apache-2.0")


def test_unknown_weights_name_those_that_the_network_has():
    with pytest.raises(BadInput, match="There are: espnet_v2@cityscapes"):
        find("espnet_v2@camvid")
    with pytest.raises(BadInput, match=r"did you mean .*'espnet_q3@cityscapes'"):
        models.build("espnet_q", weights="cityscapes")


def test_a_published_file_becomes_a_network_without_a_network_the_second_time(
    file, monkeypatch, tmp_path
):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving({"espnet.pth": file}) as server:
        listing(monkeypatch, file, f"{server.url}espnet.pth")
        server.cut = 1000  # bytes, then the first response breaks off
        with pytest.raises(BadInput, match="repeat the command to go on, or use --from FOLDER"):
            models.build("espnet_q3", weights="cityscapes", cache=tmp_path)
        assert not list(tmp_path.rglob("*.safetensors"))
        network = models.build("espnet_q3", weights="cityscapes", cache=tmp_path)
    again = models.build("espnet_q3", weights="cityscapes", cache=tmp_path)
    frames = torch.rand(1, 1, 3, 64, 96)
    assert network(frames).shape == (1, 19, 64, 96)
    assert (network(frames) == again(frames)).all()
    assert not network.training


def test_the_file_may_be_in_a_folder_already(file, monkeypatch, tmp_path):
    weights = listing(monkeypatch, file)
    (tmp_path / "espnet.pth").write_bytes(file)
    assert ensure(weights, tmp_path / "kept", published=tmp_path).is_file()
    with pytest.raises(BadInput, match=r"espnet\.pth is missing: it is published at https"):
        ensure(weights, tmp_path / "other", published=tmp_path / "empty")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no pickle", "is no file of tensors alone"),
        (b"cos\nsystem\n(S'true'\ntR.", "is no file of tensors alone"),
        (None, "holds no weights"),
    ],
)
def test_a_file_without_tensors_is_refused(content, words, monkeypatch, tmp_path):
    if content is None:
        buffer = io.BytesIO()
        torch.save({"state_dict": {"epoch": 3}}, buffer)
        content = buffer.getvalue()
    weights = listing(monkeypatch, content)
    (tmp_path / "espnet.pth").write_bytes(content)
    with pytest.raises(BadInput, match=words):
        ensure(weights, tmp_path / "kept", published=tmp_path)
    assert not list((tmp_path / "kept").glob("*.safetensors"))


class OfPaddle:
    """A tensor as Paddle saves it: a tuple of its name there and an array."""

    def __init__(self, tensor):
        self.array = tensor.numpy()

    def __reduce__(self):
        return tuple, (("conv2d_0.w_0", self.array),)


@pytest.mark.parametrize("numpy", [b"numpy.core", b"numpy._core"])  # before and since numpy 2
def test_arrays_of_paddle_become_tensors(numpy, monkeypatch, tmp_path):
    tensors = {"conv.weight": torch.rand(4, 3, 1, 1), "bn._mean": torch.rand(4)}
    model = {name: OfPaddle(tensor) for name, tensor in tensors.items()}
    content = pickle.dumps({"epoch": 3, "model": model}, protocol=3)
    content = content.replace(b"numpy._core", numpy)
    (tmp_path / "best.params").write_bytes(content)
    weights = listing(monkeypatch, content, "https://nowhere.invalid/best.params")
    found = load_file(ensure(weights, tmp_path / "kept", published=tmp_path))
    torch.testing.assert_close(found, tensors)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"cbuiltins\nexec\n(Vraise SystemExit\ntR.", "is no file of tensors alone"),
        (pickle.dumps({"model": {"weight": print}}), "is no file of tensors alone"),
        (pickle.dumps({"model": [1, 2]}), "is no file of tensors alone"),
        (pickle.dumps({"model": {}}), "holds no weights"),
    ],
)
def test_a_pickle_of_more_than_arrays_is_refused(content, words, monkeypatch, tmp_path):
    (tmp_path / "best.params").write_bytes(content)
    weights = listing(monkeypatch, content, "https://nowhere.invalid/best.params")
    with pytest.raises(BadInput, match=words) as error:
        ensure(weights, tmp_path / "kept", published=tmp_path)
    assert "\n" not in str(error.value)


def test_a_cut_off_file_is_another_than_the_published_one(file, monkeypatch, tmp_path):
    weights = listing(monkeypatch, file)
    (tmp_path / "espnet.pth").write_bytes(file[:-10])
    with pytest.raises(BadInput, match="has other bytes than are listed"):
        ensure(weights, tmp_path / "kept", published=tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tensors: tensors.pop("br.weight"), "lacks 'up3.1.weight'"),
        (lambda tensors: tensors.update(more=torch.zeros(1)), "espnet_q3 lacks 'more'"),
        (
            lambda tensors: tensors.update({"br.weight": torch.zeros(4)}),
            r"has 'up3.1.weight' as \(4,\), not \(20,\)",
        ),
    ],
)
def test_keys_and_shapes_must_be_those_of_the_network(change, words, tmp_path):
    tensors = published_tensors(TITLE)
    change(tensors)
    save_file(tensors, tmp_path / find(TITLE).file)
    with pytest.raises(BadInput, match=words):
        published.load(TITLE, tmp_path)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / find(TITLE).file).write_bytes(b"not tensors")
    with pytest.raises(BadInput, match=r"espnet_q3_cityscapes\.safetensors is no safetensors file"):
        published.load(TITLE, tmp_path)


class Shown(torch.nn.Module):
    """Gives the frames as it sees them, as three of four classes."""

    def __init__(self):
        super().__init__()
        self.join = JoinFrames()

    def forward(self, frames):
        seen = self.join(frames)
        return torch.cat([seen, seen[:, :1]], 1)


@pytest.mark.parametrize("size", [None, (8, 16)])
def test_frames_are_turned_scaled_and_resized_as_the_weights_want_them(size):
    wanted = Preprocessing("bgr", (0.1, 0.2, 0.3), (0.5, 1.0, 2.0), size)
    network = Published(Shown(), replace(find(TITLE), preprocessing=wanted), classes=3)
    rgb = torch.tensor([0.9, 0.5, 0.3]).view(1, 1, 3, 1, 1).expand(1, 1, 3, 16, 32)
    logits = network(rgb)
    assert logits.shape == (1, 3, 16, 32)
    blue, green, red = (0.3 - 0.1) / 0.5, (0.5 - 0.2) / 1.0, (0.9 - 0.3) / 2.0
    assert logits[0, :, 3, 3].tolist() == pytest.approx([blue, green, red])


def test_the_script_lists_and_names_what_is_wrong(scripts, capsys):
    assert scripts.fetch_weights.main(["--list"]) == 0
    assert "66.4 % val" in capsys.readouterr().out
    assert scripts.fetch_weights.main([]) == 2
    assert "name weights, or take --all" in capsys.readouterr().err
    assert scripts.fetch_weights.main(["espnet@cityscapes"]) == 2
    assert "unknown weights 'espnet@cityscapes'" in capsys.readouterr().err
