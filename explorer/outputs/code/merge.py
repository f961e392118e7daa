"""Merges blocks that differ in detail into one template, as a person writes one class for all of them.

A piece that only some blocks have is optional: elsewhere the value passes by it. Where that does not explain what a
piece reads, the template holds a choice between two values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, permutations
from typing import Any

from explorer.model.graph import BLOCK_INPUT
from explorer.outputs.code.pieces import Make, Piece


class MergeError(Exception):
    """The blocks are too different for one class."""


DIFFERS, ONLY_SOME = "{} differs from block to block", "{} starts at a constant, and only some blocks have it"


@dataclass(frozen=True)
class SourceChoice:
    """`first` in the blocks `when`, `second` in the blocks `unless`."""

    first: str
    second: str
    when: frozenset[int]
    unless: frozenset[int]


Source = str | SourceChoice


@dataclass(frozen=True)
class Slot:
    """One attribute of the template: the piece that each block has there, if any, and what it reads."""

    name: str
    pieces: tuple[Piece | None, ...]
    sources: tuple[Source, ...]

    @cached_property
    def present(self) -> frozenset[int]:
        return frozenset(number for number, piece in enumerate(self.pieces) if piece is not None)

    @property
    def optional(self) -> bool:
        return None in self.pieces

    @property
    def some(self) -> Piece:
        """Any block's piece, for what all of them share."""
        return next(piece for piece in self.pieces if piece is not None)

    @cached_property
    def parts(self) -> dict[int, Make]:
        """The parts that any block has there, by number."""
        parts: dict[int, Make] = {}
        for piece in self.pieces:
            if piece is not None:
                parts |= piece.parts
        return dict(sorted(parts.items()))

    def having(self, number: int) -> frozenset[int]:
        """The blocks that have a part."""
        return frozenset(row for row, piece in enumerate(self.pieces) if piece is not None and number in piece.parts)

    def column(self, number: int, field: str) -> tuple[Any, ...]:
        """A field of a part in every block, None where there is no such part."""
        return tuple(
            piece.parts[number].fields[field] if piece is not None and number in piece.parts else None
            for piece in self.pieces
        )


@dataclass(frozen=True)
class Template:
    """What the blocks have in common. Slots stand in an order in which they can be run."""

    count: int
    slots: tuple[Slot, ...]
    output: Source
    arguments: tuple[str, ...] = (BLOCK_INPUT,)


@dataclass
class _Merging:
    blocks: Sequence[Mapping[str, Piece]]
    arguments: tuple[str, ...]
    slots: dict[str, Slot] = field(default_factory=dict)

    def source(self, reads: Mapping[int, str]) -> Source:
        """One source that gives every block (by number) the value it reads."""
        names = list(dict.fromkeys(reads.values()))
        candidates = sorted(names, key=[*self.arguments, *self.slots].index, reverse=True)
        for name in candidates:
            if self._right(name, reads) == set(reads):
                return name
        for only_present in (True, False):
            for first, second in permutations(candidates, 2):
                right, other = self._right(first, reads), self._right(second, reads)
                when = right & self._present(first) if only_present else right
                if (first in self.slots or not only_present) and set(reads) - when <= other:
                    return SourceChoice(first, second, frozenset(when), frozenset(set(reads) - when))
        raise MergeError(f"no two values explain what is read from {', '.join(names)}")

    def _present(self, name: str) -> frozenset[int]:
        return self.slots[name].present if name in self.slots else frozenset()

    def _right(self, name: str, reads: Mapping[int, str]) -> set[int]:
        return {number for number, read in reads.items() if self._value(name, number) == read}

    def _value(self, name: str, number: int) -> str | None:
        """Whose value block `number` finds under `name`, passing by what it does not have."""
        while name in self.slots and number not in self.slots[name].present:
            sources = self.slots[name].sources
            if len(sources) != 1 or isinstance(sources[0], SourceChoice):
                return None
            name = sources[0]
        return name


def merge(blocks: Sequence[Sequence[Piece]], arguments: tuple[str, ...] = (BLOCK_INPUT,)) -> Template:
    """The template of blocks, given as their pieces in running order. Raises MergeError."""
    by_name = [{piece.name: piece for piece in block} for block in blocks]
    merging = _Merging(by_name, arguments)
    for name in common_order([[piece.name for piece in block] for block in blocks]):
        pieces = tuple(block.get(name) for block in by_name)
        _check_alike([piece for piece in pieces if piece is not None], optional=None in pieces)
        present = {number: piece for number, piece in enumerate(pieces) if piece is not None}
        places = range(len(next(iter(present.values())).inputs))
        sources = tuple(
            merging.source({number: piece.inputs[place] for number, piece in present.items()}) for place in places
        )
        merging.slots[name] = Slot(name, pieces, sources)
    output = merging.source({number: block[-1].name for number, block in enumerate(blocks)})
    return Template(len(blocks), tuple(merging.slots.values()), output, arguments)


def _check_alike(pieces: Sequence[Piece], *, optional: bool) -> None:
    """Raises MergeError where one slot would have to hold different layers."""
    first = pieces[0]
    parts: dict[int, str] = {}
    for piece in pieces:
        for number, make in piece.parts.items():
            if parts.setdefault(number, make.type) != make.type:
                raise MergeError(f"{piece.name} is a {make.type} here and a {parts[number]} there")
        if (piece.chained, len(piece.inputs), piece.init) != (first.chained, len(first.inputs), first.init):
            raise MergeError(DIFFERS.format(piece.name))
    if optional and first.init:
        raise MergeError(ONLY_SOME.format(first.name))


def common_order(rows: Sequence[Sequence[str]]) -> list[str]:
    """One order in which every row is contained. Raises MergeError where the rows contradict each other."""
    after: dict[str, set[str]] = {}
    for row in {tuple(row): None for row in rows}:
        for name in row:
            after.setdefault(name, set())
        for before, name in pairwise(row):
            after[name].add(before)
    order: list[str] = []
    while len(order) < len(after):
        free = next((name for name in after if name not in order and after[name] <= set(order)), None)
        if free is None:
            raise MergeError("the blocks run their layers in different orders")
        order.append(free)
    return order
