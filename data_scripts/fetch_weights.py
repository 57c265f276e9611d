"""Fetch published weights, compare them with their digests, and keep their tensors."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from lasegm_core.models.weights.listed import table
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.script import run

EPILOG = """\
The published files are pickles. They are read by torch's weights_only, which makes nothing but
tensors of them, and the tensors are kept as safetensors. A file that is there is not fetched again.
Exit code 0: done; 2: something is wrong, the last line says what.

examples:
  python data_scripts/fetch_weights.py --list
  python data_scripts/fetch_weights.py espnet_v2@cityscapes
  python data_scripts/fetch_weights.py --all                     # of networks
  python data_scripts/fetch_weights.py mobilenet_v2@imagenet     # an encoder, to train from
  python data_scripts/fetch_weights.py --all --from downloads    # published files that are there
  lasegm score --network espnet_v2@cityscapes
"""


def fetch(names: list[str], out: Path, published: Path | None) -> None:
    """Fetch weights by name.

    Raises:
        BadInput: an unknown name, no connection, or a file that is not what was published.
    """
    from lasegm_core.models.weights import encoder, fetching  # --help waits for no torch

    every = table() | encoder.ENCODERS
    chosen = [every[known("weights", name, every)] for name in names]
    for one in tqdm(chosen, "weights", unit="file", disable=None):
        ensure = (encoder if isinstance(one, encoder.Encoder) else fetching).ensure
        path = ensure(one, out, published)
        tqdm.write(f"{path}: {one.licence}, from {one.address}")


def show() -> None:
    """Print what there is, a line a file."""
    from lasegm_core.models.weights.encoder import ENCODERS

    for title, weights in table().items():
        claim = f"{weights.claimed_miou:.1f} % {weights.claimed_on}"
        print(f"{title:28}{claim if weights.claimed_on else 'no mIoU given':16}{weights.licence}")
    for title, weights in ENCODERS.items():
        print(f"{title:28}{'an encoder':16}{weights.licence}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NETWORK@DATA_SET")
    parser.add_argument("--all", action="store_true", help="of all networks")
    parser.add_argument("--list", action="store_true", help="print names, claimed mIoU, licences")
    parser.add_argument("--out", type=Path, default=Path("data/weights"), metavar="DIR",
                        help="where they are kept (%(default)s)")  # fmt: skip
    parser.add_argument("--from", type=Path, dest="published", metavar="DIR",
                        help="folder with the published files; nothing is downloaded")  # fmt: skip
    given = parser.parse_args(arguments)
    return run("fetch_weights", lambda: _chosen(given))


def _chosen(given: argparse.Namespace) -> None:
    if given.list:
        return show()
    if not given.names and not given.all:
        raise BadInput("name weights, or take --all; --list prints what there is")
    return fetch(list(table()) if given.all else given.names, given.out, given.published)


if __name__ == "__main__":
    sys.exit(main())
