"""Tables I and III of the survey (002), and what of them is here."""

import pandas as pd

from lasegm_core import models, published

HERE = {"CamVid": "camvid", "Cityscapes": "cityscapes"}  # names for DATASET


def data_sets() -> pd.DataFrame:
    """Lay out Table I: a row a data set as printed, and its name `here`, if it can be used."""
    printed = published.data_sets()
    shown = printed[["title", "scenario", "year", "labelled", "resolution"]]
    return shown.assign(here=printed["title"].map(HERE).fillna("-")).rename(
        columns={"title": "data set", "labelled": "labelled images"}
    )


def taxonomy() -> pd.DataFrame:
    """Count the works of Table III that are built here.

    Returns:
        A row a category: `category`, `description`, `works` (names from section IV), how many
        there are (`number`), how many are `built`, and which are `missing`.
    """
    works = published.works().set_index("reference")
    rows = []
    for of in published.taxonomy().itertuples():
        own = works.loc[of.works.split()]
        built = own["networks"] != ""
        row = {"category": of.category, "description": of.description}
        row |= {"works": ", ".join(own["title"]), "number": len(own), "built": int(built.sum())}
        rows.append(row | {"missing": ", ".join(own["title"][~built]) or "-"})
    return pd.DataFrame(rows)


def strays() -> list[str]:
    """List the networks whose category in the registry is not that of Table III."""
    works = published.works().set_index("reference")["networks"]
    return [
        name
        for of in published.taxonomy().itertuples()
        for reference in of.works.split()
        for name in works[reference].split()
        if models.entry(name).category != of.category.lower()
    ]
