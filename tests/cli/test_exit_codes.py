"""What a fault in a loader's worker is called: only one that died is a process that was ended."""

import os
import signal
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from lasegm_core.cli import main
from lasegm_core.cli.exit_codes import GO_ON, LEFT
from lasegm_core.data.clips import ClipDataset, make_clips
from lasegm_core.data.index import cityscapes
from lasegm_core.data.labels import CITYSCAPES
from lasegm_core.data.settings import Augmentation
from tests.conftest import write_clip


class Call(Dataset):
    """Calls in the worker."""

    def __init__(self, call):
        self.call = call

    def __len__(self):
        return 1

    def __getitem__(self, _row):
        self.call()
        return torch.ones(1)


def said(data, monkeypatch, capfd, batch=None):
    """Read `data` in a worker by the command; return its code and its last line."""
    loader = DataLoader(data, num_workers=1, batch_sampler=[batch or [0]])
    monkeypatch.setitem(main._COMMANDS, "networks", lambda _options: next(iter(loader)))
    code = main.main(["networks"])
    err = capfd.readouterr().err
    assert "Traceback" not in err
    return code, err.strip().splitlines()[-1]


def die(with_signal):
    return lambda: os.kill(os.getpid(), with_signal)


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_was_killed_is_called_that(with_signal, monkeypatch, capfd):
    found = said(Call(die(with_signal)), monkeypatch, capfd)
    assert found == (1, f"lasegm: {LEFT}")


def is_full():
    raise RuntimeError(
        "unable to allocate shared memory(shm) for file </torch_1_2_0>: No space left on device"
    )


@pytest.mark.parametrize("call", [is_full, die(signal.SIGBUS)], ids=["error", "bus error"])
def test_shared_memory_that_is_full_is_said_with_the_way_out(call, monkeypatch, capfd):
    code, line = said(Call(call), monkeypatch, capfd)
    assert code == 1
    assert line.startswith("lasegm: /dev/shm (")
    assert line.endswith(
        "MB) is too small for the frames that workers hand over: make it larger, of a container by "
        f"'docker run --shm-size=2g', and {GO_ON}"
    )


def test_too_many_open_files_are_said_with_the_way_out(monkeypatch, capfd):
    def fault():
        raise RuntimeError("unable to open shared memory object </torch_1>: Too many open files")

    found = said(Call(fault), monkeypatch, capfd)
    assert found == (
        1,
        f"lasegm: too many open files: raise the limit by 'ulimit -n 4096', and {GO_ON}",
    )


def test_another_fault_of_a_worker_that_lives_is_not_called_a_death(monkeypatch):
    def fault():
        raise RuntimeError("a tensor of no shape")

    loader = DataLoader(Call(fault), num_workers=1)
    monkeypatch.setitem(main._COMMANDS, "networks", lambda _options: next(iter(loader)))
    with pytest.raises(RuntimeError, match="a tensor of no shape"):
        main.main(["networks"])


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("leftImg8bit", lambda path: path.write_bytes(b"broken"), "does not decode as an image"),
        ("leftImg8bit", Path.unlink, "is missing"),
        ("gtFine_labelIds", None, "they must be of one size"),
    ],
    ids=["broken", "missing", "another size"],
)
def test_a_fault_of_a_training_file_is_one_line_that_names_it(
    name, spoil, words, tmp_path, monkeypatch, capfd
):
    write_clip(tmp_path, "train", "town", 0)
    clips = make_clips(cityscapes.dense_frames(tmp_path, "train"), 0, 2)
    (path,) = tmp_path.rglob(f"*000002_{name}.png")
    if spoil:
        spoil(path)
    else:
        write_clip(tmp_path / "other", "train", "town", 0, frames=4, size=(48, 60))
        (tmp_path / "other" / path.relative_to(tmp_path)).replace(path)
    data = ClipDataset(clips, CITYSCAPES, Augmentation((32, 32)))
    code, line = said(data, monkeypatch, capfd, [(0, 1)])
    assert code == 2
    assert line.startswith("lasegm: ") and str(path) in line and words in line


def test_an_earlier_input_frame_of_another_size_is_named(tmp_path):
    write_clip(tmp_path, "train", "town", 0)
    (path,) = tmp_path.rglob("*000001_leftImg8bit.png")
    write_clip(tmp_path / "other", "train", "town", 0, frames=4, size=(48, 60))
    (tmp_path / "other" / path.relative_to(tmp_path)).replace(path)
    clips = make_clips(cityscapes.dense_frames(tmp_path, "train"), 0, 2)
    with pytest.raises(ValueError, match=rf"{path.name} is 48x60: they must be"):
        ClipDataset(clips, CITYSCAPES)[0, 1]
