"""Writes one class for many blocks: constructor, `forward`, and how each of the blocks is made from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.outputs.code.body import ClassBody
from explorer.outputs.code.layout import Call, lay_out
from explorer.outputs.code.library import Signature
from explorer.outputs.code.merge import MergeError, Template, common_order, merge
from explorer.outputs.code.parameters import SHAPES
from explorer.outputs.code.pieces import Body, Make, Piece, fold, registration_order
from explorer.outputs.code.text import docstring


@dataclass(frozen=True)
class Definition:
    """A generated class."""

    name: str
    lines: list[str]
    signature: Signature
    kinds: dict[str, str]
    """The kind of each constructor argument."""
    initial: tuple[tuple[str, float], ...]
    """Parameters that start at a constant, by the expression after `module.`."""


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
            definition, values = self._write(title, help, [bodies[i] for i in group], [pieces[i] for i in group])
            self.definitions[definition.name] = definition
            makes |= {i: Make(definition.name, each) for i, each in zip(group, values, strict=True)}
        return [makes[i] for i in range(len(bodies))]

    def compose(self, container: str, bodies: list[Body]) -> list[Make]:
        """A class for the container of that name in several bodies."""
        short = len(container) <= 3
        return self.define(container.upper() if short else _camel(container), self.helps.get(container, ""), bodies)

    def _write(
        self, title: str, help: str, bodies: Sequence[Body], pieces: Sequence[Sequence[Piece]]
    ) -> tuple[Definition, list[dict[str, Any]]]:
        body = ClassBody(
            merge(pieces, tuple(bodies[0].inputs)),
            common_order([registration_order(each.nodes) for each in bodies]),
            [next(iter(each.inputs.values())) for each in bodies],
            [each[-1].shape for each in pieces],
            self.definitions,
        )
        parameters = body.parameters.arguments()
        class_name = next(
            each for each in (title, *(f"{title}{n}" for n in range(2, 999))) if each not in self.definitions
        )
        typed = [
            f"{each.name}: {each.type}" + ("" if each.default is None else f" = {each.default!r}")
            for each in parameters
        ]
        lines = [f"class {class_name}(nn.Module):", *docstring(help, 4)]
        lines += constructor_lines(typed, body.init_lines()) + [""] + forward_text(body)
        positional = tuple(each.name for each in parameters if each.name in SHAPES)
        defaults = {each.name: each.default for each in parameters if each.default is not None}
        definition = Definition(
            class_name,
            lines,
            Signature(positional, defaults),
            {each.name: each.kind for each in parameters},
            body.initial(),
        )
        return definition, [{each.name: each.column[row] for each in parameters} for row in range(len(bodies))]


def constructor_lines(typed: Sequence[str], lines: Sequence[str]) -> list[str]:
    """`__init__` of a module."""
    head = lay_out(Call("def __init__(", ("self", *typed), ") -> None:"), 4)
    return [*head, "        super().__init__()", *lines]


def forward_text(body: ClassBody) -> list[str]:
    """`forward` of a module."""
    inputs = ", ".join(f"{name}: Tensor" for name in body.template.arguments)
    head = f"    def forward(self, {inputs}) -> Tensor:"
    return [head, *(f"        {line}" for line in body.forward())]


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
                group += numbers
                break
        else:
            groups.append(list(numbers))
    return groups


def _mergeable(pieces: Sequence[Sequence[Piece]], arguments: tuple[str, ...]) -> Template | None:
    try:
        return merge(pieces, arguments)
    except MergeError:
        return None


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
