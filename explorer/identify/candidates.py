"""A part of a file with the network that was found for it, and how well that explains the part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.identify.alignment import Alignment, align
from explorer.identify.atoms import distance, of_signatures
from explorer.identify.known_alike import blocks_by_name, known_alike
from explorer.identify.layers import Layer, named_runs, shape_counts
from explorer.identify.other_networks import description, is_foreign
from explorer.identify.search import nearest, of_other_orders
from explorer.identify.wrapping import NamedPart
from explorer.model import ModelSpec
from explorer.model.identity import known

ALIKE = 0.5
"""The share of the file's layers that a nearest network must have to be named."""
MOST_VECTORS = 2
"""Single vectors without a place that may lie beside a network."""


@dataclass(frozen=True)
class Candidate:
    """A part of the file with the network that was found for it."""

    part: NamedPart
    layers: tuple[Layer, ...]
    spec: ModelSpec
    aligned: Alignment
    as_well: tuple[ModelSpec, ...] = ()
    """Other networks that were read from its shapes and explain it as well."""

    @cached_property
    def fits(self) -> bool:
        """Whether the part has every tensor of the network and nothing else, and looks like no other network."""
        if not self.aligned.complete or self.layers_left:
            return False
        return not is_foreign(self.layers) or bool(known.identify(self.spec))

    @cached_property
    def layers_left(self) -> list[Layer]:
        """The part's layers without a place, but for one or two vectors in a place of their own: a loss's weights."""
        renaming = self.aligned.renaming
        placed = {pair.theirs for pair in renaming}
        left = [layer for layer in self.layers if not placed.intersection(part.name for part in layer.parts)]
        inner = {pair.theirs.rpartition(".")[0].rpartition(".")[0] for pair in renaming}
        alone = [
            layer for layer in left if layer.signature[0] == "vector" and layer.name.rpartition(".")[0] not in inner
        ]
        return left if len(alone) > MOST_VECTORS else [layer for layer in left if layer not in alone]

    @cached_property
    def is_near(self) -> bool:
        """Whether the network is worth naming: it has most of the part's layers, and those look like no others."""
        wanted = of_signatures(layer.signature for layer in self.layers)
        share = distance(self.spec, wanted) / max(1, sum(wanted.values()))
        return share <= ALIKE and not description(self.layers)

    def is_explained_by(self, other: ModelSpec) -> bool:
        """Whether another network explains the part as well as the one that was found."""
        if shape_counts(other) != shape_counts(self.spec):
            return False
        if named_runs(other) == named_runs(self.spec):
            return True
        return not self.aligned.naming and align(self.part, self.layers, other).rank >= self.aligned.rank


def candidate_of(part: NamedPart, layers: tuple[Layer, ...]) -> Candidate | None:
    """The network found for a part; None where none can be read from its shapes."""
    found = nearest(layers)
    if not found:
        return None
    specs = [each.spec for each in found if each.distance == found[0].distance]
    tried = _candidates(part, layers, specs)
    best = max(tried, key=lambda each: each.aligned.rank)
    if found[0].distance == 0 and not best.aligned.naming:  # the row of shapes may be read in several ways
        others = _candidates(part, layers, list(of_other_orders(best.spec, layers)))
        best = max((best, *others), key=lambda each: each.aligned.rank)
    alike = (each.spec for each in tried if each.spec != best.spec and each.aligned.rank == best.aligned.rank)
    return replace(best, as_well=tuple(alike))


def _candidates(part: NamedPart, layers: tuple[Layer, ...], specs: Sequence[ModelSpec]) -> list[Candidate]:
    """The networks held against the part, known ones with their shapes first."""
    blocks = blocks_by_name(layer.name for layer in layers)
    named = [spec for each in specs for spec in known_alike(each, blocks)]
    return [Candidate(part, layers, spec, align(part, layers, spec)) for spec in dict.fromkeys((*named, *specs))]
