"""Candidates: published networks, each at a size of its input. Naming them loads no torch."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from lasegm_core.data.class_maps import class_map
from lasegm_core.data.labels import TABLES, Classes
from lasegm_core.data.sources import Place
from lasegm_core.models.registry import entry
from lasegm_core.models.weights.listed import Weights, find, table
from lasegm_core.support.errors import known

if TYPE_CHECKING:
    from torch import nn

SCALES = tuple(map(Fraction, ("1/2", "3/4", "1", "3/2", "2")))  # of the labels' height and width


@dataclass(frozen=True)
class Candidate:
    """A published network at a size of its input.

    Attributes:
        weights: `network@data_set`, as `models.build` takes them.
        size: (H, W) that frames are resized to; logits come back at the size of the frames.
    """

    weights: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """Name its counts and latencies."""
        return f"{self.weights}-{self.input}"

    @property
    def input(self) -> str:
        """Write the size as HxW."""
        return "{}x{}".format(*self.size)

    @property
    def listed(self) -> Weights:
        """Look up what is known of the weights."""
        return find(self.weights)

    @property
    def title(self) -> str:
        """Name the network for people, with its data set where that is not Cityscapes."""
        listed = self.listed
        of = "" if listed.data_set == "cityscapes" else f" ({listed.data_set} weights)"
        return entry(listed.network).title + of

    @property
    def gmac(self) -> float:
        """Count the multiply-accumulates of one frame at this size, in 10^9."""
        from lasegm_core.models.complexity import operations

        return operations(self.listed.network, self.size)

    def build(self, classes: Classes, place: Place) -> "nn.Module":
        """Build the network with its weights, for the classes of the data."""
        from lasegm_core.models import building
        from lasegm_core.models.merged import Merged

        listed = self.listed
        network = building.build(listed.network, weights=listed.data_set, cache=place.cache)
        network.size = self.size
        own = TABLES[listed.classes]
        return network if own.names == classes.names else Merged(network, class_map(own, classes))


def at_scales(
    weights: str, size: tuple[int, int], scales: Iterable[Fraction] = SCALES
) -> list[Candidate]:
    """List a network at several scales of the frames' size (H, W)."""
    return [Candidate(weights, tuple(round(scale * side) for side in size)) for scale in scales]


def chosen(names: Iterable[str] | None) -> list[str]:
    """List the published weights that are asked for; None takes all.

    Raises:
        BadInput: unknown weights.
    """
    return list(table()) if names is None else [known("weights", name, table()) for name in names]
