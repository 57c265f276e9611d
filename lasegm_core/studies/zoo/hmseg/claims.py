"""What HMSeg's paper (004) claims in numbers, decided from what it prints and from our networks.

A claim is decided twice: `printed` says whether the paper's own tables bear it out, `ours` whether
our networks do. What needs a data set or a network that is not here is "not tested".
"""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from lasegm_core.studies.zoo.hmseg.costs import ANALYSED, HEAD, SIZES, STAGES

HOLDS, FAILS = "holds", "does not hold"
UNDECIDED, NOT_TESTED = "inconclusive", "not tested"
_BYTES = 4  # of a parameter in fp32
_LIMIT_M = 0.3  # parameters of LCF and LGE, in 10^6
_Key = tuple[str, str, str]  # place, network, quantity


class Verdict(NamedTuple):
    """A claim, decided.

    Attributes:
        place: section of the paper.
        claim: what it says.
        claimed: the number that it claims, as text.
        from_printed: what its tables come to.
        printed: verdict on that.
        from_ours: what our networks come to; empty if nothing was measured.
        ours: verdict on that.
        note: what it was decided by.
    """

    place: str
    claim: str
    claimed: str
    from_printed: str
    printed: str
    from_ours: str = ""
    ours: str = NOT_TESTED
    note: str = ""


def decide(printed: pd.DataFrame, halves: pd.DataFrame, stages: pd.DataFrame) -> pd.DataFrame:
    """Decide the claims.

    Args:
        printed: result of `printed.values`.
        halves: result of `costs.figure1`.
        stages: result of `costs.figure2`.

    Returns:
        A row a claim, with the fields of `Verdict`.
    """
    keys = printed[["place", "network", "quantity"]].itertuples(index=False, name=None)
    table = dict(zip(keys, printed[["value", "ours"]].itertuples(index=False), strict=True))
    told = {key: value for key, (value, _) in table.items()}
    ours = {key: value for key, (_, value) in table.items()}
    rows = [_imbalance(halves), *_stages(stages), *_smaller(told, ours), *_faster(told, ours)]
    rows += [*_accuracies(told), *_people(told, ours), *_modules(told, ours)]
    return pd.DataFrame(rows, columns=Verdict._fields)


def _verdict(holds: bool) -> str:
    return HOLDS if holds else FAILS


def _imbalance(halves: pd.DataFrame) -> Verdict:
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
        _verdict(bool((shares > 0.5).all(axis=None))),
        "the head's share of operations and of parameters is above half in each; the bars of "
        "Figure 1 are not in the text; DeepLab-MN has plain convolutions in its head",
    )


def _stages(stages: pd.DataFrame) -> Iterable[Verdict]:
    mine = stages[(stages["network"] == "deeplab_mn") & (stages["part"] != HEAD)]
    wide = mine.pivot(index="part", columns="size", values="gmac")
    share = wide[SIZES[1]] / wide[SIZES[1]].sum()
    costly = [STAGES[number - 1] for number in (1, 4, 5)]
    spelled = ", ".join(f"{of.removeprefix('stage ')}: {100 * share[of]:.0f} %" for of in STAGES)
    by = "operations of DeepLab-MN's backbone at 1024x2048; GPU time is not measured here"
    claim = "most of the cost lies in stages 1, 4 and 5"
    held = _verdict(share[costly].sum() > 0.5)
    yield Verdict("section 1", claim, "-", "", NOT_TESTED, spelled, held, by)
    claim = "each of stages 1, 4 and 5 costs more than stages 2 and 3"
    held = _verdict(share[costly].min() > share.drop(costly).max())
    yield Verdict("section 1", claim, "-", "", NOT_TESTED, spelled, held, by)
    growth = wide[SIZES[1]] / wide[SIZES[0]]
    claim = "the cost grows quadratically with the resolution"
    words = f"{growth.min():.3f} to {growth.max():.3f} times"
    held = _verdict(bool(((growth - 4).abs() < 0.01).all()))
    by = "operations of every stage of DeepLab-MN, at twice the height and width"
    yield Verdict("section 1", claim, "4 times", "", NOT_TESTED, words, held, by)


