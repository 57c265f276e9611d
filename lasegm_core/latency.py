"""Latency: timing of any callable, hardware cards, and what machine this is."""

import json
import platform
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import torch

from lasegm_core import models, published
from lasegm_core.errors import BadInput, known
from lasegm_core.files import atomic


@dataclass(frozen=True)
class Card:
    """A hardware card: how long each network takes on one device.

    Attributes:
        hardware: its short name.
        device: the device in words.
        kind: "printed" or "measured".
        latency_s: seconds from input to output for each network; the median, where measured.
        facts: where printed, or how measured: software, input size, what the timer includes.
        samples_s: every measured sample.
    """

    hardware: str
    device: str
    kind: str
    latency_s: dict[str, float]
    facts: dict = field(default_factory=dict)
    samples_s: dict[str, list[float]] = field(default_factory=dict)

    def of(self, network: str) -> float:
        """Look up a network's latency in seconds.

        Raises:
            BadInput: the card does not have it.
        """
        if network not in self.latency_s:
            raise BadInput(
                f"hardware card {self.hardware!r} has no latency of {network}: "
                "use HARDWARE=local to measure it here"
            )
        return self.latency_s[network]

    def save(self, path: Path) -> None:
        """Write the card as JSON."""
        with atomic(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Card":
        """Read a card.

        Raises:
            BadInput: the file is not a hardware card.
        """
        try:
            return cls(**json.loads(Path(path).read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise BadInput(f"{path} is not a readable hardware card: {error}") from None


def card(name: str) -> Card:
    """Find a hardware card: one of the printed ones, or a JSON file.

    Raises:
        BadInput: neither a printed card's name nor a card's path.
    """
    if str(name).endswith(".json"):
        return Card.load(Path(name))
    rows = published.latencies()
    known("hardware card", name, ["local", *rows["hardware"].unique()])
    rows = rows[rows["hardware"] == name]
    latency_s = (rows.set_index("network")["latency_ms"] / 1000).to_dict()
    place = f"paper {rows['paper'].iloc[0]}, {rows['place'].iloc[0]}, page {rows['page'].iloc[0]}"
    return Card(name, rows["device"].iloc[0], "printed", latency_s, {"place": place})


def time_call(call: Callable[[], object], min_calls: int = 20, min_s: float = 2.0) -> list[float]:
    """Time a callable, one call after the other, once it is warm.

    Args:
        call: what is timed; a CUDA device is synchronised before the clock is read.
        min_calls: fewest samples.
        min_s: shortest time over all samples.

    Returns:
        Seconds of every call.
    """
    for _ in range(3):
        call()
    samples: list[float] = []
    while len(samples) < min_calls or sum(samples) < min_s:
        _synchronize()
        start = time.perf_counter()
        call()
        _synchronize()
        samples.append(time.perf_counter() - start)
    return samples


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@torch.inference_mode()
def measure_card(networks: tuple[str, ...], size: tuple[int, int], classes: int) -> Card:
    """Time networks here on one frame of `size` (H, W), from frame on the device to logits."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    frame = torch.rand(1, 1, 3, *size, device=device)
    samples = {}
    for name in networks:
        network = models.build(name, classes=classes).to(device).eval()
        samples[name] = time_call(lambda network=network: network(frame))
    facts = machine() | {
        "size": f"{size[0]}x{size[1]}",
        "precision": "fp32",
        "timer": "network only: frame on the device to logits, batch 1, one input frame",
        "threads": torch.get_num_threads(),
    }
    medians = {name: median(values) for name, values in samples.items()}
    return Card("local", facts["device"], "measured", medians, facts, samples)


def machine() -> dict[str, str]:
    """Describe this machine: device, cores, software and date."""
    if torch.cuda.is_available():
        device = torch.cuda.get_device_name()
    else:
        device = f"{_cpu()}, {torch.get_num_threads()} threads"
    return {
        "device": device,
        "software": f"torch {version('torch')}, Python {platform.python_version()}",
        "system": platform.platform(aliased=True, terse=True),
        "commit": COMMIT,
        "date": time.strftime("%Y-%m-%d"),
    }


def _commit() -> str:
    folder = Path(__file__).parent
    command = ["git", "-C", folder, "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ", 1)[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


# Of the code that was loaded: the tree may be another when a long run ends.
COMMIT = _commit()
