"""What HMSeg's paper (004) claims of cost, decided by counting: heads, stages, sizes, modules."""

from collections.abc import Iterable

import pandas as pd

from lasegm_core.reports.claims import NOT_TESTED, OPEN
from lasegm_core.studies.zoo.hmseg.costs import ANALYSED, HEAD, SIZES, STAGES
from lasegm_core.studies.zoo.hmseg.verdict import Values, Verdict, verdict

_BYTES = 4  # of a parameter in fp32
_LIMIT_M = 0.3  # parameters of LCF and LGE, in 10^6


def imbalance(halves: pd.DataFrame) -> Verdict:
    """Decide that the heads are heavy: they cost more than half, by both counts, in each."""
    heads = halves[halves["part"] == HEAD].set_index("network").loc[list(ANALYSED)]
    shares = heads[["gmac_share", "parameters_share"]]
    words = [
        f"{name} {100 * row.gmac_share:.0f} and {100 * row.parameters_share:.0f} %"
        for name, row in zip(("DeepLab-MN", "ICNet", "BiSeNet"), shares.itertuples(), strict=True)
    ]
    return Verdict(
        "section 1",
        "backbone and head are imbalanced: the heads of three networks are heavy",
        "-",
        "",
        NOT_TESTED,
        "; ".join(words),
        verdict(bool((shares > 0.5).all(axis=None))),
        "the head's share of operations and of parameters is above half in each; the bars of "
        "Figure 1 are not in the text; DeepLab-MN has plain convolutions in its head",
    )


def of_stages(stages: pd.DataFrame) -> Iterable[Verdict]:
    """Decide which stages cost most, and how cost grows with the resolution."""
    mine = stages[(stages["network"] == "deeplab_mn") & (stages["part"] != HEAD)]
    wide = mine.pivot(index="part", columns="size", values="gmac")
    share = wide[SIZES[1]] / wide[SIZES[1]].sum()
    costly = [STAGES[number - 1] for number in (1, 4, 5)]
    spelled = ", ".join(f"{of.removeprefix('stage ')}: {100 * share[of]:.0f} %" for of in STAGES)
    by = "operations of DeepLab-MN's backbone at 1024x2048; GPU time is not measured here"
    claim = "most of the cost lies in stages 1, 4 and 5"
    held = verdict(share[costly].sum() > 0.5)
    yield Verdict("section 1", claim, "-", "", NOT_TESTED, spelled, held, by)
    claim = "each of stages 1, 4 and 5 costs more than stages 2 and 3"
    held = verdict(share[costly].min() > share.drop(costly).max())
    yield Verdict("section 1", claim, "-", "", NOT_TESTED, spelled, held, by)
    growth = wide[SIZES[1]] / wide[SIZES[0]]
    claim = "the cost grows quadratically with the resolution"
    words = f"{growth.min():.3f} to {growth.max():.3f} times"
    held = verdict(bool(((growth - 4).abs() < 0.01).all()))
    by = "operations of every stage of DeepLab-MN, at twice the height and width"
    yield Verdict("section 1", claim, "4 times", "", NOT_TESTED, words, held, by)


def smaller(told: Values, ours: Values) -> Iterable[Verdict]:
    """Decide how much smaller TinyMRMS and TinyHMSeg are."""
    for quantity, word, claimed in (("operations", "FLOPs", 90.1), ("parameters", "", 97.7)):
        small, large = (("Table 1", name, quantity) for name in ("tiny_mrms", "icnet"))
        of_both = [100 * (1 - of[small] / of[large]) for of in (told, ours)]
        verdicts = [verdict(found > claimed - 0.05) for found in of_both]
        texts = [f"{found:.1f} %" for found in of_both]
        claim = f"TinyMRMS has {claimed} % fewer {word or quantity} than ICNet"
        note = "ICNet as its authors released it" if quantity == "parameters" else ""
        both = (texts[0], verdicts[0], texts[1], verdicts[1])
        yield Verdict("section 4.1", claim, f"{claimed} %", *both, note)
    key = ("Table 1", "tiny_hmseg", "parameters")
    sizes = [_BYTES * of[key] for of in (told, ours)]
    verdicts = [verdict(round(size, 1) == 2.8) for size in sizes]
    texts = [f"{size:.2f} MB" for size in sizes]
    claim = "TinyHMSeg needs about 2.8 MB"
    by = "4 bytes a parameter; ours is of our own search"
    yield Verdict("section 4.1", claim, "2.8 MB", texts[0], verdicts[0], texts[1], verdicts[1], by)


def modules(told: Values, ours: Values) -> Iterable[Verdict]:
    """Decide what LGE and LCF gain and cost (Table 4)."""

    def step(values: Values, after: str, before: str, quantity: str) -> float:
        return values["Table 4", after, quantity] - values["Table 4", before, quantity]

    for module, after, claimed in (("LGE", "mrms_b", 1.99), ("LCF", "mrms_c", 4.18)):
        gain = step(told, after, "mrms_a", "miou")
        cost = ", ".join(
            f"{step(ours, after, 'mrms_a', quantity):.4f} {unit}"
            for quantity, unit in (("parameters", "M"), ("operations", "GMAC"))
        )
        claim, held = (
            f"{module} gains {claimed} points of mIoU",
            verdict(round(gain, 2) == claimed),
        )
        by = f"mIoU on Cityscapes, which is not here; ours of {module} costs {cost}"
        words = f"{gain:+.2f} points"
        yield Verdict("section 4.2", claim, f"{claimed} points", words, held, note=by)
    extra = [step(of, "mrms", "mrms_a", "parameters") for of in (told, ours)]
    words, held = [f"{each:.3f} M" for each in extra], verdict(extra[1] < _LIMIT_M)
    claim = f"both modules add less than {_LIMIT_M} M parameters"
    by = "printed values are rounded to 0.1 M, so that they decide nothing"
    limit = f"{_LIMIT_M} M"
    yield Verdict("section 4.2", claim, limit, words[0], OPEN, words[1], held, by)
    claim, by = "both modules cost a marginal increase of computation", "operations, (d) over (a)"
    words = []
    for of in (told, ours):
        whole = of["Table 4", "mrms_a", "operations"]
        words.append(f"{100 * step(of, 'mrms', 'mrms_a', 'operations') / whole:.1f} %")
    by += "; the paper sets no limit, so that nothing is decided"
    yield Verdict("section 4.2", claim, "-", words[0], OPEN, words[1], OPEN, by)
