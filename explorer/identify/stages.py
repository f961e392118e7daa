"""Where the stages of a network begin, and their fields: from channels, from names, or from square projections."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from math import ceil

from explorer.identify.readings import Body, Convolution, Fields
from explorer.model.controls.control import MOST_STAGES


def stage_fields(body: Body, every: Sequence[Convolution], stem_out: int) -> Iterator[tuple[Fields, bool]]:
    """The fields of stages, and whether names or square projections tell more of them than the channels."""
    channels = _by_channels(body)
    for counts in dict.fromkeys((_by_names(body), channels, _by_projections(body, every))):
        if counts is not None:
            told = counts != channels and len(counts) < len(body.units)
            yield from ((fields, told) for fields in _fields_of_stages(body, counts, stem_out))


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
    more = {} if body.block == "single" else {1: None if usual == 1 else 1, 2: 2}
    for ratio, expansion in (ratios | more).items():
        if not ratio or any(out % ratio for out in outs):
            continue
        widths = [out // ratio for out in outs]
        base = _base_width([width for count, width in zip(counts, widths, strict=True) if count], inner, groups)
        if base is not None and min(widths) * base >= 64:
            yield {
                "block": body.block,
                "stage_blocks": counts,
                "stage_widths": tuple(widths),
                "cardinality": groups,
                "base_width": base,
                "expansion": expansion,
                "transition": "conv" if body.transitions else "none",
            }
            return  # another expansion gives the same channels


def _base_width(widths: Sequence[int], inner: Sequence[int], groups: int) -> int | None:
    """The base width with which every stage has its inner channels, 64 if it is one of them; None if there is none."""
    low, high = 1, 1024
    for width, channels in zip(widths, inner, strict=True):
        if channels % groups:
            return None
        each = channels // groups
        low, high = max(low, ceil(64 * each / width)), min(high, ceil(64 * (each + 1) / width) - 1)
    return None if low > high else 64 if low <= 64 <= high else low
