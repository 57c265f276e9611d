"""FarSee-Net (paper 003) by its parts: its layers, its sub-pixel convolution, its memory traffic.

Nothing here is timed or trained.
"""
