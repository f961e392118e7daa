"""The inside of a generated class: its attributes and its forward, from a template."""

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from explorer.model.ops import Shape
from explorer.outputs.code.calls import constructor
from explorer.outputs.code.forward import Operation, forward_lines, with_choices
from explorer.outputs.code.layout import STEP, Call, Clauses, Doc, fits, lay_out
from explorer.outputs.code.library import library
from explorer.outputs.code.merge import Slot, Template
from explorer.outputs.code.parameters import Column, Parameters, kind_of
from explorer.outputs.code.pieces import Make

if TYPE_CHECKING:
    from explorer.outputs.code.classes import Definition

INDENT = 2 * STEP
NOTHING = "nn.Identity()"
Field = tuple[str, int, str]
"""A slot, the number of its part, a field of that part."""


class ClassBody:
    """One template written out. Decides first what varies, then who has what, then prints."""

    def __init__(
        self,
        template: Template,
        registration: Sequence[str],
        inputs: Sequence[Shape],
        outputs: Sequence[Shape],
        definitions: Mapping[str, "Definition"],
    ) -> None:
        self.template, self.choices = with_choices(template)
        self.slots = {slot.name: slot for slot in self.template.slots}
        self.registration = registration
        self.definitions = definitions
        entering, leaving = tuple(shape[0] for shape in inputs), tuple(shape[0] for shape in outputs)
        bases = [("in_channels", entering), ("out_channels", leaving)]
        self.parameters = Parameters(bases if entering != leaving else [("channels", entering)])
        self.strides = tuple(map(_stride, inputs, outputs))
        self.written = self._express()
        self.nones = {choice.first for choice in self.choices.values() if self._can_be_none(choice.first, choice.when)}
        self.operations = self._operations()
        self.tests = {name: self._test(slot) for name, slot in self.slots.items() if slot.optional}
        self.part_tests = {
            (slot.name, number): self._part_test(slot, number) for slot in self.slots.values() for number in _gaps(slot)
        }

    # What varies ------------------------------------------------------------------------------------------------

    def _express(self) -> dict[Field, str]:
        """The text of every field that is not a constant."""
        columns = {
            (slot.name, number, name): (slot, make.type, _column(slot, number, name))
            for slot in sorted(self.slots.values(), key=lambda slot: slot.optional)
            for number, make in _parts(slot).items()
            for name in sorted(make.fields, key="padding".__eq__)
        }
        for (slot_name, _, name), (_, made, column) in columns.items():
            prefix = f"{slot_name}_" if made in self.definitions else ""
            self.parameters.learn(slot_name, name, column, self._kind(made, name, column), prefix)
        self.parameters.learn_stride(self.strides)
        written = {}
        for key, (slot, made, column) in columns.items():
            kind = self._kind(made, key[2], column)
            text = self.parameters.express(column, kind, optional=slot.optional or None in column)
            if text is not None:
                written[key] = text
        return written

    def _kind(self, made: str, name: str, column: Column) -> str:
        if made in self.definitions:
            return self.definitions[made].kinds[name]
        return kind_of(name, next(value for value in column if value is not None))

    # Who has what -----------------------------------------------------------------------------------------------

    def _can_be_none(self, name: str, when: frozenset[int]) -> bool:
        """Whether an attribute is read by one choice alone, in exactly the blocks that have it."""
        slot = self.slots.get(name)
        reads = [source for each in self.slots.values() for source in each.sources]
        readers = sum(name in (choice.first, choice.second) for choice in self.choices.values())
        return slot is not None and slot.optional and slot.present == when and readers == 1 and name not in reads

    def _test(self, slot: Slot) -> str:
        prefer_stride = len(_parts(slot)) == 1 and slot.some.role != "shortcut"
        others = frozenset(range(self.template.count)) - slot.present
        return self.parameters.condition(slot.present, others, f"with_{slot.name}", prefer_stride=prefer_stride)

    def _part_test(self, slot: Slot, number: int) -> str:
        true = frozenset(row for row, piece in enumerate(slot.pieces) if piece is not None and number in piece.parts)
        return self.parameters.condition(true, slot.present - true, f"with_{slot.name}_{number}", prefer_stride=True)

    # Constructor ------------------------------------------------------------------------------------------------

    def init_lines(self) -> list[str]:
        """The lines of `__init__` after `super().__init__()`."""
        margin = " " * INDENT
        lines = [f"{margin}{name} = {text}" for text, name in self.parameters.locals().items()]
        lines += [f"{margin}self.{name} = {text}" for name, text in self.flags.items()]
        for name in self.registration:
            slot = self.slots[name]
            if self._inline(slot) is None:
                lines += self._attribute(slot)
        return lines

    def _attribute(self, slot: Slot) -> list[str]:
        opening = f"self.{slot.name} = "
        doc = self._doc(slot)
        whole = Call(opening + doc.opening, doc.arguments, doc.closing, doc.sole)
        if not slot.optional:
            return lay_out(whole, INDENT)
        test, otherwise = self.tests[slot.name], "None" if slot.name in self.nones else NOTHING
        one = _either(whole, test, otherwise)
        if fits(one, INDENT) and not slot.some.chained:
            return lay_out(one, INDENT)
        margin = " " * INDENT
        return [
            f"{margin}{opening}{otherwise}",
            f"{margin}if {test}:",
            *lay_out(whole, INDENT + STEP),
        ]

    def _doc(self, slot: Slot) -> Call:
        parts = _parts(slot)
        if slot.some.ready is not None:
            return slot.some.ready
        if not slot.some.chained:
            return self._call(slot, 0, parts[0])
        docs: list[Doc] = []
        for number in range(max(parts) + 1):
            if number not in parts:
                docs.append(NOTHING)
                continue
            call = self._call(slot, number, parts[number])
            test = self.part_tests.get((slot.name, number))
            docs.append(call if test is None else _either(call, test, NOTHING))
        return Call("nn.Sequential(", tuple(docs))

    def _call(self, slot: Slot, number: int, make: Make) -> Call:
        names = self.parameters.locals()
        written = {
            name: names.get(text, text)
            for name in make.fields
            if (text := self.written.get((slot.name, number, name))) is not None
        }
        definition = self.definitions.get(make.type)
        return constructor(make.type, make.fields, written, definition.signature if definition else None)

    def initial(self) -> tuple[tuple[str, float], ...]:
        """Parameters that start at a constant, by the expression after `module.`."""
        found = []
        for slot in self.slots.values():
            for path, value in slot.some.init:
                *inner, last = path.split(".")
                found.append((slot.name + "".join(f"[{number}]" for number in inner) + f".{last}", value))
        return tuple(found)

    # Forward ----------------------------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        """The statements of `forward`."""
        return forward_lines(self.template, self.operations)

    def _operations(self) -> dict[str, Operation]:
        self.flags: dict[str, str] = {}
        operations: dict[str, Operation] = {}
        for slot in self.slots.values():
            for source in slot.sources:
                if source in self.choices:
                    operations[str(source)] = self._choice(str(source))
            operations[slot.name] = self._operation(slot)
        output = str(self.template.output)
        if output in self.choices:
            operations[output] = self._choice(output)
        return operations

    def _choice(self, name: str) -> Operation:
        choice = self.choices[name]
        sources = (choice.first, choice.second)
        if choice.first in self.nones:
            test: ast.expr = ast.parse(f"self.{choice.first} is None", mode="eval").body
            write = lambda parts: ast.IfExp(test, parts[1], parts[0])  # noqa: E731
        else:
            flag = "preact_shortcut" if choice.second in self.template.arguments else f"takes_{choice.first}"
            self.flags[flag] = self.parameters.condition(choice.when, choice.unless, flag)
            test = ast.parse(f"self.{flag}", mode="eval").body
            write = lambda parts: ast.IfExp(test, parts[0], parts[1])  # noqa: E731
        return Operation(sources, "shortcut", write, deepest_input=1, own_line=True)

    def _operation(self, slot: Slot) -> Operation:
        sources = tuple(map(str, slot.sources))
        inline = self._inline(slot)
        if inline is not None:
            values: Mapping[str, Any] = slot.some.parts[0].fields
            write = lambda inputs: inline.fill(inputs, values)  # noqa: E731
            return Operation(sources, slot.some.role, write, 1 if len(sources) > 1 else 2, inline.is_operator)
        function = ast.parse(f"self.{slot.name}", mode="eval").body
        made = [make.type for make in _parts(slot).values()]
        heavy = slot.some.chained or any("Conv" in each or each in self.definitions for each in made)
        pinned = slot.name in self.nones
        return Operation(
            sources,
            slot.some.role,
            lambda inputs: ast.Call(function, inputs, []),
            deepest_input=0 if heavy or pinned or slot.some.ready else 2,
            own_line=slot.some.ready is not None,
            pinned=pinned,
        )

    def _inline(self, slot: Slot) -> Any:
        """The expression that stands for the layer, where all blocks have it and it is the same in all."""
        make = slot.some.parts.get(0)
        varies = any((slot.name, 0, name) in self.written for name in make.fields) if make else True
        if make is None or slot.optional or slot.some.chained or varies:
            return None
        return library().inline(make.type)


def _stride(entering: Shape, leaving: Shape) -> int:
    """By how much a block shrinks the map; 1 where there is no map."""
    return round(entering[-1] / leaving[-1]) if len(leaving) == 3 else 1


def _either(call: Call, test: str, otherwise: str) -> Clauses:
    return Clauses(call, (f"if {test}", f"else {otherwise}"))


def _parts(slot: Slot) -> dict[int, Make]:
    """The parts of a slot in any block, by number."""
    parts: dict[int, Make] = {}
    for piece in slot.pieces:
        if piece is not None:
            parts |= piece.parts
    return dict(sorted(parts.items()))


def _gaps(slot: Slot) -> list[int]:
    """The parts that some of the blocks lack which have the slot."""
    pieces = [piece for piece in slot.pieces if piece is not None]
    return [number for number in _parts(slot) if any(number not in piece.parts for piece in pieces)]


def _column(slot: Slot, number: int, name: str) -> Column:
    return tuple(
        piece.parts[number].fields[name] if piece is not None and number in piece.parts else None
        for piece in slot.pieces
    )
