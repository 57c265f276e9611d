"""Counts to scores, verdicts, tables and figures; notebooks are run and bound into one page."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "scores": ["score"],
        "claims": ["decide", "verdicts"],
        "pareto": ["pareto_front"],
        "documents.notebook": ["execute"],
    },
)
