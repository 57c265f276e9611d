"""Variants of the laptop's training: batch, rate and schedule, and what configurations start from.

Every variant is a profile `tuning_...` (`training.variants.TUNING`). They share ToyStreet's clips
of another seed than the profiles whose tables are shown, so that nothing is chosen on the clips
that decide verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lasegm_core.data.rendered import RENDERED
from lasegm_core.data.sources import Place
from lasegm_core.data.toystreet.world import FRAMES, INTERVAL_S
from lasegm_core.experiments.counted import ensure, ensure_all
from lasegm_core.experiments.provenance import record, training_facts
from lasegm_core.experiments.results.result_set import (
    ResultSet,
    committed_counts,
    counts_file,
    read,
)
from lasegm_core.experiments.runs import Run, base_of
from lasegm_core.metric.counts import Counts
from lasegm_core.support.files import sha256
from lasegm_core.training.variants import TUNING

NETWORK, OFFSET = "swiftnet_r18", 2
RATES = tuple(name for name in TUNING if name.startswith("tuning_b"))
STARTS = {
    "tuning_scratch": "nothing",
    "tuning_instant": "a base trained at offset 0",
    "tuning_mixed": "a base trained at offsets 0 to 4",
    "tuning_longer_instant": "a longer base at offset 0",
    "tuning_longer_mixed": "a longer base at offsets 0 to 4",
    "tuning_longest_instant": "the longest base at offset 0",
}
# DeepLab-MN starts from ImageNet's weights of its encoder as well; beside the same from scratch.
MOBILE = "deeplab_mn"
IMAGENET = {
    "tuning_longer_imagenet": "tuning_longer_instant",
    "tuning_longest_imagenet": "tuning_longest_instant",
}
ENCODERS = tuple(name for name in TUNING if name.startswith("tuning_encoders"))
ENCODER_NETWORKS = (MOBILE, "deeplab_r101")
# How the configurations compare with each other, by start: of these networks from these starts.
_LENGTHS = ("tuning_instant", "tuning_longer_instant", "tuning_longest_instant")
COMPARED = {NETWORK: tuple(STARTS), MOBILE: (*_LENGTHS, *IMAGENET)}
CONFIGURATIONS = {1: (1, 0), 2: (1, OFFSET), 3: (2, OFFSET)}  # inputs and trained offset
_KEPT = ("train_s", "device", "software", "commit", "date")  # of a run's record
_SET = ResultSet(RENDERED, "tuning", INTERVAL_S, FRAMES, consecutive=True)


@dataclass(frozen=True)
class Variant:
    """One run of one variant.

    Attributes:
        profile: its name.
        configuration: 1, 2 or 3 of the paper's Table 1.
        network: that is trained.
    """

    profile: str
    configuration: int = 1
    network: str = NETWORK

    @property
    def run(self) -> Run:
        """Name the run."""
        return Run(self.network, *CONFIGURATIONS[self.configuration], _SET.dataset, self.profile)

    @property
    def name(self) -> str:
        """Name its counts in a set of results."""
        return f"{self.profile}-{self.run.title}"

    def counts(self, place: Place) -> Counts:
        """Load or make its counts on the tuning clips."""
        if place.results:
            return committed_counts(place.results, self.name)
        return ensure(self.run, place)

    def facts(self, place: Place) -> dict:
        """Read what trained it, where and when; `train_s` without its base."""
        if place.results:
            return read(place.results).runs[self.name]
        base = base_of(self.run)
        facts = {name: of for name, of in training_facts(self.run, place).items() if name in _KEPT}
        return facts | ({"base_s": training_facts(base, place)["train_s"]} if base else {})


def every() -> list[Variant]:
    """List all variants: those of rates, the configurations from each start, other encoders."""
    return [*map(Variant, RATES), *of_starts(), *of_encoders()]


def of_starts() -> list[Variant]:
    """List the variants of starts, network by network, start by start."""
    return [
        Variant(name, number, network)
        for network, names in COMPARED.items()
        for name in names
        for number in CONFIGURATIONS
    ]


def of_encoders() -> list[Variant]:
    """List the variants of other encoders, a network after the other."""
    return [Variant(name, network=of) for of in ENCODER_NETWORKS for name in ENCODERS]


def ensure_variants(variants: Sequence[Variant], place: Place, jobs: int | None = None) -> None:
    """Train and score what is missing, several at once; nothing where results are committed."""
    if not place.results:
        ensure_all([variant.run for variant in variants], place, jobs)


def save(variants: Sequence[Variant], place: Place, out: Path) -> None:
    """Write counts and records into a set of results."""
    runs = {}
    for variant in variants:
        path = counts_file(out, variant.name)
        variant.counts(place).save(path)
        made = {} if place.results else record(variant.run, place, path)
        runs[variant.name] = variant.facts(place) | made | {"counts_sha256": sha256(path)}
    replace(_SET, runs=runs).save(out)
