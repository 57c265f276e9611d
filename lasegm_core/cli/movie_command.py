"""The command `lasegm movie`."""

import argparse
from pathlib import Path

from lasegm_core.cli.options import add_command, add_data, add_run, prepare
from lasegm_core.latency.engines.registry import REFERENCE

_MOVIE = """\
Writes a movie in real time: the video with each network's newest finished prediction over it, side
by side. One device a network always works on the newest frame; what it has finished by a frame is
shown on that frame. Under each picture stand how old the prediction is, in frames and ms, and the
LAmIoU as 'lasegm score' gives it, where the data has labels.

  lasegm movie --network swiftnet_r18 --network deeplab_r101 --profile laptop \\
      --hardware gtx1080ti --out late.mp4
Two networks on ToyStreet's first val clip, with the latencies that are printed for a GPU. They are
trained first, if no run of them lies in build/.

  lasegm movie --network my_module:build --data video.yaml --fps 30 --seconds 5 --out late.gif
Your network on 5 s of your video, timed here, for a camera of 30 frames a second.

  lasegm movie --network swiftnet_r18 --network deeplab_r101 --hardware gtx1080ti \\
      --results figures/toystreet-laptop --out late.webp
The first again, from committed results: nothing is trained or run, and it takes seconds.

--out ends in .mp4, .gif or .webp. An .mp4 is H.264 if PyAV is installed (pip install av), which
browsers play; else MPEG-4, for players such as VLC. A .gif has 256 colours, and at most 50 frames a
second are kept.

NETWORK is what 'lasegm latency --help' says, and is code that runs on this machine. video.yaml is
what 'lasegm score --help' says; the files of its labels may be missing altogether: then there is no
LAmIoU.
"""


def add(commands) -> None:
    """Add `movie` to the commands of `lasegm`."""
    short = "write a video with each network's newest finished prediction over it"
    command = add_command(commands, "movie", short, _MOVIE)
    command.add_argument("--network", action="append", required=True, help="may be repeated")
    command.add_argument("--out", type=Path, required=True, help="the file: .mp4, .gif or .webp")
    add_data(command, "ToyStreet")
    clip = "val clip, by number from 0 or name (%(default)s)"
    command.add_argument("--clip", default="0", help=clip)
    command.add_argument("--start", type=float, default=0, help="second of the clip (%(default)s)")
    command.add_argument("--seconds", type=float, help="length (default: the rest of the clip)")
    command.add_argument("--scale", type=int, help="times a frame is enlarged (to 480 wide)")
    stored = "take predictions, clips and scores of this folder of results, and run nothing"
    command.add_argument("--results", type=Path, metavar="FOLDER", help=stored)
    command.add_argument("--no-score", action="store_true", help="leave out the LAmIoU")
    add_run(command)
    command.set_defaults(engine=REFERENCE, precision="fp32")


def movie(options: argparse.Namespace) -> None:
    """Run `lasegm movie`."""
    from lasegm_core.latency.cards import card
    from lasegm_core.scoring.data import find_data
    from lasegm_core.scoring.movie.columns import Networks
    from lasegm_core.scoring.movie.making import Part, make_movie
    from lasegm_core.scoring.movie.stored import StoredNetworks, stored_data

    prepare(options)
    kind = Networks if options.results is None else StoredNetworks
    networks = kind(
        tuple(options.network),
        None if options.hardware == "local" else card(options.hardware),
        options.inputs,
        options.classes_of,
        not options.no_score,
    )
    if options.results is None:
        given = options.data, options.dataset, options.profile
        data = find_data(*given, options.build, options.cache)
    else:
        data = stored_data(options.results, options.build, options.cache)
    part = Part(options.clip, options.start, options.seconds)
    print(make_movie(networks, options.out, data, options.fps, part, options.scale))
