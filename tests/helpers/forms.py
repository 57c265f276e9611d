"""A fast square, and networks that see it and give what they find in the forms that people have."""

from types import SimpleNamespace

import torch
from torch import nn

from lasegm_core.latency.cards import Card
from lasegm_core.scoring.own_score import score

LATE = 0.766  # LAmIoU of a perfect network of 50 ms at 25 frames a second: 4 pixels late
SLOW = Card("mine", "a device", "measured", {"any": 0.05})


def scored(network, data, **settings):
    """Score a network as if it took 50 ms."""
    return score(network, data, hardware=SLOW, **settings)


def is_perfect(found):
    """Tell whether a score is that of a perfect network of 50 ms."""
    return found.instant[0] == 1 and abs(found.table["lamiou"].iloc[0] - LATE) < 5e-4


class Sees(nn.Module):
    """Logits (1, 2, H, W) of frames (1, 3, H, W): the square is white, all else is black."""

    def __init__(self, made=lambda logits: logits):
        super().__init__()
        self.made = made
        self.scale = nn.Parameter(torch.ones(1))  # has a type, as the weights of others have

    def forward(self, frames):
        red = self.scale * frames[:, :1]  # a frame of another type would change it
        assert red.dtype == self.scale.dtype and frames.ndim == 4
        return self.made(torch.cat([0.5 - red, red - 0.5], 1))


def smaller(logits):
    return nn.functional.avg_pool2d(logits, 2)


def auxiliary(logits):
    """What only training uses: of the same shape, and wrong."""
    return -logits


class Demanding(Sees):
    """Takes sides that are multiples of 64 alone."""

    def forward(self, frames):
        if any(side % 64 for side in frames.shape[-2:]):
            raise RuntimeError("sides must be divisible by 64")
        return super().forward(frames)


class Trained(nn.Module):
    """Like `Sees`, with parts that compute otherwise in training mode."""

    def __init__(self, part=None):
        super().__init__()
        self.part = nn.BatchNorm2d(3) if part is None else part

    def forward(self, frames):
        red = self.part(frames)[:, :1]
        return torch.cat([0.5 - red, red - 0.5], 1)


OUTPUTS = {
    "logits": lambda logits: logits,
    "out of a dictionary": lambda logits: {"aux": auxiliary(logits), "out": logits},
    "logits of a dictionary": lambda logits: {"loss": logits.mean(), "logits": logits},
    "another key": lambda logits: {"loss": logits.mean(), "sem_seg": logits},
    "an object": lambda logits: SimpleNamespace(logits=logits, hidden_states=None),
    "a list": lambda logits: [logits, auxiliary(logits)],
    "a tuple": lambda logits: (logits, (auxiliary(logits), auxiliary(logits))),
    "an array": lambda logits: logits.detach().numpy(),
    "a smaller size": smaller,
    "a larger size": lambda logits: logits.repeat_interleave(2, 2).repeat_interleave(2, 3),
    "ids (N, H, W)": lambda logits: logits.argmax(1),
    "ids (N, 1, H, W)": lambda logits: logits.argmax(1, keepdim=True).int(),
    "ids of a smaller size": lambda logits: smaller(logits).argmax(1).byte(),
    "a mask": lambda logits: logits[:, 1] > 0,
    "a sigmoid": lambda logits: (20 * logits[:, 1:]).sigmoid(),
    "a sigmoid (N, H, W)": lambda logits: (20 * logits[:, 1]).sigmoid(),
    "one logit": lambda logits: logits[:, 1:],
    "channels last": lambda logits: logits.movedim(1, -1),
    "bfloat16": lambda logits: logits.bfloat16(),
}
SAYS = {
    "out of a dictionary": "of its outputs out counts; auxiliary: aux",
    "another key": "of its outputs sem_seg counts; auxiliary: loss",
    "a list": "of its outputs number 1 counts; auxiliary: number 2",
    "a smaller size": "its logits of 16x32 are resized bilinearly to 32x64",
    "ids (N, H, W)": "it gives class ids",
    "ids of a smaller size": "its class ids of 16x32 are resized to the nearest to 32x64",
    "a sigmoid": "its one channel, all in 0..1, is the probability of class 1",
    "one logit": "its one channel is the logit of class 1",
}
