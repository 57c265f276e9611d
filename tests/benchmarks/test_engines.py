"""The same weights by every engine that is installed, against eager fp32, in turn."""

from pathlib import Path

import torch

from lasegm_core.data.sources import Place
from lasegm_core.latency.engines.compare import compare as by_engines
from lasegm_core.latency.engines.frames import read_frames, toystreet_paths
from lasegm_core.latency.engines.registry import REFERENCE, chosen
from lasegm_core.models.loading import load_network

SIZE, ROUNDS, TARGET = (512, 1024), 9, 2.5


def test_engines_against_eager(compare):
    torch.manual_seed(0)
    network = load_network("swiftnet_r18")
    frames = read_frames(toystreet_paths(Place(Path("build"), Path("data"))), SIZE)
    usable, _ = chosen("all", network.device)
    found = by_engines(network, usable, frames, ROUNDS)
    table = found.table().set_index("engine")
    for engine, row in table.drop(index=REFERENCE).iterrows():
        target = TARGET if engine == found.best() else None
        what = f"{network.title} by {engine}, {SIZE[0]}x{SIZE[1]}, {row['changed']:.4%} of pixels"
        reference_ms = table.loc[REFERENCE, "median_ms"]
        compare(what, row["median_ms"], f"{REFERENCE} fp32", reference_ms, target)
