"""Latency-aware evaluation of real-time segmentation networks (LAmIoU, arXiv 2004.02574).

Importing the package is instant: it loads neither torch nor any other heavy library.
"""

__version__ = "0.1.0"
