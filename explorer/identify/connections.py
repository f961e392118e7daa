"""What stands beside the blocks: projections, gates, attention, told from the kernels of 1x1 that blocks leave."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

from explorer.identify.atoms import KERNELS, Atoms, distance, of_network
from explorer.identify.readings import Fields
from explorer.model import ModelSpec, SpecError
from explorer.model.spec_values import usual_strides
from explorer.model.variants.blocks import BLOCKS

MOST_ATTENTIONS = 4
REDUCTIONS = (16, 4, 8, 2, 1, *(each for each in range(3, 257) if each not in {4, 8, 16}))
DIVISORS = (8, 1, *(each for each in range(2, 65) if each != 8))


class Way(NamedTuple):
    """A shortcut and a skip, and how many kernels they bring: for each unit, and beside those at least and at most."""

    fields: Fields
    each: int
    least: float
    most: float
    """Shares of the units."""


WAYS = (
    Way({"shortcut": "projection", "skip": "identity"}, 0, 0.0, 1.0),
    Way({"shortcut": "pad", "skip": "identity"}, 0, 0.0, 0.0),
    Way({"shortcut": "projection_all", "skip": "identity"}, 0, 1.0, 1.0),
    Way({"shortcut": "projection", "skip": "exclusive_gate"}, 1, 0.0, 1.0),
    Way({"shortcut": "pad", "skip": "exclusive_gate"}, 1, 0.0, 0.0),
    Way({"shortcut": "projection_all", "skip": "exclusive_gate"}, 1, 1.0, 1.0),
)
"""One of each kind of tensors. A 1x1 convolution on every shortcut has the tensors of a projection on every one."""
NOTHING = (Way({}, 0, 0.0, 0.0),)


def connections(base: ModelSpec, wanted: Atoms, *, plain: bool) -> list[ModelSpec]:
    """The networks with the blocks of `base` whose kernels are nearest to those of a file, several if as near.

    `base` has nothing beside its blocks; `plain`: nor has any of them a shortcut.
    """
    units = sum(base.stage_blocks)
    left = sum(count for each, count in wanted.items() if each[0] == "conv") - _kernels(base)

    def surplus(pair: tuple[Way, Fields]) -> float:
        """How many kernels the file has too many or too few for a way and an attention."""
        way, attention = pair
        rest = left - units * (way.each + (2 if attention["attention"] == "se" else 0))
        return max(way.least * units - rest, rest - way.most * units, 0.0)

    pairs = sorted(product(NOTHING if plain else WAYS, [*_attentions(base, wanted)]), key=surplus)
    tried = [
        spec
        for way, attention in pairs
        if surplus((way, attention)) == surplus(pairs[0])
        if (spec := _changed(base, way.fields | attention)) is not None
    ]
    ended = sorted((_with_strides(spec, wanted) for spec in tried), key=lambda spec: distance(spec, wanted, KERNELS))
    return [spec for spec in ended if distance(spec, wanted, KERNELS) == distance(ended[0], wanted, KERNELS)]


def _kernels(spec: ModelSpec) -> int:
    return sum(count for each, count in of_network(spec).items() if each[0] == "conv")


def _changed(spec: ModelSpec, fields: Fields) -> ModelSpec | None:
    try:
        return replace(spec, **fields)
    except SpecError:
        return None


def _attentions(base: ModelSpec, wanted: Atoms) -> Iterator[Fields]:
    """The attentions of which the file may have the kernels."""
    if any(each[0] == "other" for each in wanted):
        yield {"attention": "eca"}
    else:
        yield {"attention": "none"}
        yield from islice(_squeezes(base, wanted), MOST_ATTENTIONS)


def _squeezes(base: ModelSpec, wanted: Atoms) -> Iterator[Fields]:
    """Reductions and divisors with which every block's channels are squeezed to a width that the file has."""
    expansion = base.expansion or BLOCKS[base.block].expansion
    units: dict[int, int] = {}
    for blocks, width in zip(base.stage_blocks, base.stage_widths, strict=True):
        if blocks:
            units[width * expansion] = units.get(width * expansion, 0) + blocks
    possible = {channels: frozenset(_squeezed(channels, count, wanted)) for channels, count in units.items()}
    seen = set()
    for divisor, reduction in _rules(tuple(possible.values())):
        widths = tuple(max(divisor, int(c / reduction + divisor / 2) // divisor * divisor) for c in possible)
        if widths not in seen and all(width in possible[c] for c, width in zip(possible, widths, strict=True)):
            seen.add(widths)
            yield {"attention": "se", "attention_reduction": reduction, "attention_divisor": divisor}


def _rules(possible: Sequence[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Divisors that some possible width of each is a multiple of, with every reduction."""
    for divisor in DIVISORS:
        if all(any(width % divisor == 0 for width in widths) for widths in possible):
            yield from ((divisor, reduction) for reduction in REDUCTIONS)


def _squeezed(channels: int, count: int, wanted: Atoms) -> Iterator[int]:
    """The widths to which so many blocks of these channels may be squeezed, and widened again."""
    for kind, *sides in wanted:
        if kind == "conv" and sides[1:] == [channels, 1, 1]:
            width = int(sides[0])
            narrows, widens = wanted["conv", width, channels, 1, 1], wanted["conv", channels, width, 1, 1]
            if narrows >= count and widens >= count:
                yield width


def _with_strides(spec: ModelSpec, wanted: Atoms) -> ModelSpec:
    """The stages' strides: one that keeps its channels projects only where it strides."""
    best = spec
    for stage in range(len(spec.stage_blocks)):
        if distance(best, wanted, KERNELS) == 0:
            break
        strides = best.stage_strides or usual_strides(len(spec.stage_blocks))
        changed = (*strides[:stage], 3 - min(strides[stage], 2), *strides[stage + 1 :])
        other = _changed(best, {"stage_strides": changed})
        if other is not None and distance(other, wanted, KERNELS) < distance(best, wanted, KERNELS):
            best = other
    return best