def _smaller(told: dict[_Key, float], ours: dict[_Key, float]) -> Iterable[Verdict]:
    for quantity, word, claimed in (("operations", "FLOPs", 90.1), ("parameters", "", 97.7)):
        small, large = (("Table 1", name, quantity) for name in ("tiny_mrms", "icnet"))
        of_both = [100 * (1 - of[small] / of[large]) for of in (told, ours)]
        verdicts = [_verdict(found > claimed - 0.05) for found in of_both]
        texts = [f"{found:.1f} %" for found in of_both]
        claim = f"TinyMRMS has {claimed} % fewer {word or quantity} than ICNet"
        note = "ICNet as its authors released it" if quantity == "parameters" else ""
        both = (texts[0], verdicts[0], texts[1], verdicts[1])
        yield Verdict("section 4.1", claim, f"{claimed} %", *both, note)
    key = ("Table 1", "tiny_hmseg", "parameters")
    sizes = [_BYTES * of[key] for of in (told, ours)]
    verdicts = [_verdict(round(size, 1) == 2.8) for size in sizes]
    texts = [f"{size:.2f} MB" for size in sizes]
    claim = "TinyHMSeg needs about 2.8 MB"
    by = "4 bytes a parameter; ours is of our own search"
    yield Verdict("section 4.1", claim, "2.8 MB", texts[0], verdicts[0], texts[1], verdicts[1], by)


def _faster(told: dict[_Key, float], ours: dict[_Key, float]) -> Iterable[Verdict]:
    for other, title in (("bisenet", "BiSeNet"), ("dfanet", "DFANet")):
        keys = [("Table 1", name, "latency") for name in (other, "tiny_mrms")]
        ratios = [of[keys[0]] / of[keys[1]] for of in (told, ours)]
        texts, verdicts = ([form(each) for each in ratios] for form in (_times, _above_one))
        by = "latencies of Table 1, ours on a CPU, each at its own size"
        both = (texts[0], verdicts[0], texts[1], verdicts[1])
        yield Verdict("section 4.1", f"TinyMRMS is faster than {title}", "-", *both, by)
    ratio = told["Table 1", "mobilenet_v3", "latency"] / told["Table 1", "hmseg", "latency"]
    claim = "HMSeg is faster than MobileNetV3"
    by = "MobileNetV3's network is not built"
    yield Verdict("section 4.1", claim, "-", _times(ratio), _above_one(ratio), note=by)
    ratio = told["Table 2", "tiny_hmseg", "fps"] / told["Table 2", "cas", "fps"]
    faster = 100 * (ratio - 1)
    claim, by = "on CamVid TinyHMSeg is 64 % faster than CAS", "CAS is not built"
    held = _verdict(64 <= faster < 65)
    yield Verdict("section 4.1", claim, "64 %", f"{faster:.1f} %", held, note=by)


def _times(ratio: float) -> str:
    return f"{ratio:.2f} times"


def _above_one(ratio: float) -> str:
    return NOT_TESTED if pd.isna(ratio) else _verdict(ratio > 1)


# Place in the paper, table, the better network, those that it beats, and the claim.
_BETTER = (
    ("Table 1", "tiny_mrms", ("icnet",), "TinyMRMS beats ICNet in mIoU"),
    (
        "Table 1",
        "hmseg",
        ("mobilenet_v3", "df1_seg_d8", "cas"),
        "HMSeg beats the other searched networks and MobileNetV3 in mIoU",
    ),
    ("Table 2", "hmseg", ("icnet", "enet", "bisenet", "cas"), "on CamVid HMSeg beats all others"),
    ("Table 2", "tiny_hmseg", ("cas",), "on CamVid TinyHMSeg beats CAS in mIoU"),
    ("Table 3", "hmseg", ("deeplab",), "on LIP HMSeg beats DeepLab, of a heavy backbone"),
)


def _accuracies(told: dict[_Key, float]) -> Iterable[Verdict]:
    for place, better, others, claim in _BETTER:
        lead = min(told[place, better, "miou"] - told[place, other, "miou"] for other in others)
        words = f"{lead:+.2f} points"
        by = f"mIoU of {place}; none was trained on its data here"
        yield Verdict("section 4.1", claim, "-", words, _verdict(lead > 0), note=by)


