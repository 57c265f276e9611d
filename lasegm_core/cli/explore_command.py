"""The command `lasegm explore`."""

import argparse

from lasegm_core.cli.options import add_command, add_places, place_of

_EXPLORE = """\
Serves a page on this machine: an overlay viewer, a latency lens, the three configurations beside
each other, and the ranking of all scored runs for your camera and device. It trains nothing;
without any run it shows ToyStreet's true labels. Published networks on real video can be chosen
beside them, once make reproduce-real-video has fetched CamVid and the weights. The address that is
printed holds a token; without it, or the cookie it leaves in your browser, nobody gets in. A view's
address can be opened again. Ctrl-C ends the server. In a notebook: from lasegm_core import viewers.
"""


def add(commands) -> None:
    """Add `explore` to the commands of `lasegm`."""
    short = "look at clips, predictions and rankings in the browser"
    explore = add_command(commands, "explore", short, _EXPLORE)
    add_places(explore)
    explore.add_argument("--port", type=int, default=8866, help="or near it (%(default)s)")
    explore.add_argument("--theme", choices=("light", "dark"), default="light")
    explore.add_argument("--no-browser", action="store_true", help="only serve the page")


def explore(options: argparse.Namespace) -> None:
    """Serve the explorer until Ctrl-C."""
    print("starting the explorer ...", flush=True)
    from lasegm_core.training.profiles import profile
    from lasegm_core.viewers.server.launch import serve

    profile(options.dataset, options.profile)
    data = options.data
    if options.dataset != "toystreet" or data:  # said here if it is missing
        from lasegm_core.data.sources import split_frames

        place = place_of(options)
        data = place.data_root
        split_frames(options.dataset, options.profile, place, "val")
    voila = [f"--port={options.port}", f"--theme={options.theme}"]
    voila += ["--no-browser"] if options.no_browser else []
    serve(options.dataset, options.profile, options.build, options.cache, data, *voila)
