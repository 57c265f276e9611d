"""Variants of training compared: tables of scores, paired differences and minutes."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
import pandas as pd

from lasegm_core import models
from lasegm_core.data.sources import Place
from lasegm_core.experiments.runs import Run, base_of, steps_of
from lasegm_core.metric.counts import Counts
from lasegm_core.reports.captions import say_made
from lasegm_core.reports.claims import decide, draws
from lasegm_core.reports.scores import score
from lasegm_core.studies.tuning.variants import (
    COMPARED,
    CONFIGURATIONS,
    IMAGENET,
    MOBILE,
    OFFSET,
    RATES,
    STARTS,
    Variant,
    of_encoders,
)

REFERENCE = "reference"
PAIRS = ((2, 1), (3, 2), (3, 1))  # of configurations
_DECIDED = ("difference", "ci_low", "ci_high", "verdict")


def rates(place: Place) -> pd.DataFrame:
    """Compare batches, rates and schedules by instant mIoU.

    Returns:
        A row a variant: `profile`, `batch`, `rate`, `schedule`, `steps`, `minutes`, `miou` with
        `miou_ci_low` and `miou_ci_high`, and its `difference` from the first with a paired interval
        and `verdict`: that it is better.
    """
    return _rated([Variant(name) for name in RATES], place)


def encoders(place: Place) -> pd.DataFrame:
    """Compare rates for networks with other encoders, as `rates`; `network` comes first."""
    groups = groupby(of_encoders(), attrgetter("network"))
    found = {network: _rated(list(variants), place) for network, variants in groups}
    return pd.concat(found, names=["network"]).reset_index("network").reset_index(drop=True)


def _rated(variants: Sequence[Variant], place: Place) -> pd.DataFrame:
    first = draws(variants[0].counts(place).at(0))
    rows = []
    for variant in variants:
        recipe, counts = variant.run.recipe, variant.counts(place).at(0)
        row = {"profile": variant.profile, "batch": recipe.batch, "rate": recipe.lr}
        row |= {"schedule": recipe.schedule, "steps": steps_of(variant.run, 0)}
        row |= {"minutes": variant.facts(place)["train_s"] / 60}
        rows.append(row | scored(counts) | decided(draws(counts) - first))
    return pd.DataFrame(rows)


def starts(place: Place) -> pd.DataFrame:
    """Compare what the configurations start from, each at the offset 2.

    Returns:
        A row a start and configuration: `start`, `configuration`, `base_steps`, `steps`, `minutes`
        of its own training, `base_minutes`, `miou` with its interval, and its `difference` from the
        same configuration that starts from nothing, with a paired interval and `verdict`.
    """
    rows = []
    for profile, start in STARTS.items():
        for number in CONFIGURATIONS:
            variant, plain = (Variant(name, number) for name in (profile, next(iter(STARTS))))
            counts, facts = variant.counts(place).at(OFFSET), variant.facts(place)
            base = base_of(variant.run)
            row = {"start": start, "configuration": number, "base_steps": _steps(base)}
            row |= {"steps": _steps(variant.run), "minutes": facts["train_s"] / 60}
            row |= {"base_minutes": facts.get("base_s", 0) / 60} | scored(counts)
            gain = draws(counts) - draws(plain.counts(place).at(OFFSET))
            rows.append(row | decided(gain))
    return pd.DataFrame(rows)


def gains(place: Place) -> pd.DataFrame:
    """Compare the configurations with each other, from each start, at the offset 2.

    Returns:
        A row a network, start and pair: `network`, `start`, `instant` (mIoU of configuration 1),
        `pair`, `difference` with its paired interval, `verdict`.
    """
    rows = []
    for network, profile in ((network, name) for network, of in COMPARED.items() for name in of):
        instant = score(Variant(profile, 1, network).counts(place).at(0))["miou"]
        shared = {"network": network, "start": _titled(profile), "instant": instant}
        for pair, gain in _gains(network, profile, place).items():
            rows.append(shared | {"pair": pair} | decided(gain))
    return pd.DataFrame(rows)


def encoder_effect(place: Place) -> pd.DataFrame:
    """Find by how much the gains are larger where the encoder starts from ImageNet's weights.

    Returns:
        A row a start and pair: `network`, `start`, `pair`, `difference` of the two gains with its
        paired interval, `verdict`.
    """
    rows = []
    for imagenet, scratch in IMAGENET.items():
        own, other = (_gains(MOBILE, profile, place) for profile in (imagenet, scratch))
        for pair in own:
            row = {"network": MOBILE, "start": STARTS[scratch], "pair": pair}
            rows.append(row | decided(own[pair] - other[pair]))
    return pd.DataFrame(rows)


def _titled(profile: str) -> str:
    if profile in IMAGENET:
        return f"{STARTS[IMAGENET[profile]]}, its encoder from ImageNet"
    return STARTS[profile]


def _gains(network: str, profile: str, place: Place) -> dict[str, np.ndarray]:
    """Draw the difference of each pair of configurations."""
    scores = {
        number: draws(Variant(profile, number, network).counts(place).at(OFFSET))
        for number in CONFIGURATIONS
    }
    return {f"{after} over {before}": scores[after] - scores[before] for after, before in PAIRS}


def scored(counts: Counts) -> dict[str, float]:
    """Find `miou` with its interval `miou_ci_low`, `miou_ci_high`."""
    found = score(counts)
    return {"miou": found["miou"], **{f"miou_{of}": found[of] for of in ("ci_low", "ci_high")}}


def decided(gain: np.ndarray) -> dict:
    """Decide whether a gain is above zero; what is compared with itself is the reference."""
    found = decide("", "", gain, "-")
    return {name: found[name] for name in _DECIDED} | ({} if gain.any() else {"verdict": REFERENCE})


def _steps(run: Run | None) -> int:
    return steps_of(run, 0) if run else 0


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out a table; text cells."""
    shown = table.drop(columns=[name for name in table if "ci_" in name or name == "profile"])
    if "difference" in table:
        shown["difference"] = [
            "" if row.verdict == REFERENCE else spelled(row) for row in table.itertuples()
        ]
    if "instant" in table:
        shown["instant"] = table["instant"].map("{:.3f}".format)
    if "miou" in table:
        shown["miou"] = [
            f"{row.miou:.3f} [{row.miou_ci_low:.3f}, {row.miou_ci_high:.3f}]"
            for row in table.itertuples()
        ]
    if "network" in table:
        shown["network"] = [models.entry(name).title for name in table["network"]]
    if "schedule" in table:
        shown["schedule"] = table["schedule"].str.replace("_", " ")
    minutes = [name for name in shown if "minutes" in name]
    shown[minutes] = shown[minutes].map("{:.1f}".format)
    return shown.rename(
        columns={name: name.replace("_", " ") for name in shown}
        | {"miou": "mIoU", "instant": "instant mIoU"}
    )


def spelled(row) -> str:
    """Write a `difference` with its interval."""
    return f"{row.difference:+.3f} [{row.ci_low:+.3f}, {row.ci_high:+.3f}]"


def caption(variants: Sequence[Variant], place: Place) -> str:
    """Describe the numbers: clips, intervals, and what trained the variants."""
    return (
        "ToyStreet, 60 tuning clips, which decide no verdict; one seed each; 95 % intervals by "
        "bootstrap over clips, not over trainings; trained on "
        f"{say_made([variant.facts(place) for variant in variants])}."
    )


def say(rated: pd.DataFrame, started: pd.DataFrame) -> str:
    """Say which variant is best, and what the configurations should start from."""
    best = rated.loc[rated["miou"].idxmax()]
    means = started.groupby("start", sort=False)["miou"].mean()
    listed = ", ".join(f"{mean:.3f} from {start}" for start, mean in means.items())
    return (
        f"Of {len(rated)} ways to spend the same minutes, batches of {best.batch} at a rate of "
        f"{best.rate:g} ({best.schedule.replace('_', ' ')}) have the best instant mIoU: "
        f"{best.miou:.3f}, {spelled(best)} over "
        f"the first. The three configurations have a mean LAmIoU at k = {OFFSET} of {listed}."
    )
