"""Archives of Virtual KITTI 2, served, and of Cityscapes, with the scripts that take them."""

import pytest

from lasegm_core.data.index import vkitti2
from tests.helpers.cityscapes_zips import write_zips
from tests.helpers.download_server import serving
from tests.helpers.drives import KINDS, archive


@pytest.fixture
def server(monkeypatch):
    """A server of the two archives on this machine; the drives have four frames each."""
    monkeypatch.setattr(vkitti2, "LENGTHS", dict.fromkeys(vkitti2.LENGTHS, 4))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving({f"vkitti_2.0.3_{kind}.tar": archive(kind) for kind in KINDS}) as server:
        yield server


@pytest.fixture
def fetch(server, scripts, tmp_path, capsys):
    """Run the script; returns its exit code, output and last line of errors."""

    def run(*arguments, out=tmp_path / "Träger"):
        given = ["--out", str(out), "--base-url", server.url, *arguments]
        code = scripts.fetch_vkitti2.main(given)
        said, err = capsys.readouterr()
        return code, said, (err.strip().splitlines() or [""])[-1]

    run.out = tmp_path / "Träger"
    return run


@pytest.fixture
def script(scripts):
    return scripts.prepare_cityscapes


@pytest.fixture
def zips(tmp_path):
    return write_zips(tmp_path)
