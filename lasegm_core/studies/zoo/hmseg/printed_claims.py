"""What HMSeg's paper (004) claims of speed and accuracy, decided from its tables."""

from collections.abc import Iterable

import pandas as pd

from lasegm_core.reports.claims import NOT_TESTED
from lasegm_core.studies.zoo.hmseg.verdict import Values, Verdict, verdict


def faster(told: Values, ours: Values) -> Iterable[Verdict]:
    """Decide which networks are faster than others."""
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
    held = verdict(64 <= faster < 65)
    yield Verdict("section 4.1", claim, "64 %", f"{faster:.1f} %", held, note=by)


def _times(ratio: float) -> str:
    return f"{ratio:.2f} times"


def _above_one(ratio: float) -> str:
    return NOT_TESTED if pd.isna(ratio) else verdict(ratio > 1)


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


def accuracies(told: Values) -> Iterable[Verdict]:
    """Decide which networks beat others in mIoU."""
    for place, better, others, claim in _BETTER:
        lead = min(told[place, better, "miou"] - told[place, other, "miou"] for other in others)
        words = f"{lead:+.2f} points"
        by = f"mIoU of {place}; none was trained on its data here"
        yield Verdict("section 4.1", claim, "-", words, verdict(lead > 0), note=by)


def people(told: Values, ours: Values) -> Iterable[Verdict]:
    """Decide what is claimed of LIP, TinyHMSeg beside CE2P."""

    def of(values: Values, name: str, quantity: str) -> float:
        return values["Table 3", name, quantity]

    speed = of(told, "tiny_hmseg", "fps") / of(told, "ce2p", "fps")
    claim = "on LIP TinyHMSeg is 15 times as fast as CE2P"
    by = "the text prints 29.3 fps for CE2P, the table 30.3; CE2P is not built"
    yield Verdict("section 4.1", claim, "15 times", _times(speed), verdict(speed >= 15), note=by)
    fewer = [
        of(told, "ce2p", "parameters") / of(v, "tiny_hmseg", "parameters") for v in (told, ours)
    ]
    claim = "on LIP TinyHMSeg has 90 times fewer parameters than CE2P"
    by = "CE2P as printed over ours, of our own search, with the 20 classes of LIP"
    texts, verdicts = [_times(each) for each in fewer], [verdict(each >= 90) for each in fewer]
    yield Verdict(
        "section 4.1", claim, "90 times", texts[0], verdicts[0], texts[1], verdicts[1], by
    )
    loss = of(told, "ce2p", "miou") - of(told, "tiny_hmseg", "miou")
    claim = "on LIP TinyHMSeg loses a mere 4 % against CE2P"
    by = "points of mIoU in Table 3; LIP is no data set here"
    held = verdict(round(loss) <= 4)
    yield Verdict("section 4.1", claim, "4 %", f"{loss:.2f} points", held, note=by)
