"""The promises of SECURITY.md."""

import ast
import re

import pytest

from lasegm_core.viewers.server import launch
from tests import ROOT

SOURCES = [*ROOT.glob("lasegm_core/**/*.py"), *ROOT.glob("data_scripts/**/*.py")]
FORBIDDEN = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen"),
    *("pickle.load", "pickle.loads", "marshal.loads", "shelve.open", "joblib.load"),
    *("pd.read_pickle", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all"),
    *("torch.hub.load", "tarfile.TarFile.extractall", "shutil.unpack_archive"),
}


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {of.arg: ast.unparse(of.value) for of in node.keywords}


def faults(path):
    for name, given in calls(path):
        if name in FORBIDDEN or name.endswith(".extractall"):
            yield name
        if name == "torch.load" and given.get("weights_only") != "True":
            yield "torch.load without weights_only=True"
        if given.get("allow_pickle", "False") != "False":
            yield "allow_pickle"
        if given.get("shell", "False") != "False":
            yield "shell"


def test_no_code_is_read_from_data():
    assert {path: found for path in SOURCES if (found := list(faults(path)))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "pickle.load(file)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "yaml.load(text, yaml.Loader)",
        "eval(text)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "archive.extractall(folder)",
    ],
)
def test_the_test_above_would_find_it(line, tmp_path):
    path = tmp_path / "a.py"
    path.write_text(line)
    assert list(faults(path))


def test_servers_listen_on_this_machine_alone(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(launch.os, "execve", lambda _path, command, _env: started.append(command))
    launch.serve("toystreet", "smoke", tmp_path, tmp_path, None)
    assert "--Voila.ip=127.0.0.1" in started[0]
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"jupyter lab (\S+)", makefile) == ["--ip=127.0.0.1"]
    opened = r"\.token=|password|allow_origin|disable_check"
    assert not re.search(opened, " ".join(started[0]), re.IGNORECASE)


def test_no_token_key_or_password_stands_in_what_is_committed():
    secret = re.compile(
        r"(token=[0-9a-f]{16,}|AKIA[0-9A-Z]{16}|ghp_\w{30,}|BEGIN [A-Z ]*PRIVATE KEY)"
    )
    paths = [*SOURCES, *ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("*.md"), ROOT / "Makefile"]
    assert not [path for path in paths if secret.search(path.read_text())]
