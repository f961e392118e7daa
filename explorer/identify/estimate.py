"""Fields of a spec read from the shapes of a file's layers: where the search for the network starts.

The convolutions of 3x3 say how many blocks there are, how wide they are and in how many groups; what stands before
them is the stem. Where several readings are possible, each is a start of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import ceil
from typing import Any, NamedTuple

from explorer.identify.layers import Layer
from explorer.model.controls.control import MOST_STAGES

Fields = dict[str, Any]


class Convolution(NamedTuple):
    """A convolution of a file with a square kernel, or a matrix, whose kernel is 1."""

    place: int
    """Its number among the file's layers."""
    name: str
    out: int
    group: int
    """Input channels of one group."""
    size: int
    biased: bool
    matrix: bool


class Stem(NamedTuple):
    """A reading of the first convolutions."""

    fields: Fields
    out: int
    used: int
    """How many convolutions it is."""


class UnitSizes(NamedTuple):
    """A residual unit: channels inside and after it, and the groups of its 3x3 convolutions."""

    name: str
    """A name of one of its convolutions."""
    inner: int
    out: int
    groups: int
    place: int


@dataclass(frozen=True)
class Body:
    """A reading of the convolutions behind the stem."""

    block: str
    units: tuple[UnitSizes, ...]
    transitions: tuple[int, ...] = ()
    """The output channels of the stages' transitions, and before which unit each stands."""
    transition_places: tuple[int, ...] = ()


def convolutions(layers: Sequence[Layer]) -> list[Convolution]:
    """The convolutions and matrices among the layers."""
    found = []
    for place, layer in enumerate(layers):
        kind, *sides = layer.signature
        if kind == "conv" and sides[2] == sides[3]:
            out, group, size, _, biased = (int(side) for side in sides)
            matrix = len(layer.parts[0].shape) == 2
            found.append(Convolution(place, layer.name, out, group, size, bool(biased), matrix))
    return found


def starts(layers: Sequence[Layer]) -> Iterator[Fields]:
    """Fields of networks that the layers may be, likelier ones first; they may not fit together."""
    every = convolutions(layers)
    common = _common_fields(layers)
    for head in _heads(every):
        rest = [each for each in every if head.get("place") != each.place]
        for stem in _stems(rest):
            body = rest[stem.used :]
            for reading in _bodies(body, stem.out):
                for stages in _stages(reading, body, stem.out):
                    yield common | stem.fields | head["fields"] | stages


def _common_fields(layers: Sequence[Layer]) -> Fields:
    kinds = [layer.signature[0] for layer in layers]
    norm = "batch" if "batch" in kinds else "group" if "affine" in kinds else "none"
    convolution = [layer for layer in layers if layer.signature[0] == "conv" and layer.signature[3] == 3]
    biased = sum(bool(layer.signature[-1]) for layer in convolution) > len(convolution) / 2
    return {"norm": norm, "activation": "prelu" if "vector" in kinds else "relu", "conv_bias": biased}


def _heads(every: Sequence[Convolution]) -> Iterator[Fields]:
    """The classifier: the last matrix, the last 1x1 convolution with a bias, or none."""
    matrices = [each for each in every if each.matrix]
    ones = [each for each in every[-1:] if each.size == 1 and each.biased]
    for last in (matrices or ones)[-1:]:
        yield {"place": last.place, "fields": {"num_classes": last.out, "head_bias": last.biased}}
    if not matrices:
        yield {"fields": {"num_classes": 0}}


