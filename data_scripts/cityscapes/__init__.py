"""Cityscapes' archives: what is in them, and how the frames that are needed come out."""
