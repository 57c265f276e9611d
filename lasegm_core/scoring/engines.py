"""What `lasegm latency --engine` does: several networks by several engines."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

from lasegm_core.data.rendered import RENDERED
from lasegm_core.data.sources import find_place
from lasegm_core.latency.cards import Card
from lasegm_core.latency.engines import compare
from lasegm_core.latency.engines.frames import NUMBER, read_frames, toystreet_paths
from lasegm_core.latency.engines.registry import chosen
from lasegm_core.models.loading import load_network


def compare_all(
    names: Sequence[str],
    engines: str,
    size: tuple[int, int],
    classes: int = 19,
    inputs: int = 1,
    rounds: int = 20,
    images: Sequence[str] | None = None,
    cache: str | Path = "data",
) -> tuple[list[compare.Comparison], list[str]]:
    """Compare engines on each of several networks.

    Args:
        names: networks, as `loading.load_network` takes them.
        engines: "all", a name, or several with commas.
        size: (H, W) of a frame.
        classes: number of classes, for the registry's networks.
        inputs: number of input frames.
        rounds: samples of each engine.
        images: files to compare on, each `inputs` of them one example; None takes ToyStreet's.
        cache: folder of rendered data, ToyStreet's.

    Returns:
        A comparison a network, and a line for each engine that is left out.

    Raises:
        BadInput: an unknown engine, network or image, or an engine that cannot be used here.
    """
    torch.manual_seed(0)  # the registry's networks have random weights
    networks = [load_network(name, inputs, classes) for name in names]
    usable = [chosen(engines, network.device) for network in networks]
    paths = images or toystreet_paths(find_place(RENDERED, cache=cache), NUMBER, inputs)
    found = []
    pairs = list(zip(networks, usable, strict=True))
    for network, (mine, _) in tqdm(pairs, "timing", unit="network", disable=None):
        frames = read_frames(paths, size, inputs, network.device)
        found.append(compare.compare(network, mine, frames, rounds))
    return found, list(dict.fromkeys(line for _, lines in usable for line in lines))


def say(found: Sequence[compare.Comparison], lines: Sequence[str]) -> str:
    """Write the comparisons, and what was left out, as text."""
    facts = found[0].facts
    head = f"{facts['size']}, batch 1, {facts['device']}; engines timed in turn"
    refused = [line for comparison in found for line in comparison.refused]
    notes = [f"{name}: {text}" for name, text in _notes(of.facts for of in found).items()]
    left_out = [f"left out: {line}" for line in (*lines, *refused)]
    return "\n".join([head, compare.say([of.table() for of in found]), *notes, *left_out])


def card(found: Sequence[compare.Comparison], engine: str) -> Card:
    """Join the cards of one engine: of all networks.

    Raises:
        BadInput: the engine is marked for one of them, or cannot run it.
    """
    first, *others = cards = [comparison.card(engine) for comparison in found]
    if notes := _notes(of.facts for of in cards):
        first = replace(first, facts=first.facts | {"notes": notes})
    for other in others:
        first = replace(
            first,
            latency_s=first.latency_s | other.latency_s,
            samples_s=first.samples_s | other.samples_s,
            end_to_end_s=first.end_to_end_s | other.end_to_end_s,
        )
    return first


def _notes(facts: Iterable[dict]) -> dict[str, str]:
    """Join what is done within the timers, by network."""
    return {name: text for of in facts for name, text in of.get("notes", {}).items()}
