"""What HMSeg's paper (004) claims in numbers, decided from what it prints and from our networks.

A claim is decided twice: `printed` says whether the paper's own tables bear it out, `ours` whether
our networks do. What needs a data set or a network that is not here is "not tested".
"""

import pandas as pd

from lasegm_core.studies.zoo.hmseg.cost_claims import imbalance, modules, of_stages, smaller
from lasegm_core.studies.zoo.hmseg.printed_claims import accuracies, faster, people
from lasegm_core.studies.zoo.hmseg.verdict import Verdict


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
    rows = [imbalance(halves), *of_stages(stages), *smaller(told, ours), *faster(told, ours)]
    rows += [*accuracies(told), *people(told, ours), *modules(told, ours)]
    return pd.DataFrame(rows, columns=Verdict._fields)


def say(found: pd.DataFrame) -> str:
    """Say in one sentence how many claims the printed values and ours bear out."""
    words = []
    for column, whose in (("printed", "what is printed"), ("ours", "our networks")):
        number = found[column].value_counts()
        each = ", ".join(f"{number[verdict]} {verdict}" for verdict in number.index)
        words.append(f"by {whose} {each}")
    return f"Of {len(found)} claims: {'; '.join(words)}."