def _people(told: dict[_Key, float], ours: dict[_Key, float]) -> Iterable[Verdict]:
    """Decide what is claimed of LIP, TinyHMSeg beside CE2P."""

    def of(values: dict[_Key, float], name: str, quantity: str) -> float:
        return values["Table 3", name, quantity]

    speed = of(told, "tiny_hmseg", "fps") / of(told, "ce2p", "fps")
    claim = "on LIP TinyHMSeg is 15 times as fast as CE2P"
    by = "the text prints 29.3 fps for CE2P, the table 30.3; CE2P is not built"
    yield Verdict("section 4.1", claim, "15 times", _times(speed), _verdict(speed >= 15), note=by)
    fewer = [
        of(told, "ce2p", "parameters") / of(v, "tiny_hmseg", "parameters") for v in (told, ours)
    ]
    claim = "on LIP TinyHMSeg has 90 times fewer parameters than CE2P"
    by = "CE2P as printed over ours, of our own search, with the 20 classes of LIP"
    texts, verdicts = [_times(each) for each in fewer], [_verdict(each >= 90) for each in fewer]
    yield Verdict(
        "section 4.1", claim, "90 times", texts[0], verdicts[0], texts[1], verdicts[1], by
    )
    loss = of(told, "ce2p", "miou") - of(told, "tiny_hmseg", "miou")
    claim = "on LIP TinyHMSeg loses a mere 4 % against CE2P"
    by = "points of mIoU in Table 3; LIP is no data set here"
    held = _verdict(round(loss) <= 4)
    yield Verdict("section 4.1", claim, "4 %", f"{loss:.2f} points", held, note=by)


def _modules(told: dict[_Key, float], ours: dict[_Key, float]) -> Iterable[Verdict]:
    """Decide what LGE and LCF gain and cost (Table 4)."""

    def step(values: dict[_Key, float], after: str, before: str, quantity: str) -> float:
        return values["Table 4", after, quantity] - values["Table 4", before, quantity]

    for module, after, claimed in (("LGE", "mrms_b", 1.99), ("LCF", "mrms_c", 4.18)):
        gain = step(told, after, "mrms_a", "miou")
        cost = ", ".join(
            f"{step(ours, after, 'mrms_a', quantity):.4f} {unit}"
            for quantity, unit in (("parameters", "M"), ("operations", "GMAC"))
        )
        claim, held = (
            f"{module} gains {claimed} points of mIoU",
            _verdict(round(gain, 2) == claimed),
        )
        by = f"mIoU on Cityscapes, which is not here; ours of {module} costs {cost}"
        words = f"{gain:+.2f} points"
        yield Verdict("section 4.2", claim, f"{claimed} points", words, held, note=by)
    extra = [step(of, "mrms", "mrms_a", "parameters") for of in (told, ours)]
    words, held = [f"{each:.3f} M" for each in extra], _verdict(extra[1] < _LIMIT_M)
    claim = f"both modules add less than {_LIMIT_M} M parameters"
    by = "printed values are rounded to 0.1 M, so that they decide nothing"
    limit = f"{_LIMIT_M} M"
    yield Verdict("section 4.2", claim, limit, words[0], UNDECIDED, words[1], held, by)
    claim, by = "both modules cost a marginal increase of computation", "operations, (d) over (a)"
    words = []
    for of in (told, ours):
        whole = of["Table 4", "mrms_a", "operations"]
        words.append(f"{100 * step(of, 'mrms', 'mrms_a', 'operations') / whole:.1f} %")
    by += "; the paper sets no limit, so that nothing is decided"
    yield Verdict("section 4.2", claim, "-", words[0], UNDECIDED, words[1], UNDECIDED, by)


def say(found: pd.DataFrame) -> str:
    """Say in one sentence how many claims the printed values and ours bear out."""
    words = []
    for column, whose in (("printed", "what is printed"), ("ours", "our networks")):
        number = found[column].value_counts()
        each = ", ".join(f"{number[verdict]} {verdict}" for verdict in number.index)
        words.append(f"by {whose} {each}")
    return f"Of {len(found)} claims: {'; '.join(words)}."
