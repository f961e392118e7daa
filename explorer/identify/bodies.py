"""Readings of the convolutions behind the stem as residual units, with the stages' transitions where there are any."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from explorer.identify.readings import Body, Convolution, UnitSizes
from explorer.model.controls.control import MOST_STAGES

MOST_PARSES = 6
"""Readings with transitions of one row of convolutions: where all have the same channels, many are possible."""
MOST_STEPS = 4000


def bodies(body: Sequence[Convolution], stem_out: int) -> Iterator[Body]:
    """The readings of the convolutions behind a stem of `stem_out` channels."""
    squares = [each for each in body if each.size == 3]
    for reading in (
        _bottlenecks(body, squares),
        _pairs(squares, stem_out),
        _narrow_wide(body, squares, stem_out),
        _singles(squares, stem_out),
    ):
        if reading is not None and reading.units:
            yield reading
    for kind in KINDS:
        yield from islice(_behind_transitions(kind, body, squares, stem_out), MOST_PARSES)


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


def _pairs(squares: Sequence[Convolution], stem_out: int) -> Body | None:
    """Two 3x3 for each unit."""
    channels = stem_out
    units: list[UnitSizes] = []
    if len(squares) % 2:
        return None
    for first, second in zip(squares[::2], squares[1::2], strict=True):
        if channels % first.group:
            return None
        units.append(UnitSizes(first.name, first.out, second.out, channels // first.group, first.place))
        channels = second.out
    return Body("basic", tuple(units))


def _narrow_wide(body: Sequence[Convolution], squares: Sequence[Convolution], stem_out: int) -> Body | None:
    """Each 3x3 with the 1x1 before it, whose outputs it reads."""
    channels = stem_out
    units: list[UnitSizes] = []
    bounds = [-1, *(each.place for each in squares)]
    for start, square in zip(bounds, squares, strict=False):
        before = [each for each in body if start < each.place < square.place and each.size == 1]
        reading = [each for each in before if each.out % square.group == 0 and each.group == channels]
        if not reading:
            return None
        inner = reading[-1].out
        units.append(UnitSizes(square.name, inner, square.out, inner // square.group, square.place))
        channels = square.out
    return Body("narrow_wide", tuple(units))


# Behind transitions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """A block by its 3x3 convolutions, in a stage whose transition has set the channels."""

    block: str
    squares: int
    inner: Callable[[Sequence[Convolution], int, frozenset[tuple[int, int]]], Iterator[tuple[int, int]]]
    """Inner channels and groups of a unit with these 3x3 in a stage of so many channels; `ones` are the sizes of the
    1x1 of the file, outputs and inputs. Nothing where they are none."""


def _inner_of_pair(
    row: Sequence[Convolution], channels: int, ones: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    first, second = row
    groups = first.out // second.group
    if first.out % second.group == 0 and first.group * groups == channels == second.out:
        yield first.out, groups


def _inner_of_single(
    row: Sequence[Convolution], channels: int, ones: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    if row[0].out == channels and channels % row[0].group == 0:
        yield channels, channels // row[0].group


def _inner_of_bottleneck(
    row: Sequence[Convolution], channels: int, ones: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    inner = row[0].out
    if inner % row[0].group == 0 and {(inner, channels), (channels, inner)} <= ones:
        yield inner, inner // row[0].group


def _inner_of_narrow_wide(
    row: Sequence[Convolution], channels: int, ones: frozenset[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    if row[0].out == channels:
        inner = sorted({out for out, group in ones if group == channels and out % row[0].group == 0})
        yield from ((each, each // row[0].group) for each in inner)


KINDS = (
    _Kind("basic", 2, _inner_of_pair),
    _Kind("bottleneck", 1, _inner_of_bottleneck),
    _Kind("narrow_wide", 1, _inner_of_narrow_wide),
    _Kind("single", 1, _inner_of_single),
)


@dataclass(frozen=True)
class _Parse:
    """The first convolutions of a row, read."""

    channels: int
    used: int = 0
    units: tuple[UnitSizes, ...] = ()
    transitions: tuple[int, ...] = ()
    places: tuple[int, ...] = ()

    def agrees(self, inner: int, groups: int) -> bool:
        """Whether a unit may follow those before: one number of groups, and one width in a stage."""
        if not self.units:
            return True
        last, in_stage = self.units[-1], self.places[-1] < len(self.units)
        return last.groups == groups and (not in_stage or last.inner == inner)


def _behind_transitions(
    kind: _Kind, body: Sequence[Convolution], squares: Sequence[Convolution], stem_out: int
) -> Iterator[Body]:
    """A 3x3 that reads all channels begins each stage, and units that keep its channels follow; longer stages first."""
    ones = frozenset((each.out, each.group) for each in body if each.size == 1)
    waiting = [_Parse(stem_out)]
    for _ in range(MOST_STEPS):
        if not waiting:
            return
        parse = waiting.pop()
        if parse.used == len(squares):
            if parse.units:
                yield Body(kind.block, parse.units, parse.transitions, parse.places)
            continue
        waiting += [*_with_transition(parse, squares), *_with_unit(kind, parse, squares, ones)]


def _with_transition(parse: _Parse, squares: Sequence[Convolution]) -> Iterator[_Parse]:
    square = squares[parse.used]
    if square.group == parse.channels and len(parse.transitions) < MOST_STAGES:
        widths, places = (*parse.transitions, square.out), (*parse.places, len(parse.units))
        yield _Parse(square.out, parse.used + 1, parse.units, widths, places)


def _with_unit(
    kind: _Kind, parse: _Parse, squares: Sequence[Convolution], ones: frozenset[tuple[int, int]]
) -> Iterator[_Parse]:
    row = squares[parse.used : parse.used + kind.squares]
    if not parse.transitions or len(row) < kind.squares:
        return
    for inner, groups in kind.inner(row, parse.channels, ones):
        if parse.agrees(inner, groups):
            unit = UnitSizes(row[0].name, inner, parse.channels, groups, row[0].place)
            yield _Parse(
                parse.channels, parse.used + kind.squares, (*parse.units, unit), parse.transitions, parse.places
            )
