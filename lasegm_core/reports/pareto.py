"""The Pareto front of cost and gain."""

import numpy as np
import pandas as pd


def pareto_front(cost: pd.Series, gain: pd.Series) -> pd.Series:
    """Tell for each row, by its index, whether it is on the Pareto front.

    It is if no other row is as good in both cost and gain and better in one of them. A row without
    a gain (NaN) is not.
    """
    more_cost, more_gain = (np.subtract.outer(of.to_numpy(), of.to_numpy()) for of in (cost, gain))
    beaten = (more_cost >= 0) & (more_gain <= 0) & ((more_cost > 0) | (more_gain < 0))
    return ~beaten.any(axis=1) & gain.notna()
