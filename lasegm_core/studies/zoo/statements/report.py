"""The survey's tables and claims for people: cells, captions and sentences."""

import pandas as pd

from lasegm_core.latency.cards import Card
from lasegm_core.studies.zoo.statements.evidence import TABLE4

_NAMED = {"sizes": "with", "printed": "it gives", "agrees": "it is what is counted"}


def claims(found: pd.DataFrame) -> pd.DataFrame:
    """Lay out verdicts, a row each: section and claim, subject, evidence, difference, verdict.

    Args:
        found: results of `claims.table` and `trained.table`, one below the other.
    """
    return pd.DataFrame(
        {
            "section. claim": [f"{row.number}. {row.claim}" for row in found.itertuples()],
            "subject": found["subject"],
            "evidence": found["evidence"],
            "difference": [_difference(row) for row in found.itertuples()],
            "verdict": found["verdict"],
        }
    )


def _difference(row) -> str:
    if pd.isna(row.difference):
        return "-"
    ends = "" if row.ci_low == row.ci_high else f" [{row.ci_low:+.3g}, {row.ci_high:+.3g}]"
    return f"{row.difference:+.3g}{ends} {row.unit}"


def convolutions(found: pd.DataFrame) -> pd.DataFrame:
    """Lay out Table II; takes the result of `convolutions.table`."""
    short = {
        "agrees": found["agrees"].map({True: "yes", False: "no"}),
        "formula": found["formula"].str.replace("**", "^"),  # Markdown takes ** for bold type
        "sizes": found["sizes"].str.replace(" = ", "="),
    }
    return found.assign(**short).rename(columns=_NAMED)


def caption(card: Card) -> str:
    """Say what the verdicts rest on."""
    facts = card.facts
    return (
        f"Evidence {TABLE4}: numbers that the survey (002) prints, without intervals; so such a "
        "difference is exact. Correlations and means over networks: 95 % intervals by bootstrap "
        f"over networks. Measured here: {card.device}, frames of {facts['size']}, the survey's "
        f"method, commit {facts['commit']}, {facts['date']}; the mIoU is printed. Trained alike, "
        "and published weights: committed counts at offset 0, 95 % intervals by paired bootstrap "
        "over clips, not over trainings."
    )


PRINTED = "As printed in the survey (002), {}. {}"
LISTED = {
    "Table I": "Here: the name to give as DATASET.",
    "Table III": "The names of the works are those of section IV. Built: in the registry.",
}
COUNTED = (
    "Formulas as printed in the survey (002), Table II, and for operations section III-B; counted "
    "on torch layers of the same kind: parameters, multiply-accumulates, and the columns of the "
    "input that one output pixel depends on."
)
SHORTFALL = (
    "Shortfall: points of printed mIoU (Cityscapes test, else val) that a network is below the "
    "best one at least as fast, 0 on the Pareto front; mean of a category, 95 % intervals by "
    "bootstrap over its networks."
)


def listed(table: str) -> str:
    """Say where a table that is only printed is from."""
    return PRINTED.format(table, LISTED[table])


def say(found: pd.DataFrame) -> str:
    """Sum up the verdicts in one sentence, by what they rest on."""
    parts = []
    for evidence, rows in found.groupby("evidence", sort=False):
        tally = rows["verdict"].value_counts()
        words = ", ".join(f"{number} {verdict}" for verdict, number in tally.items())
        parts.append(f"{evidence}: {words}")
    return f"Of {len(found)} verdicts on the survey's text: {'; '.join(parts)}."
