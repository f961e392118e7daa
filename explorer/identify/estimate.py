"""Fields of a spec read from the shapes of a file's layers: where the search for the network starts.

The convolutions of 3x3 say how many blocks there are, how wide they are and in how many groups; what stands before
them is the stem. Where several readings are possible, each is a start of its own.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from explorer.identify.heads import heads
from explorer.identify.layers import Layer
from explorer.identify.readings import Body, Convolution, Fields, Stem, UnitSizes, convolutions, squeezing_pairs
from explorer.identify.stages import stage_fields


def starts(layers: Sequence[Layer]) -> Iterator[Fields]:
    """Fields of networks that the layers may be, likelier ones first; they may not fit together."""
    every = convolutions(layers)
    common = _common_fields(layers)
    attention = frozenset(each.place for pair in squeezing_pairs(every) for each in pair)
    for head, apart in product(heads(every), (frozenset(), attention) if attention else (frozenset(),)):
        rest = [each for each in every if each.place not in head.places | apart and not each.matrix]
        for stem in _stems(rest):
            body = rest[stem.used :]
            for reading in _bodies(body, stem.out):
                for stages in stage_fields(reading, body, stem.out):
                    for shortcut in SHORTCUTS[reading.block == "single"]:
                        yield common | stem.fields | head.fields | stages | shortcut


SHORTCUTS: dict[bool, tuple[Fields, ...]] = {
    False: ({"shortcut": "projection"}, {"shortcut": "pad"}),
    True: ({"shortcut": "none", "transition": "pool"}, {"shortcut": "projection"}),
}
"""What the search begins with, by whether the units are single convolutions, of which most networks are plain."""


def _common_fields(layers: Sequence[Layer]) -> Fields:
    kinds = [layer.signature[0] for layer in layers]
    norm = "batch" if "batch" in kinds else "group" if "affine" in kinds else "none"
    convolution = [layer for layer in layers if layer.signature[0] == "conv" and layer.signature[3] == 3]
    biased = sum(bool(layer.signature[-1]) for layer in convolution) > len(convolution) / 2
    return {"norm": norm, "activation": "prelu" if "vector" in kinds else "relu", "conv_bias": biased}


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
        _singles(squares, stem_out),
    ):
        if reading is not None and reading.units:
            yield reading


def _bottlenecks(body: Sequence[Convolution], squares: Sequence[Convolution]) -> Body | None:
    """Each 3x3 with the 1x1 that reads it: behind it, before the next 3x3, or in front where names sort it there."""
    units: list[UnitSizes] = []
    places = [-1, *(each.place for each in squares), 10**9]
    for before, square, end in zip(places, squares, places[2:], strict=False):
        readers = [each for each in body if each.size == 1 and each.group == square.out]
        behind = [each for each in readers if square.place < each.place < end]
        in_front = [each for each in readers if before < each.place < square.place]
        inside = [each for each in (*in_front, *behind) if "." in each.name and _container(each) == _container(square)]
        last = max(inside, key=lambda each: each.out) if inside else next(iter((*behind, *in_front)), None)
        if last is None or square.out % square.group:
            return None
        units.append(UnitSizes(square.name, square.out, last.out, square.out // square.group, square.place))
    return Body("bottleneck", tuple(units))


def _container(convolution: Convolution) -> str:
    return convolution.name.rpartition(".")[0]


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


def _singles(squares: Sequence[Convolution], stem_out: int) -> Body | None:
    """Each 3x3 a unit, which reads what the one before gives: a chain, such as a VGG network."""
    channels = stem_out
    units: list[UnitSizes] = []
    for square in squares:
        if channels % square.group:
            return None
        units.append(UnitSizes(square.name, square.out, square.out, channels // square.group, square.place))
        channels = square.out
    return Body("single", tuple(units))


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
