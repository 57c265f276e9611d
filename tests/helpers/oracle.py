"""A network that needs no training."""

import torch

from lasegm_core.metric.confusion import IGNORE


class Oracle(torch.nn.Module):
    """A network that reads the class from the last frame, whose red is the class id."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, frames):
        """Map (B, T, 3, H, W) in 0..1 to logits (B, K, H, W)."""
        ids = (frames[:, -1, 0] * 255).round().long() % IGNORE % self.classes
        return torch.nn.functional.one_hot(ids, self.classes).movedim(-1, 1).float()
