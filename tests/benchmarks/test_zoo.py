"""Times of building and counting the networks of the zoo."""

import subprocess
import sys
import time

from lasegm_core import models
from lasegm_core.studies.zoo import complexity

LIMIT_S = 2.0  # to build any network


def seconds(call, *arguments):
    begun = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begun


def test_building_every_network():
    models.build("swiftnet_r18")  # torch and torchvision are loaded
    took = {name: seconds(models.build, name) for name in complexity.networks()}
    slowest = max(took, key=took.get)
    print(f"\n{len(took)} networks are built in {sum(took.values()):.1f} s")
    share = took[slowest] / LIMIT_S
    print(f"the slowest, {slowest}, takes {took[slowest]:.2f} s, {share:.2f} of {LIMIT_S:g} s")


def test_listing_against_counting():
    listing = seconds(
        subprocess.run, [sys.executable, "-c", "from lasegm_core import models; models.REGISTRY"]
    )
    counting = seconds(complexity.table)
    print(
        f"\nlisting the registry takes {listing:.2f} s with Python, counting all {counting:.1f} s"
    )
