"""The command `lasegm live`."""

import argparse
import os
import sys
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from lasegm_core import models
from lasegm_core.cli.options import BUILD, CACHE, add_command
from lasegm_core.support.errors import BadInput

_LIVE = """\
Shows a running video in the browser, with the newest finished prediction of a network over it. The
network always works on the newest frame; frames that come meanwhile are dropped, and counted. The
page says how old the prediction is, in frames and ms, the latency as it is now, and k.

  lasegm live drive.mp4 --network my_module:build         a file, at its own pace, over and over
  lasegm live 0 --network 'torchvision:lraspp_mobilenet_v3_large@DEFAULT'      camera 0
  lasegm live /dev/video2 --network net.onnx --classes-of cityscapes --fps 30
  lasegm live video.yaml --network swiftnet_r18 --profile smoke --once
The address is printed at once, in one line; then the network is loaded. It holds a token: without
it, or the cookie it leaves in your browser, nobody gets in, and only this machine is answered.
Ctrl-C ends it and prints what was counted.

VIDEO is a video file, the number or device of a camera (read by OpenCV), or a YAML file as 'lasegm
movie' takes it. Labels are not needed, and nothing is said of accuracy: 'lasegm score' does that.
NETWORK is what 'lasegm latency --help' says, and is code that runs on this machine. Networks of the
registry have random weights, unless --profile names that of a run in build/. Classes are those of
the weights or the YAML file, else Cityscapes' if there are 19; --classes-of says it.

The latency goes from a frame in memory to class ids in memory, median of the last calls. Reading
the video, drawing and the browser take time of the same machine, as they would in use: 'lasegm
latency' times the network alone. The delay of a camera itself, and of a screen, is not in it.
"""


def add(commands) -> None:
    """Add `live` to the commands of `lasegm`."""
    short = "show a network at work on a running video or a camera, in the browser"
    command = add_command(commands, "live", short, _LIVE)
    command.add_argument("video", metavar="VIDEO", help="file, camera or YAML file, see above")
    command.add_argument("--network", required=True, help="see above")
    pace = "frames a second, instead of the file's own; a camera is asked for it"
    command.add_argument("--fps", help=pace)
    command.add_argument("--once", action="store_true", help="end after a file, do not repeat it")
    command.add_argument("--clip", default="0", help="val clip of a YAML file (%(default)s)")
    command.add_argument("--classes-of", metavar="TABLE", help="class table of the outputs")
    devices = "auto, cpu or cuda (%(default)s: the GPU if there is one)"
    command.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help=devices)
    command.add_argument("--threads", type=int, help="CPU threads (default: all cores)")
    command.add_argument("--dataset", default="toystreet", help="of --profile (%(default)s)")
    command.add_argument("--profile", help="takes the run that was trained so")
    command.add_argument("--build", type=Path, default="build", help=BUILD)
    command.add_argument("--cache", type=Path, default="data", help=CACHE)
    command.add_argument("--port", type=int, default=8877, help="or near it (%(default)s)")
    command.add_argument("--no-browser", action="store_true", help="only serve the page")


def live(options: argparse.Namespace) -> None:
    """Run `lasegm live`: the address is printed before anything slow is imported."""
    _check(options)
    from lasegm_core.scoring.live.serving import Address, serve

    address = Address(options.port)
    with suppress(KeyboardInterrupt):  # before the server has handlers of its own
        print(f"lasegm live: {address} (Ctrl-C ends)", flush=True)
        from lasegm_core.scoring.live.session import Session

        if options.device == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = ""  # read when torch loads
        session = Session(options.video, options.network)
        works = [partial(work, session, options) for work in (_play, _work)]
        serve(address, session, works, not options.no_browser)
        print(f"\nlasegm live: {session}")


def _check(options: argparse.Namespace) -> None:
    """Refuse what cannot be meant, as far as that is known without loading anything.

    Raises:
        BadInput: names the first fault.
    """
    from lasegm_core.metric.offsets import frame_interval

    name, path = options.video, Path(options.video)
    if not (name.isdecimal() or path.exists()):
        raise BadInput(f"{name} is missing: name a video file, a YAML file, or a camera, as 0")
    if path.is_dir():
        raise BadInput(f"{name} is a folder: name a video file, or the YAML file of one")
    if options.fps is not None:
        frame_interval(options.fps)
    if not set(":@.") & set(options.network):
        models.entry(options.network)
    if not find_spec("tornado"):
        raise BadInput("tornado is missing: pip install 'lasegm-core[notebooks]'")


def _play(session, options: argparse.Namespace) -> None:
    """Run the video."""
    from lasegm_core.scoring.live.player import play
    from lasegm_core.scoring.live.source import find_source

    play(session, partial(find_source, options.video, options.fps, options.clip), options.once)


def _work(session, options: argparse.Namespace) -> None:
    """Run the network; modules of the working directory can be imported."""
    if "" not in sys.path:  # as `python -m` has it
        sys.path.insert(0, "")
    from lasegm_core.scoring.live.network import Wish, load
    from lasegm_core.scoring.live.worker import work

    described = Path(options.video).suffix.lower() in (".yaml", ".yml")
    wish = Wish(
        options.network,
        options.classes_of,
        Path(options.video) if described else None,
        options.dataset,
        options.profile,
        options.build,
        options.cache,
        options.device,
    )
    work(session, partial(load, wish), options.threads)
