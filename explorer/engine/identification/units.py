"""A candidate as a row of units, run so that what it shares with another one is not computed again."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum, inf
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.engine.identification.networks import TensorsOf, Undrawn
from explorer.engine.identification.readings import NormReading, StopReadingError, reading_norms
from explorer.engine.lowering import GraphModule, realise
from explorer.model import Block, ModelSpec, assemble


@dataclass(frozen=True, eq=False)
class Unit:
    """A stem, a residual unit or a head with the file's tensors, by their names inside it."""

    block: Block
    tensors: Mapping[str, Tensor]

    def equals(self, other: "Unit") -> bool:
        """Whether both compute the same from equal inputs."""
        return self.block == other.block and all(
            each.data_ptr() == other.tensors[name].data_ptr() for name, each in self.tensors.items()
        )

    @cached_property
    def module(self) -> nn.Module:
        """The unit in evaluation mode, with the file's own tensors. Raises LookupError where some are missing."""
        with Undrawn():
            module = GraphModule((node.name, realise(node.op), node.inputs) for node in self.block.nodes)
        loaded = module.load_state_dict(dict(self.tensors), strict=False, assign=True)
        if missing := [name for name in loaded.missing_keys if not name.endswith("num_batches_tracked")]:
            raise LookupError(f"{missing[0]} is missing")
        return module.eval()


def units_of(spec: ModelSpec, tensors_of: TensorsOf, side: int) -> tuple[Unit, ...]:
    """The candidate's units for images of `side` pixels.

    Raises SpecError where there is no such network at that size, LookupError where the tensors do not fit.
    """
    tensors = tensors_of(spec)
    graph = assemble(replace(spec, image_size=side, image_width=None))
    return tuple(
        Unit(
            placed.block,
            {
                f"{node.name}.{name}": tensors[f"{placed.node_path(node)}.{name}"]
                for node in placed.block.nodes
                for name in (*node.op.parameters(), *node.op.buffers())
            },
        )
        for _, placed in graph.placed_blocks()
    )


class Passed(NamedTuple):
    """What a candidate made of images: each unit's input, and the distances of each unit's norms."""

    units: tuple[Unit, ...]
    inputs: tuple[Tensor, ...]
    """Empty where they are not kept."""
    distances: tuple[tuple[float, ...], ...]
    """Of fewer units where the pass was stopped."""

    @property
    def by_norm(self) -> tuple[float, ...]:
        """The distance of each norm that was read, in running order."""
        return tuple(each for unit in self.distances for each in unit)


@torch.no_grad()
def pass_through(units: Sequence[Unit], images: Tensor) -> Passed:
    """A candidate on prepared images, with all that `pass_from` needs of it."""
    value, inputs, distances = images.contiguous(memory_format=torch.channels_last), [], []
    for unit in units:
        inputs.append(value)
        with reading_norms(unit.module) as norms:
            value = unit.module(value)
        distances.append(_distances(norms))
    return Passed(tuple(units), tuple(inputs), tuple(distances))


@torch.no_grad()
def pass_from(known: Passed, units: Sequence[Unit], bound: float = inf, most: int | None = None) -> Passed:
    """A candidate on the images of another one, from the first unit in which it differs on, at `most` so many units.

    It is stopped where it is certain to end more than `bound` times as far as the known one, over the norms that see a
    difference between the two.
    """
    shared = _shared(known.units, units)
    end = len(units) if most is None else min(len(units), shared + most)
    distances = list(known.distances[:shared])
    left = bound * max(fsum(each for unit in known.distances[shared:end] for each in unit), 1e-9)
    value = known.inputs[shared] if shared < end else known.inputs[0]
    for unit in units[shared:end]:
        with reading_norms(unit.module, left) as norms, suppress(StopReadingError):
            value = unit.module(value)
        distances.append(_distances(norms))
        left -= fsum(distances[-1])
        if left < 0:
            break
    return Passed(tuple(units), (), tuple(distances))


def _shared(known: Sequence[Unit], units: Sequence[Unit]) -> int:
    """How many units at the beginning are equal."""
    pairs = enumerate(zip(known, units, strict=False))
    return next((place for place, (one, other) in pairs if not one.equals(other)), min(len(known), len(units)))


def _distances(norms: Sequence[NormReading]) -> tuple[float, ...]:
    return tuple(each.distance for each in norms)
