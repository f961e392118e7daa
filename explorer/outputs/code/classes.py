"""Writes one class for many blocks, and says how each of the blocks is made from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from explorer.outputs.code.body import forward_text, init_lines, initial
from explorer.outputs.code.layout import Call, docstring, lay_out
from explorer.outputs.code.library import Signature, library
from explorer.outputs.code.merge import MergeError, common_order, merge
from explorer.outputs.code.parameters import SHAPES
from explorer.outputs.code.pieces import Body, Make, Piece, fold, registration_order
from explorer.outputs.code.variation import Definition, Variation

SHORT_NAME = 3
"""Letters of a container's name that is taken for an abbreviation: `se` becomes `SE`."""


@dataclass
class Classes:
    """The classes of one file, in the order in which they must stand."""

    helps: dict[str, str]
    """What a class is, by the name of the container that it stands for."""
    definitions: dict[str, Definition] = field(default_factory=dict)

    def define(self, title: str, help: str, bodies: list[Body]) -> list[Make]:
        """Write classes called `title` for the bodies, as few as there can be; how each body is made."""
        pieces = fold(bodies, self.compose)
        makes: dict[int, Make] = {}
        for group in _groups(pieces, tuple(bodies[0].inputs)):
            chosen = [bodies[number] for number in group]
            variation, registration = vary(chosen, [pieces[number] for number in group], self.definitions)
            name = next(each for each in _names(title) if each not in self.definitions)
            self.definitions[name] = _definition(name, help, variation, registration)
            arguments = variation.parameters.arguments()
            for row, number in enumerate(group):
                values: dict[str, Any] = {each.name: each.column[row] for each in arguments}
                makes[number] = Make(name, values, function_names(pieces[number], variation))
        return [makes[number] for number in range(len(bodies))]

    def compose(self, container: str, bodies: list[Body]) -> list[Make]:
        """A class for the container of that name in several bodies."""
        short = len(container) <= SHORT_NAME
        title = container.upper() if short else "".join(part.capitalize() for part in container.split("_"))
        return self.define(title, self.helps.get(container, ""), bodies)


def vary(
    bodies: Sequence[Body], pieces: Sequence[Sequence[Piece]], definitions: dict[str, Definition]
) -> tuple[Variation, list[str]]:
    """The variation of bodies that share a class, and their attributes in the order of registration."""
    inputs = [next(iter(body.inputs.values())) for body in bodies]
    outputs = [row[-1].shape for row in pieces]
    variation = Variation(merge(pieces, tuple(bodies[0].inputs)), inputs, outputs, definitions)
    return variation, common_order([registration_order(body.nodes) for body in bodies])


def function_names(pieces: Sequence[Piece], variation: Variation) -> frozenset[str]:
    """The layers of one body, by their paths in it, that its class writes as expressions instead of as modules."""
    own = {slot.name for slot in variation.slots.values() if variation.inline(slot) is not None}
    inner = {f"{piece.name}.{path}" for piece in pieces for make in piece.parts.values() for path in make.functions}
    return frozenset(inner | (own & {piece.name for piece in pieces}))


def class_lines(
    name: str, help: str, typed: Sequence[str], variation: Variation, registration: Sequence[str]
) -> list[str]:
    """A module's class; `typed` are its constructor's arguments."""
    lines = init_lines(variation, registration)
    head = lay_out(Call("def __init__(", ("self", *typed), ") -> None:"), 4)
    constructor = [*head, "        super().__init__()", *lines, ""] if lines else []
    return [f"class {name}(nn.Module):", *docstring(help, 4), *constructor, *forward_text(variation)]


def _definition(name: str, help: str, variation: Variation, registration: Sequence[str]) -> Definition:
    arguments = variation.parameters.arguments()
    typed = [
        f"{each.name}: {each.type}" + ("" if each.default is None else f" = {each.default!r}") for each in arguments
    ]
    positional = tuple(each.name for each in arguments if each.name in SHAPES)
    defaults = {each.name: each.default for each in arguments if each.default is not None}
    return Definition(
        name,
        class_lines(name, help, typed, variation, registration),
        Signature(positional, defaults),
        {each.name: each.kind for each in arguments},
        initial(variation),
    )


def _groups(pieces: Sequence[Sequence[Piece]], arguments: tuple[str, ...]) -> list[list[int]]:
    """The blocks that can share a class: all of them, or as many as can be merged."""
    alike: dict[object, list[int]] = {}
    for number, block in enumerate(pieces):
        shape = tuple((piece.name, piece.inputs, tuple((n, m.type) for n, m in piece.parts.items())) for piece in block)
        alike.setdefault(shape, []).append(number)
    groups: list[list[int]] = []
    for numbers in alike.values():
        for group in groups:
            if _mergeable([pieces[number] for number in group + numbers], arguments):
                group.extend(numbers)
                break
        else:
            groups.append(list(numbers))
    return groups


def _mergeable(pieces: Sequence[Sequence[Piece]], arguments: tuple[str, ...]) -> bool:
    try:
        merge(pieces, arguments)
    except MergeError:
        return False
    return True


def _names(title: str) -> Iterator[str]:
    """The title, then the title with numbers; no name of a layer that may be copied beside it."""
    names = (title if number == 1 else f"{title}{number}" for number in count(1))
    return (name for name in names if name not in library().classes)
