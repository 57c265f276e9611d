"""Optical flow: what it recovers of what a delay costs."""
