"""The network whose layers have the shapes of a file's, found in the order in which each field can be read.

Stem, blocks and head are read from the larger kernels (`estimate`); what stands beside the blocks from the kernels of
1x1 that are left (`connections`); the rest of the head from how much it reads (`maps`); then norms, and then biases
(`arrangements`). Each step compares only the tensors on which its fields act.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from explorer.identify.arrangements import arranged
from explorer.identify.atoms import KERNELS, Atoms, distance, of_signatures, unlike
from explorer.identify.connections import connections
from explorer.identify.estimate import starts
from explorer.identify.layers import Layer
from explorer.identify.maps import head_pools, last_map
from explorer.identify.readings import Fields, Head
from explorer.model import ModelSpec, SpecError
from explorer.model.variants.shortcuts import is_plain

MOST_STARTS = 200
MOST_SEARCHED = 24
"""Readings for which it is told what stands beside the blocks, those whose blocks are most like the file's."""
MOST_ARRANGED = 16
"""Networks with equal kernels whose norms and biases are searched."""
MOST_ALIKE = 4
"""Networks with all shapes of the file after which the search ends."""
BARE: Fields = {"shortcut": "none", "num_classes": 0}
IMAGE_SIZES = (128, 512)
"""Image sizes that are tried for a network that cannot take the usual one."""


@dataclass(frozen=True)
class Found:
    """A network and how many layers, biases counted apart, only it or only the file has."""

    spec: ModelSpec
    distance: int


def nearest(layers: Sequence[Layer]) -> tuple[Found, ...]:
    """The networks nearest to a file's layers, the nearest first; none where no stem and blocks can be read.

    Every one at distance 0 has the file's shapes. Where none has, the first differs by the fewest layers.
    """
    wanted = of_signatures(layer.signature for layer in layers)
    connected: dict[ModelSpec, int] = {}
    for reading in readings(layers, wanted)[:MOST_SEARCHED]:
        for spec in _connected(reading, wanted):
            connected[spec] = distance(spec, wanted, KERNELS)
    least = min(connected.values(), default=0)
    found: dict[ModelSpec, Found] = {}
    for each in (spec for spec, far in connected.items() if far == least):
        spec = next(arranged(each, wanted))
        found.setdefault(spec, Found(spec, distance(spec, wanted)))
        if sum(one.distance == 0 for one in found.values()) >= MOST_ALIKE or len(found) >= MOST_ARRANGED:
            break
    return tuple(sorted(found.values(), key=lambda each: (each.distance, *_unlikelihood(each.spec))))


def _unlikelihood(spec: ModelSpec) -> tuple[bool, bool]:
    """Small for a likely network: a classifier at its end, and no shortcuts in what looks like a plain chain."""
    return bool(spec.head_hidden) and not spec.num_classes, not _looks_plain(spec)


def _looks_plain(spec: ModelSpec) -> bool:
    """Whether a chain is likelier plain than residual, of which shapes say nothing."""
    return spec.block == "single" and is_plain(spec) and (spec.norm == "none" or _has_hidden_head(spec))


def _has_hidden_head(spec: ModelSpec) -> bool:
    return bool(spec.head_hidden and spec.num_classes)


def of_other_orders(spec: ModelSpec, layers: Sequence[Layer]) -> Iterator[ModelSpec]:
    """Networks with the same shapes as that of `spec`, whose norms and activations are in another order.

    A row of convolutions and norms may be read in several ways, which names of containers tell apart.
    """
    wanted = of_signatures(layer.signature for layer in layers)
    return (each for each in arranged(spec, wanted) if distance(each, wanted) == 0)


# Steps ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Stem and blocks as a network with nothing beside the blocks and nothing behind them, and what stands there."""

    spec: ModelSpec
    head: Head
    plain: bool
    told: bool
    """Whether names or projections tell more stages than the channels."""
    unlike: int
    """Kernels that only this network has, and those larger than 1x1 that only the file has."""


def readings(layers: Sequence[Layer], wanted: Atoms) -> list[Reading]:
    """What can be read of the larger kernels without a search, the most like the file's first."""
    found: list[Reading] = []
    assembled = lru_cache(maxsize=None)(lambda body: _assembled(dict(body)))
    for start in islice(starts(layers), MOST_STARTS):
        spec = assembled(tuple(start.body.items()))
        if spec is not None:
            reading = Reading(spec, start.head, start.plain, start.told, unlike(spec, wanted))
            if reading not in found:
                found.append(reading)
    return sorted(found, key=_simplicity)


def _simplicity(reading: Reading) -> tuple[int, int, int, bool, bool, int, bool]:
    """Small for a likely reading: few kernels without a place, long heads, stages that have blocks, few of them.

    Stages that are told by more than the channels come before fewer.
    """
    spec, blocks = reading.spec, reading.spec.stage_blocks
    residual_chain = spec.block == "single" and not reading.plain
    return (
        reading.unlike,
        -len(reading.head.places),
        blocks.count(0),
        spec.stem_pool == "conv",
        not reading.told,
        len(blocks),
        residual_chain,
    )


def _assembled(body: Fields) -> ModelSpec | None:
    """The network of a reading, at the first image size at which it can be assembled."""
    for size in (body.get("image_size", 224), *IMAGE_SIZES):
        try:
            return ModelSpec(**BARE | body | {"image_size": size})
        except SpecError as error:
            if error.field != "image_size":
                return None
    return None


def _connected(reading: Reading, wanted: Atoms) -> list[ModelSpec]:
    """A reading with its head and what stands beside its blocks; none where the head reads nothing of its blocks."""
    whole = next(_with_head(reading, wanted), None)
    return connections(whole, wanted, plain=reading.plain) if whole is not None else []


def _with_head(reading: Reading, wanted: Atoms) -> Iterator[ModelSpec]:
    """The reading with its head, and the pool, or the image size, at which that reads as much as it does."""
    inputs = reading.head.inputs or _normed_features(reading.spec, wanted)
    for fields in head_pools(reading.spec, inputs) if inputs else ({},):
        try:
            yield replace(reading.spec, **reading.head.fields, **fields)
        except SpecError:
            continue


def _normed_features(spec: ModelSpec, wanted: Atoms) -> int:
    """The features that a norm at the end reads, where that is the only one so large; else 0."""
    largest = max((int(each[1]) for each in wanted if each[0] == "batch"), default=0)
    widest = max((int(each[1]) for each in wanted if each[0] == "conv"), default=0)
    return largest if largest > widest and largest % last_map(spec)[0] == 0 else 0
