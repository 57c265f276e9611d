"""Does DeepLab-R101 lead SwiftNet-R18 once frames are larger? Both are trained for equal time."""

import pandas as pd

from lasegm_core.data.pixels.images import written
from lasegm_core.data.rendered import rendering_of
from lasegm_core.data.sources import Place
from lasegm_core.experiments.runs import steps_of
from lasegm_core.reports.claims import FAILS, HOLDS, OPEN, draws
from lasegm_core.studies.tuning.compared import decided, scored, spelled
from lasegm_core.studies.tuning.variants import Variant

PROFILES = ("tuning_small", "tuning_large")
SLOW, FAST = "deeplab_r101", "swiftnet_r18"


def every() -> list[Variant]:
    """List both networks at both sizes."""
    return [Variant(profile, network=of) for profile in PROFILES for of in (SLOW, FAST)]


def scores(place: Place) -> pd.DataFrame:
    """Score both networks at both sizes.

    Returns:
        A row a run: `size`, `network`, `steps`, `minutes`, instant `miou` with its interval
        `miou_ci_low`, `miou_ci_high`.
    """
    rows = []
    for variant in every():
        row = {"size": _size(variant), "network": variant.network}
        row |= {"steps": steps_of(variant.run, 0)}
        row |= {"minutes": variant.facts(place)["train_s"] / 60}
        rows.append(row | scored(variant.counts(place).at(0)))
    return pd.DataFrame(rows)


def gaps(place: Place) -> pd.DataFrame:
    """Compare the networks by instant mIoU at each size, and the sizes by that gap.

    Returns:
        A row a gap: `what`, `difference` of DeepLab-R101 from SwiftNet-R18 with its paired interval
        `ci_low`, `ci_high`, and `verdict`: that it is above zero. The last row says how much larger
        the gap is at the larger size; both sizes show the same clips.
    """
    of = {
        _size(slow): draws(slow.counts(place).at(0)) - draws(fast.counts(place).at(0))
        for slow, fast in zip(every()[::2], every()[1::2], strict=True)
    }
    (small, first), (large, second) = of.items()
    of[f"{large} less {small}"] = second - first
    return pd.DataFrame([{"what": what} | decided(gap) for what, gap in of.items()])


def say(found: pd.DataFrame) -> str:
    """Say what the larger frames do to the gap."""
    small, large, change = found.itertuples(index=False)
    words = {HOLDS: "narrows", FAILS: "widens", OPEN: "does not decide"}
    return (
        f"DeepLab-R101 less SwiftNet-R18 in instant mIoU: {spelled(small)} at {small.what}, "
        f"{spelled(large)} at {large.what}. In equal time the larger size {words[change.verdict]} "
        f"the gap: {spelled(change)}."
    )


def _size(variant: Variant) -> str:
    return written(rendering_of("toystreet", variant.profile).size)
