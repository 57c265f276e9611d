"""All architectures of the search space in one network, and the choice of one (paper 004, 3.2).

Every layer holds all its candidates and runs one of them, drawn by straight-through Gumbel-softmax
(equation 2): forward a one-hot gate, backward the gradient of the soft one. Only the drawn path is
run, so the logits of the other candidates change by the softmax alone.
"""

import torch
from torch import nn
from torch.nn.functional import gumbel_softmax, one_hot

from lasegm_core.models.common import resize
from lasegm_core.models.networks import space
from lasegm_core.models.networks.inverted import InvertedResidual, shrunk
from lasegm_core.models.networks.mrms import MRMS

HOTTEST, COLDEST = 10.0, 0.1  # temperatures
ASPECTS = ("operators", "depth", "resolution")  # what a search decides
OPTIONS = (*space.OPERATORS, space.IDENTITY)
OWN = space.MRMS.layers[0][0]  # MRMS's operator, the same in every layer
# Decisions: the ratios of the two lower branches, then every layer's operator, in order.
LAYERS = tuple(
    (group, layer) for group in space.GROUPS for layer in range(group.most)
)  # the first layer of a group changes the channels, so it is never the identity
RATIO_DECISIONS = 2
_COUNTS = [len(space.RATIOS)] * RATIO_DECISIONS
_COUNTS += [len(OPTIONS) - (layer == 0) for _, layer in LAYERS]


def options_of(optimise: tuple[str, ...]) -> torch.Tensor:
    """Find the options that a search may choose, if it optimises some aspects (paper 004, Table 6).

    An aspect that is left out is fixed to MRMS's own: the operator e6k3, the depth of each width,
    the ratio 0.5. Without depth no layer is the identity, and none follows those of MRMS; without
    operators a layer is e6k3 or, by depth, the identity.

    Args:
        optimise: of `ASPECTS`.

    Returns:
        True for each option that is open: (decisions, options); each decision has one or more.
    """
    valid = torch.arange(len(OPTIONS)) < torch.tensor(_COUNTS)[:, None]
    own = gates_of(space.MRMS).bool()
    ratios, layers = slice(RATIO_DECISIONS), slice(RATIO_DECISIONS, None)
    if "resolution" not in optimise:
        valid[ratios] &= own[ratios]
    skipped = own[layers, OPTIONS.index(space.IDENTITY)]  # layers that MRMS does not have
    operators, identity = valid[layers, :-1], valid[layers, -1]  # views
    if "operators" not in optimise:
        operators &= torch.tensor([name == OWN for name in space.OPERATORS])
    if "depth" not in optimise:
        operators &= ~skipped[:, None]
        identity &= skipped
    return valid


class Choices(nn.Module):
    """The architecture parameters: a logit for each option of each decision.

    Args:
        optimise: the aspects that are open (see `options_of`); the others are MRMS's.
    """

    def __init__(self, optimise: tuple[str, ...] = ASPECTS) -> None:
        super().__init__()
        valid = options_of(optimise)
        self.logits = nn.Parameter(torch.zeros(valid.shape))
        self.register_buffer("valid", valid, persistent=False)

    def _of_valid(self) -> torch.Tensor:
        return self.logits.masked_fill(~self.valid, float("-inf"))

    def probabilities(self) -> torch.Tensor:
        """Compute the probability of each option: (decisions, options), rows add up to 1."""
        return self._of_valid().softmax(-1)

    def sample(self, temperature: float) -> torch.Tensor:
        """Draw a path: one-hot gates (decisions, options) with the soft ones' gradient."""
        return gumbel_softmax(self._of_valid(), temperature, hard=True)

    def draw(self, paths: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw many paths: gates (paths, decisions, options), and the log-probability of each."""
        chance = torch.distributions.Categorical(logits=self._of_valid())
        drawn = chance.sample((paths,))  # (paths, decisions)
        return one_hot(drawn, len(OPTIONS)), chance.log_prob(drawn).sum(-1)

    def best(self) -> torch.Tensor:
        """Choose the most probable option of each decision: gates (decisions, options)."""
        return one_hot(self._of_valid().argmax(-1), len(OPTIONS))


def gates_of(architecture: space.Architecture) -> torch.Tensor:
    """Turn an architecture into gates (decisions, options).

    Missing layers are identities.
    """
    chosen = [space.RATIOS.index(ratio) for ratio in architecture.ratios]
    for group, operators in zip(space.GROUPS, architecture.layers, strict=True):
        filled = (*operators, *[space.IDENTITY] * (group.most - len(operators)))
        chosen += [OPTIONS.index(operator) for operator in filled]
    return one_hot(torch.tensor(chosen), len(OPTIONS))


def architecture_of(gates: torch.Tensor, width: float) -> space.Architecture:
    """Turn one-hot gates into an architecture, without identities."""
    chosen = gates.argmax(-1).tolist()
    ratios = tuple(space.RATIOS[option] for option in chosen[:RATIO_DECISIONS])
    layers = dict.fromkeys(space.GROUPS, ())
    for (group, _), option in zip(LAYERS, chosen[RATIO_DECISIONS:], strict=True):
        if OPTIONS[option] != space.IDENTITY:
            layers[group] = (*layers[group], OPTIONS[option])
    return space.Architecture(width, ratios, tuple(layers.values()))


def temperature(step: int, steps: int) -> float:
    """Anneal from 10 at the first step to 0.1 at the last, by the same factor every step.

    >>> [round(temperature(step, 3), 9) for step in range(3)]
    [10.0, 1.0, 0.1]
    """
    return HOTTEST * (COLDEST / HOTTEST) ** (step / max(1, steps - 1))


class Choice(nn.Module):
    """A layer that runs the candidate of its gate; it is made like `InvertedResidual`."""

    def __init__(
        self, inputs: int, outputs: int, options: tuple[str, ...], stride: int, dilation: int
    ) -> None:
        super().__init__()
        self.options = nn.ModuleList(
            nn.Identity()
            if option == space.IDENTITY
            else InvertedResidual(inputs, outputs, option, stride, dilation)
            for option in options
        )
        self.gate = None

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Run the chosen candidate; its gate is 1 and propagates the gradient."""
        chosen = int(self.gate.argmax())
        return self.gate[chosen] * self.options[chosen](features)


class Supernet(MRMS):
    """All architectures of one width; `choose` sets the one that is run.

    Args:
        inputs: number of input frames.
        classes: number of classes.
        width: 1, or 0.5 for half of the backbone's channels.
    """

    def __init__(self, inputs: int, classes: int, width: float) -> None:
        layers = dict.fromkeys(space.GROUPS, ())
        for group, layer in LAYERS:
            layers[group] = (*layers[group], OPTIONS if layer else space.OPERATORS)
        every = space.Architecture(width, space.MRMS.ratios, tuple(layers.values()))
        super().__init__(inputs, classes, every, block=Choice)
        self.layers = [part for part in self.modules() if isinstance(part, Choice)]

    def choose(self, gates: torch.Tensor) -> None:
        """Set the path by gates (decisions, options), one-hot."""
        self.ratio_gates = gates[:RATIO_DECISIONS]
        for layer, gate in zip(self.layers, gates[RATIO_DECISIONS:], strict=True):
            layer.gate = gate

    def shrink(self, features: torch.Tensor, number: int) -> torch.Tensor:
        """Downsample by the chosen ratio."""
        gate = self.ratio_gates[number]
        chosen = int(gate.argmax())
        size = shrunk(features.shape[-2:], space.RATIOS[chosen])
        return gate[chosen] * resize(features, size)
