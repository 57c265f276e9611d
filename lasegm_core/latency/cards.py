"""Hardware cards: latencies of networks on a device, printed, estimated or measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import exp, inf, log
from pathlib import Path
from random import Random
from statistics import NormalDist

from lasegm_core import published
from lasegm_core.metric.offsets import Seconds, positive_seconds
from lasegm_core.support.errors import BadInput, known
from lasegm_core.support.files import atomic, intact

PRINTED_ON = "gtx1080ti"  # estimated cards are derived from this one


@dataclass(frozen=True)
class Card:
    """A hardware card: the latencies of networks on one device.

    Attributes:
        hardware: its short name.
        device: its full name.
        kind: "printed", "estimated" or "measured".
        latency_s: seconds from frame to logits of each network; the median if measured.
        facts: where it is printed, or how it was measured: software, input size, what the timer
            includes.
        samples_s: every measured sample of `latency_s`.
        end_to_end_s: every sample from frame to class ids, both in host memory.
    """

    hardware: str
    device: str
    kind: str
    latency_s: dict[str, float]
    facts: dict = field(default_factory=dict)
    samples_s: dict[str, list[float]] = field(default_factory=dict)
    end_to_end_s: dict[str, list[float]] = field(default_factory=dict)

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

    def samples(self, network: str) -> list[float]:
        """Look up the measured samples of a network's latency, in seconds and in order.

        Raises:
            BadInput: the card has none.
        """
        if not self.samples_s.get(network):
            raise BadInput(
                f"hardware card {self.hardware!r} has no samples of {network}: "
                "measure it by 'lasegm latency'"
            )
        return self.samples_s[network]

    def save(self, path: Path) -> None:
        """Write the card as JSON."""
        with atomic(path, seal=True) as partial:
            partial.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Card":
        """Read a card.

        Raises:
            BadInput: the file is not a hardware card.
        """
        try:
            found = cls(**json.loads(Path(path).read_text(encoding="utf-8")))
            found._check()
        except (OSError, ValueError, TypeError, RecursionError) as error:
            text = " ".join(str(error).split())
            raise BadInput(f"{path} is not a readable hardware card: {text}") from None
        intact(path)
        return found

    def _check(self) -> None:
        """Refuse values of a wrong kind, which JSON allows."""
        words = (self.hardware, self.device, self.kind)
        if not all(isinstance(word, str) for word in words):
            raise ValueError("hardware, device and kind must be text")
        if not (isinstance(self.latency_s, dict) and isinstance(self.facts, dict)):
            raise ValueError("latency_s and facts must be mappings")
        for network, latency_s in self.latency_s.items():
            positive_seconds(_number(latency_s), f"latency_s of {network}")
        for name in ("samples_s", "end_to_end_s"):
            samples = getattr(self, name)
            if not isinstance(samples, dict) or not all(map(_is_list, samples.values())):
                raise ValueError(f"{name} must be a mapping to lists")
            for network, values in samples.items():
                for value in values:
                    positive_seconds(_number(value), f"{name} of {network}")


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} must be a number of seconds")
    return value


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def card(name: str) -> Card:
    """Find a hardware card: a printed or estimated one, or a JSON file.

    Raises:
        BadInput: neither a card's name nor a card's path.
    """
    if str(name).endswith(".json"):
        return Card.load(Path(name))
    known("hardware card", name, ["local", *names()])
    return _printed(name) if name in set(published.latencies()["hardware"]) else _estimated(name)


def names() -> list[str]:
    """List the printed cards, then the estimated ones."""
    printed = filter(None, published.latencies()["hardware"])
    return list(dict.fromkeys([*printed, *published.peaks().index]))


def _printed(name: str) -> Card:
    rows = published.latencies().query("hardware == @name")
    first = rows.iloc[0]
    page = f", page {first['page']}" if first["page"] else ""
    facts = {
        "place": f"paper {first['paper']}, {first['place']}{page}",
        "size": first["size"] or "not printed",
        "timer": "network only",
    }
    latency_s = rows.set_index("network")["latency_s"].to_dict()
    return Card(name, first["device"], "printed", latency_s, facts)


def _estimated(name: str) -> Card:
    """Scale the printed latencies by the peak fp32 rates, the axis of the paper's Figure 4."""
    reference, peaks = _printed(PRINTED_ON), published.peaks()
    ratio = peaks.loc[PRINTED_ON, "fp32_tflops"] / peaks.loc[name, "fp32_tflops"]
    latency_s = {network: value * ratio for network, value in reference.latency_s.items()}
    place = f"{reference.device} times {ratio:.3f}, by peak fp32 rate ({peaks.loc[name, 'place']})"
    return Card(name, peaks.loc[name, "device"], "estimated", latency_s, {"place": place})


def noted(notes: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Say in a card's facts what is done to frames and outputs within the timer, by network."""
    said = {title: "; ".join(lines) for title, lines in notes.items() if lines}
    return {"notes": said} if said else {}


def lognormal(mean_s: Seconds, variation: float, number: int = 1000) -> list[Fraction]:
    """Sample a log-normal latency by its quantiles, so that the shares are not random.

    Args:
        mean_s: mean in seconds.
        variation: coefficient of variation, standard deviation over mean; 0 is a constant.
        number: number of quantiles, at the middles of equal parts.

    Returns:
        The quantiles in whole microseconds, always shuffled in the same way, so that neighbouring
        runs are independent.

    Raises:
        BadInput: a mean that is not above 0, or a variation below 0.

    >>> from lasegm_core.metric.offsets import frame_offset
    >>> sum(frame_offset(time, 0.06) == 1 for time in lognormal(0.057, 0.1))
    714
    """
    if not 0 <= variation < inf:
        raise BadInput(f"the coefficient of variation must be 0 or more, not {variation!r}")
    spread = log(1 + variation**2)
    middle = log(positive_seconds(mean_s, "mean_s")) - spread / 2
    parts = [(part + 0.5) / number for part in range(number)]
    values = [exp(middle + spread**0.5 * NormalDist().inv_cdf(part)) for part in parts]
    Random(0).shuffle(values)
    return [Fraction(round(1_000_000 * value), 1_000_000) for value in values]
