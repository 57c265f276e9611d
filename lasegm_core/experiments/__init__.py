"""Runs: their settings, making them once, provenance, and the grids of runs of each table.

`runs` says what decides a run; `counted` ensures the counts of one or many,
which `making` makes, `several` side by side; `grids` list the runs
of a table or figure; `cells` joins a grid's counts; `plan` says what is still to do; `stored_runs`
are those on disk. `results` are what is committed of them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "runs": ["Run"],
        "counted": ["ensure", "ensure_all"],
        "making": ["ensure_network"],
        "grids": ["GRIDS", "Cell"],
        "setting": ["Setting", "find_setting"],
        "cells": ["ensure_cells", "ensure_counts"],
    },
)
