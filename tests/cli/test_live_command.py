"""The command that shows a running video: its address, who is answered, its counts, and its end."""

import json
import re
import signal
from http.client import HTTPConnection

import cv2
import numpy as np
import pytest

from lasegm_core.cli.main import main
from tests.helpers.live import LINE, SLOW_S, ask, cookie_of, serving
from tests.helpers.own_drive import FRAMES, say, write_file, write_images

pytest.importorskip("tornado", reason="tornado is missing")
NETWORK = ["--network", "tests.helpers.live:slow"]


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """The drive of the square, 25 frames a second, as a file."""
    return write_file(tmp_path_factory.mktemp("video") / "drive.mkv")


@pytest.fixture(scope="module")
def server(video):
    """A server that everything may be asked of that ends nothing."""
    with serving(video, *NETWORK) as found:
        found.until(lambda state: state["calls"] >= 5)
        yield found


def test_the_address_is_there_before_anything_slow_is_imported(video):
    with serving(video, *NETWORK, python=["-X", "importtime"]) as server:
        imported = {line.rpartition("|")[2].strip() for line in server.before}
        assert "lasegm_core.cli.main" in imported and "tornado.httpserver" in imported
        assert not imported & {"torch", "cv2", "av", "pandas", "numpy", "matplotlib", "ipywidgets"}
        assert len(server.before) == len([line for line in server.before if "|" in line])