def _stems(every: Sequence[Convolution]) -> Iterator[Stem]:
    """The readings of the first convolutions as a stem."""
    if not every:
        return
    first = every[0]
    inputs = {"in_channels": first.group}
    if first.size == 7:
        yield from _pooled(Stem({"stem": "imagenet", "stem_width": first.out, **inputs}, first.out, 1), every)
    if first.size == 3:
        yield Stem({"stem": "cifar", "stem_width": first.out, "image_size": 32, **inputs}, first.out, 1)
        small = {"stem": "small", "stem_width": first.out, "image_size": 64, **inputs}
        yield from list(_pooled(Stem(small, first.out, 1), every))[1:]
    if [each.size for each in every[:3]] == [3, 3, 3]:
        widths = tuple(each.out for each in every[:3])
        width = widths[1]
        for kind, first_width in (("deep", width), ("deep_tiered", 3 * (width // 4))):
            if widths == (first_width, width, 2 * width):
                yield from _pooled(Stem({"stem": kind, "stem_width": width, **inputs}, 2 * width, 3), every)


def _pooled(stem: Stem, every: Sequence[Convolution]) -> Iterator[Stem]:
    """The stem, and the stem with a convolution in the place of its pool."""
    yield stem
    following = every[stem.used : stem.used + 1]
    if following and (following[0].out, following[0].group, following[0].size) == (stem.out, stem.out, 3):
        yield Stem(stem.fields | {"stem_pool": "conv"}, stem.out, stem.used + 1)


# Units ----------------------------------------------------------------------------------------------------------------


def _bodies(body: Sequence[Convolution], stem_out: int) -> Iterator[Body]:
    """The readings of the convolutions behind the stem as units."""
    squares = [each for each in body if each.size == 3]
    for reading in (
        _bottlenecks(body, squares),
        *(_pairs(squares, stem_out, transitions=transitions) for transitions in (False, True)),
        *(_narrow_wide(body, squares, stem_out, transitions=transitions) for transitions in (False, True)),
        _bottlenecks_behind_transitions(body, squares, stem_out),
    ):
        if reading is not None and reading.units:
            yield reading


def _bottlenecks(body: Sequence[Convolution], squares: Sequence[Convolution]) -> Body | None:
    """Each 3x3 with the 1x1 that reads it: one behind it, before the next 3x3."""
    units: list[UnitSizes] = []
    places = [each.place for each in squares]
    for square, end in zip(squares, [*places[1:], None], strict=False):
        between = [each for each in body if each.place > square.place and (end is None or each.place < end)]
        last = next((each for each in between if each.size == 1 and each.group == square.out), None)
        if last is None or square.out % square.group:
            return None
        units.append(UnitSizes(square.name, square.out, last.out, square.out // square.group, square.place))
    return Body("bottleneck", tuple(units))


def _bottlenecks_behind_transitions(
    body: Sequence[Convolution], squares: Sequence[Convolution], stem_out: int
) -> Body | None:
    """As bottlenecks, where every stage begins with a 3x3 that reads the stage before and changes the channels."""
    channels = stem_out
    units: list[UnitSizes] = []
    transitions: list[int] = []
    places: list[int] = []
    bounds = [each.place for each in squares]
    for number, (square, end) in enumerate(zip(squares, [*bounds[1:], 10**9], strict=False)):
        start = bounds[number - 1] if number else -1
        inside = [each for each in body if square.place < each.place < end and each.size == 1]
        before = [each for each in body if start < each.place < square.place and each.size == 1]
        last = next((each for each in inside if each.group == square.out and each.out == channels), None)
        opens = any(each.out == square.group * (square.out // square.group or 1) for each in before)
        if square.group == channels and (last is None or not opens):
            transitions.append(square.out)
            places.append(len(units))
            channels = square.out
        elif last is not None and square.out % square.group == 0:
            units.append(UnitSizes(square.name, square.out, last.out, square.out // square.group, square.place))
        else:
            return None
    return Body("bottleneck", tuple(units), tuple(transitions), tuple(places)) if transitions else None


def _pairs(squares: Sequence[Convolution], stem_out: int, *, transitions: bool) -> Body | None:
    """Two 3x3 for each unit; with transitions one more at the start of a stage."""
    channels = stem_out
    units: list[UnitSizes] = []
    widths: list[int] = []
    places: list[int] = []
    rest = list(squares)
    while rest:
        first = rest.pop(0)
        following = rest[0] if rest else None
        if transitions and first.group == channels and _is_transition(first, rest, channels, started=bool(widths)):
            widths.append(first.out)
            places.append(len(units))
            channels = first.out
            continue
        if following is None or channels % first.group:
            return None
        rest.pop(0)
        units.append(UnitSizes(first.name, first.out, following.out, channels // first.group, first.place))
        channels = following.out
    return Body("basic", tuple(units), tuple(widths), tuple(places)) if widths or not transitions else None


def _is_transition(first: Convolution, rest: Sequence[Convolution], channels: int, *, started: bool) -> bool:
    """Whether a 3x3 stands alone: it changes the channels, or the row of 3x3 up to the next change is odd."""
    if first.out != channels:
        return True
    row = 1
    for each in rest:
        if each.out != channels or each.group != channels:
            break
        row += 1
    return not started and row % 2 == 1


def _narrow_wide(
    body: Sequence[Convolution], squares: Sequence[Convolution], stem_out: int, *, transitions: bool
) -> Body | None:
    """Each 3x3 with the 1x1 before it, whose outputs it reads."""
    channels = stem_out
    units: list[UnitSizes] = []
    widths: list[int] = []
    places: list[int] = []
    bounds = [-1, *(each.place for each in squares)]
    for start, square in zip(bounds, squares, strict=False):
        before = [each for each in body if start < each.place < square.place and each.size == 1]
        inner = next((each for each in reversed(before) if each.out % square.group == 0), None)
        read = inner is not None and inner.group == channels
        if transitions and square.group == channels and not (read and square.out == channels):
            widths.append(square.out)
            places.append(len(units))
        elif inner is not None and read:
            units.append(UnitSizes(square.name, inner.out, square.out, inner.out // square.group, square.place))
        else:
            return None
        channels = square.out
    return Body("narrow_wide", tuple(units), tuple(widths), tuple(places)) if widths or not transitions else None


# Stages ---------------------------------------------------------------------------------------------------------------


def _stages(body: Body, every: Sequence[Convolution], stem_out: int) -> Iterator[Fields]:
    """The fields of stages: where one ends is seen from the channels, from the names, or from square projections."""
    seen = set()
    for ends in (_by_names(body), _by_channels(body), _by_projections(body, every)):
        if ends is None or ends in seen:
            continue
        seen.add(ends)
        yield from _fields_of_stages(body, ends, stem_out)


def _by_channels(body: Body) -> tuple[int, ...] | None:
    """The number of units of each stage."""
    if body.transitions:
        bounds = (*body.transition_places, len(body.units))
        first = body.transition_places[0]
        if first:
            return None
        return tuple(after - before for before, after in pairwise(bounds))
    return tuple(len(list(group)) for _, group in groupby(body.units, key=lambda unit: (unit.out, unit.inner)))


def _by_names(body: Body) -> tuple[int, ...] | None:
    """The same by the containers that the units' names share: the outermost that tell stages apart."""
    if body.transitions:
        return None
    names = [_pieces(unit.name) for unit in body.units]
    alike = _by_channels(body)
    bounds = set(_sums(alike or ()))
    for depth in range(1, min(map(len, names))):
        starting = ["/".join(name[:depth]) for name in names]
        groups = tuple(len(list(group)) for _, group in groupby(starting))
        if bounds <= set(_sums(groups)):
            usable = len(groups) <= MOST_STAGES and len(set(starting)) == len(groups)
            return groups if usable and len(groups) < len(names) else None
    return None


def _by_projections(body: Body, every: Sequence[Convolution]) -> tuple[int, ...] | None:
    """The same where a 1x1 from as many channels to as many stands in a unit: its map changes, so a stage begins."""
    if body.transitions or body.block == "narrow_wide":
        return None
    starts_at = set(_sums(_by_channels(body) or ()))
    places = [unit.place for unit in body.units]
    for one in every:
        if one.size == 1 and one.out == one.group:
            number = max((n for n, place in enumerate(places) if place < one.place), default=0)
            if body.units[number].out == one.out:
                starts_at.add(number)
    bounds = sorted({0, *starts_at, len(body.units)})
    found = tuple(after - before for before, after in pairwise(bounds))
    return found if len(found) <= MOST_STAGES else None


def _sums(counts: Iterable[int]) -> Iterator[int]:
    total = 0
    for count in counts:
        total += count
        yield total


def _pieces(name: str) -> list[str]:
    return name.replace("/", ".").split(".")


def _fields_of_stages(body: Body, counts: tuple[int, ...], stem_out: int) -> Iterator[Fields]:
    """Blocks, widths, groups and base width of stages with so many units each."""
    if len(counts) > MOST_STAGES:
        return
    firsts = [
        body.units[min(total - count, len(body.units) - 1)] for count, total in zip(counts, _sums(counts), strict=True)
    ]
    outs = list(body.transitions) or [unit.out for unit in firsts]
    # Two convolutions of one group can begin with any number of groups: the last of the units says how many there are.
    groups = body.units[-1].groups
    inner = [unit.inner for count, unit in zip(counts, firsts, strict=True) if count]
    usual = 4 if body.block == "bottleneck" else 1
    ratios = {usual: None} | {
        out // unit.inner: out // unit.inner for unit, out in zip(firsts[:1], outs[:1], strict=True)
    }
    for ratio, expansion in (ratios | {1: None if usual == 1 else 1, 2: 2}).items():
        if not ratio or any(out % ratio for out in outs):
            continue
        widths = [out // ratio for out in outs]
        base = _base_width([width for count, width in zip(counts, widths, strict=True) if count], inner, groups)
        if base is not None:
            yield {
                "block": body.block,
                "stage_blocks": counts,
                "stage_widths": tuple(widths),
                "cardinality": groups,
                "base_width": base,
                "expansion": expansion,
                "transition": "conv" if body.transitions else "none",
            }


def _base_width(widths: Sequence[int], inner: Sequence[int], groups: int) -> int | None:
    """The base width with which every stage has its inner channels, 64 if it is one of them; None if there is none."""
    low, high = 1, 1024
    for width, channels in zip(widths, inner, strict=True):
        if channels % groups:
            return None
        each = channels // groups
        low, high = max(low, ceil(64 * each / width)), min(high, ceil(64 * (each + 1) / width) - 1)
    return None if low > high else 64 if low <= 64 <= high else low
