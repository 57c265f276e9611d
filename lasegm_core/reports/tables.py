"""Tables for people: the paper's layout as csv, md, html and tex."""

import html
import re
from pathlib import Path

import pandas as pd
from pandas.api.types import is_string_dtype

from lasegm_core import models
from lasegm_core.experiments.results.result_set import MAKE, SMOKE
from lasegm_core.support.errors import BadInput
from lasegm_core.support.files import atomic

ROWS = {  # quantity: input, target in training, target in the test, as in the heads of Table 1
    "instant": "I_t -> S_t, scored on S_t (instant mIoU)",
    "configuration_1": "I_t -> S_t, scored on S_t+k",
    "configuration_2": "I_t -> S_t+k, scored on S_t+k",
    "configuration_3": "I_t-1, I_t -> S_t+k, scored on S_t+k",
    "offset": "frame offset k",
    "latency_ms": "latency (ms)",
    "fps": "fps",
}
_LEGEND = "paper / ours [95 % interval], * best of the row"
_RAW = re.compile(r"miou|[a-z0-9]+(_[a-z0-9]+)+")  # names of columns of data
_WHOLE = ("offset", "latency_ms", "fps")  # quantities without decimals


def layout(table: pd.DataFrame) -> pd.DataFrame:
    """Lay a table out as in the paper: networks in columns, paper / ours [interval] in each cell.

    Args:
        table: `quantity`, `network`, `paper`, `ours` and, for scores, `ci_low`, `ci_high`, `note`.

    Returns:
        Text cells; the best score of each row is marked with an asterisk.
    """
    scores = table[~table["quantity"].isin(_WHOLE)]
    best = set(scores.loc[scores["ours"].notna()].groupby("quantity")["ours"].idxmax())
    text = [_cell(row, row.Index in best) for row in table.itertuples()]
    wide = table.assign(text=text).pivot(index="quantity", columns="network", values="text")
    wide = wide.loc[table["quantity"].unique(), table["network"].unique()]
    titled = wide.rename(index=ROWS, columns=lambda name: models.entry(name).title)
    return titled.rename_axis(index=f"input -> target ({_LEGEND})", columns=None)


def _cell(row, best: bool) -> str:
    if row.quantity in _WHOLE:
        return f"{formatted(row.paper, '{:.0f}')} / {row.ours:.0f}"
    paper = formatted(row.paper, "{:.2f}")
    if pd.isna(row.ours):
        return f"{paper} / {row.note}"
    return f"{paper} / {row.ours:.3f}{'*' if best else ''} [{row.ci_low:.3f}, {row.ci_high:.3f}]"


def formatted(value: float, form: str, missing: str = "-") -> str:
    """Write a number in a form such as `{:.2f}`, or what stands for one that is missing."""
    return missing if pd.isna(value) else form.format(value)


def readable(verdicts: pd.DataFrame, heading: str = "difference in mIoU") -> pd.DataFrame:
    """Shorten the verdicts for people: claim, subject, difference (headed so) and verdict.

    An exact difference, whose interval has no width, is written without one.
    """

    def difference(row) -> str:
        if pd.isna(row.difference):
            return "-"
        if row.ci_low == row.ci_high:
            return f"{row.difference:+.3f}"
        return f"{row.difference:+.3f} [{row.ci_low:+.3f}, {row.ci_high:+.3f}]"

    return pd.DataFrame(
        {
            "claim": [f"{row.number}. {row.claim}" for row in verdicts.itertuples()],
            "subject": [_titled(subject) for subject in verdicts["subject"]],
            heading: [difference(row) for row in verdicts.itertuples()],
            "verdict": verdicts["verdict"],
        }
    )


def _titled(subject: str) -> str:
    """Replace a network's name by its title: `swiftnet_r18, seed 0` by SwiftNet-R18, seed 0."""
    name, comma, rest = subject.partition(",")
    return (models.entry(name).title if models.is_listed(name) else name) + comma + rest


def read(name: str, results: Path) -> pd.DataFrame:
    """Read the data of a committed table, as `write` wrote it; text that is not there is empty.

    Raises:
        BadInput: the set of results does not hold it.
    """
    path = Path(results) / f"{name}.csv"
    if not path.is_file():
        raise BadInput(f"{results} holds no table {name}: {MAKE}")
    table = pd.read_csv(path, skiprows=int(path.read_text().startswith("#")))
    empty = ("note", "mark", "other_firsts")  # text, though nothing is in it
    text = [name for name in table if name in empty or is_string_dtype(table[name])]
    return table.assign(**{name: table[name].astype(object).fillna("") for name in text})


def read_caption(name: str, results: Path) -> str:
    """Read the caption of a committed table, the last line of its md file.

    Raises:
        BadInput: the set of results does not hold it.
    """
    path = Path(results) / f"{name}.md"
    lines = path.read_text().rstrip().splitlines() if path.is_file() else []
    if not lines:
        raise BadInput(f"{path} is missing or empty, it holds the caption: {MAKE}")
    return lines[-1]


def write(name: str, data: pd.DataFrame, shown: pd.DataFrame, caption: str, out: Path) -> None:
    """Write a table: `data` as csv, and `shown` with its caption as md, html and tex.

    Args:
        name: file name without suffix.
        data: full numbers, a row a value.
        shown: text cells.
        caption: says what, where and when; it is in each file but the csv.
        out: folder; made if it is missing.
    """
    numbers = shown.index.names == [None] and pd.api.types.is_integer_dtype(shown.index)
    index = not numbers  # plain row numbers tell nothing, those of some rows neither
    for heading in [*shown.columns, *(shown.index.names if index else ())]:
        if heading is None or _RAW.fullmatch(str(heading)):
            raise ValueError(f"{name}: {heading!r} is no heading for people, see reports.headings")
    escaped = re.sub(r"([%&_#$])", r"\\\1", caption)
    head = f"<caption>{html.escape(caption)}</caption>"
    page = shown.to_html(index=index, justify="left")
    smoke = caption.startswith(SMOKE)  # is said in the first line, too
    texts = {
        "csv": f"# {SMOKE}\n" * smoke
        + data.to_csv(index=False, float_format="%.6f", lineterminator="\n"),
        "md": f"{SMOKE}\n\n" * smoke + f"{shown.to_markdown(index=index)}\n\n{caption}\n",
        "html": page.replace("<thead>", f"{head}\n<thead>", 1),
        "tex": shown.to_latex(caption=escaped, escape=True, index=index),
    }
    for suffix, text in texts.items():
        with atomic(Path(out) / f"{name}.{suffix}") as partial:
            partial.write_text(text)