def test_latency_age_and_k_are_those_of_the_network_at_work(server):
    said = server.until(lambda state: state["calls"] >= 15 and state["turns"] >= 2)
    assert said["latency_ms"] >= 1000 * SLOW_S
    assert (said["video"], said["network"]) == (str(said["video"]), "tests.helpers.live:slow")
    assert said["fps"] == pytest.approx(25, rel=0.01)
    assert said["k"] == -(-said["latency_ms"] // 40)
    assert said["worst_age_frames"] >= said["mean_age_frames"] >= said["k"] - 1
    assert said["age_ms"] == pytest.approx(40 * said["age_frames"], rel=0.05)
    assert said["frames"] > FRAMES and said["dropped"] >= said["predictions"]
    assert [row["name"] for row in said["classes"]] == ["class 0", "class 1"]
    assert said["state"] == "running" and said["device"] == "cpu"


def test_the_token_leaves_a_cookie_and_the_address_without_it(server):
    status, _, headers = ask(server.port, f"/?token={server.token}")
    assert (status, headers["Location"]) == (302, "/")
    cookie = cookie_of(headers)
    assert cookie.value == server.token and cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    status, page, headers = server.ask("/")
    assert status == 200 and "<title>lasegm live</title>" in page
    assert server.token not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    for name, kind in (("live.js", "text/javascript"), ("live.css", "text/css")):
        assert server.ask(f"/{name}")[2]["Content-Type"].startswith(kind)


@pytest.mark.parametrize("path", ["/", "/state", "/stream", "/live.js", "/nothing", "/../live.js"])
def test_nobody_gets_in_without_the_token(server, path):
    refused = "403: open the address that 'lasegm live' printed, with its token\n"
    for words in ({}, {"token": "of-another"}, {"token": server.token[:-1]}):
        assert ask(server.port, path, **words)[:2] == (403, refused)
    assert ask(server.port, f"{path}?token=wrong", token=server.token)[0] == 403


def test_another_sites_name_and_another_sites_page_are_refused(server):
    assert server.ask("/state", Host=f"evil.example:{server.port}")[0] == 403
    assert server.ask("/state", Host=f"localhost:{server.port}")[0] == 200
    still = json.dumps({"paused": True})
    assert server.ask("/pause", "POST", still)[0] == 403  # as a form of another site sends it
    assert server.ask("/pause", "POST", "no JSON", **{"X-Lasegm": "1"})[0] == 400
    assert json.loads(server.ask("/state")[1])["state"] == "running"
    assert server.ask("/nothing")[0] == 404


def pictures(server, number):
    """Read so many pictures of the stream."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    cookie = {"Cookie": f"lasegm-live-{server.port}={server.token}"}
    connection.request("GET", "/stream", headers=cookie)
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
    found = []
    for _ in range(number):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += answer.read(1)
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        found.append(cv2.imdecode(np.frombuffer(answer.read(length), np.uint8), 1)[..., ::-1])
    connection.close()
    return found


def test_the_stream_shows_an_older_prediction_over_the_newest_frame(server):
    for shown in pictures(server, 12):
        assert shown.shape == (32, 64, 3)
        # White where the square is now; the colour of class 1 lies where it was seen.
        white = shown[16].min(1).astype(int)
        assert np.ptp(white) > 40, "neither the square nor the prediction can be seen"
    first, *_, last = pictures(server, 12)
    assert np.abs(first.astype(int) - last).max() > 60


def test_the_button_stops_the_video_and_starts_it(server):
    own = {"X-Lasegm": "1"}
    said = json.loads(server.ask("/pause", "POST", json.dumps({"paused": True}), **own)[1])
    assert said["state"] == "paused"
    server.until(lambda state: state["age_frames"] == 0)  # the last frame was predicted
    then = json.loads(server.ask("/state")[1])["frames"]
    assert len(pictures(server, 1)) == 1
    assert json.loads(server.ask("/state")[1])["frames"] == then
    server.ask("/pause", "POST", json.dumps({"paused": False}), **own)
    server.until(lambda state: state["frames"] > then + 3 and state["state"] == "running")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_control_c_ends_it_cleanly_with_what_was_counted(video, sign):
    with serving(video, *NETWORK) as server:
        server.until(lambda state: state["calls"] >= 3)
        pictures(server, 2)
        said, code = server.end(sign)
    assert code == 0
    (line,) = said.strip().splitlines()
    assert re.fullmatch(
        r"lasegm live: \d+ frames, \d+ predicted, \d+ dropped, latency \d+\.\d ms \(last \d+ calls"
        r"\), predictions \d+\.\d frames old on average, \d+ at worst",
        line,
    )


def test_it_can_be_ended_while_the_network_is_loaded(video):
    with serving(video, *NETWORK) as server:
        said, code = server.end()
    assert code == 0 and "Traceback" not in said


def test_a_yaml_file_is_shown_once_and_its_classes_are_named(tmp_path):
    write_images(tmp_path / "drive", {number: f"{number:04d}" for number in range(FRAMES)})
    path = say(tmp_path, frames="drive/{frame}.png", labels="none/{frame}.png", fps=25)
    with serving(path, *NETWORK, "--once", "--fps", "50") as server:
        said = server.until(lambda state: state["state"] == "ended" and state["classes"])
        assert said["frames"] + said["missed"] >= FRAMES and said["turns"] == 1
        assert [row["name"] for row in said["classes"]] == ["road", "square"]
        assert server.end()[1] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.mp4", "--network", "enet"], "none.mp4 is missing: name a video file, a YAML file,"),
        ([".", "--network", "enet"], ". is a folder: name a video file"),
        (["0", "--network", "swiftnet"], "unknown network 'swiftnet'"),
        (["0", "--network", "enet", "--fps", "0"], "fps '0' must be frames per second"),
        (["0", "--network", "enet", "--port", "0"], "--port 0 must be 1 to 65535"),
        (["0", "--network", "enet", "--threads", "0"], "--threads 0 must be 1 or more"),
    ],
)
def test_bad_input_is_one_line_and_no_address(words, said, capsys):
    assert main(["live", *words, "--no-browser"]) == 2
    shown = capsys.readouterr()
    (line,) = shown.err.strip().splitlines()
    assert said in line and not shown.out


def test_what_is_found_wrong_later_ends_it_in_one_line(tmp_path):
    (tmp_path / "drive.mp4").write_text("no video " * 99)
    with serving(tmp_path / "drive.mp4", "--network", "enet") as server:
        said, _ = server.process.communicate(timeout=120)
        code = server.process.returncode
    (line,) = said.strip().splitlines()
    assert code == 2 and "drive.mp4 is no video file" in line


def test_a_port_in_use_is_passed_over(server, video):
    with serving(video, *NETWORK, "--port", server.port) as other:
        assert other.port > server.port and other.token != server.token
        assert ask(other.port, "/state", token=server.token)[0] == 403


def test_the_help_teaches_by_examples(capsys):
    with pytest.raises(SystemExit):
        main(["live", "--help"])
    shown = capsys.readouterr().out
    assert shown.count("\n  lasegm live ") == 4 and "code that runs on" in shown
    assert "dropped" in shown and "Ctrl-C" in shown
    assert LINE.pattern.startswith("lasegm live: ")
