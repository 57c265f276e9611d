"""Render ToyStreet: `--help` says how; the renderer itself is `lasegm_core.data.toystreet`."""

import sys

from lasegm_core.data.toystreet.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
