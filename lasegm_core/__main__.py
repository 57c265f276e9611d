"""`python -m lasegm_core`: the command `lasegm`, as torchrun starts it."""

import sys

from lasegm_core.cli.main import main

sys.exit(main())
