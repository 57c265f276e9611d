"""Run the code of a notebook in this process."""

import matplotlib
import pandas as pd
from matplotlib import pyplot as plt

from tests.test_figures import code

matplotlib.use("agg")


def run(name, **parameters):
    """Run a notebook with parameters; return its names."""
    names = {}
    try:
        for cell in code(name):
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= parameters
    finally:
        pd.reset_option("^display")
        plt.close("all")
    return names
