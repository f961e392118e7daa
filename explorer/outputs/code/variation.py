"""Decides what a class does with the differences between its blocks: arguments, conditions, what is None."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.model.ops import Shape
from explorer.outputs.code.forward import with_choices
from explorer.outputs.code.library import Inline, Signature, inline
from explorer.outputs.code.merge import Slot, Template
from explorer.outputs.code.parameters import Column, Parameters, kind_of
from explorer.outputs.code.pieces import Initial

Field = tuple[str, int, str]
"""A slot, the number of its part, a field of that part."""


@dataclass(frozen=True)
class Definition:
    """A generated class."""

    name: str
    lines: list[str]
    signature: Signature
    kinds: dict[str, str]
    """The kind of each constructor argument."""
    initial: Initial
    """Parameters that start at a constant, by the expression after `module.`."""


class Variation:
    """The differences of one template's blocks, whose inputs and outputs have the given shapes."""

    def __init__(
        self,
        template: Template,
        inputs: Sequence[Shape],
        outputs: Sequence[Shape],
        definitions: Mapping[str, Definition],
    ) -> None:
        self.template, self.choices = with_choices(template)
        self.slots = {slot.name: slot for slot in self.template.slots}
        self.definitions = definitions
        entering, leaving = tuple(shape[0] for shape in inputs), tuple(shape[0] for shape in outputs)
        bases = [("in_channels", entering), ("out_channels", leaving)]
        self.parameters = Parameters(bases if entering != leaving else [("channels", entering)])
        self.written = self._express(tuple(map(_stride, inputs, outputs)))
        self.nones = {choice.first for choice in self.choices.values() if self._can_be_none(choice.first, choice.when)}
        """Attributes that are None in the blocks that lack them; others are identities there."""
        self.flags: dict[str, str] = {}
        """Attributes that say which of two values is taken, and the expression each starts as."""
        self.takes_first = {
            name: self._flag(name) for name, each in self.choices.items() if each.first not in self.nones
        }
        self.tests = {name: self._test(slot) for name, slot in self.slots.items() if slot.optional}
        self.part_tests = {
            (slot.name, number): self._part_test(slot, number)
            for slot in self.slots.values()
            for number in slot.parts
            if slot.having(number) != slot.present
        }

    def inline(self, slot: Slot) -> Inline | None:
        """The expression that stands for the layer, where all blocks have it and it is the same in all."""
        if slot.optional or slot.some.chained or slot.some.ready is not None:
            return None
        make = slot.parts[0]
        varies = any((slot.name, 0, name) in self.written for name in make.fields)
        return None if varies else inline(make.type)

    def _express(self, strides: Column) -> dict[Field, str]:
        """The text of every field that is not a constant."""
        columns = {
            (slot.name, number, name): (slot, make.type, slot.column(number, name))
            for slot in sorted(self.slots.values(), key=lambda slot: slot.optional)
            for number, make in slot.parts.items()
            for name in sorted(make.fields, key="padding".__eq__)  # a padding follows its dilation
        }
        for (slot_name, _, name), (_, made, column) in columns.items():
            prefix = f"{slot_name}_" if made in self.definitions else ""
            self.parameters.learn(slot_name, name, column, self._kind(made, name, column), prefix)
        self.parameters.learn_stride(strides)
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

    def _can_be_none(self, name: str, when: frozenset[int]) -> bool:
        """Whether an attribute is read by one choice alone, in exactly the blocks that have it."""
        slot = self.slots.get(name)
        reads = [source for each in self.slots.values() for source in each.sources]
        readers = sum(name in (choice.first, choice.second) for choice in self.choices.values())
        return slot is not None and slot.optional and slot.present == when and readers == 1 and name not in reads

    def _flag(self, name: str) -> str:
        """The attribute that says whether a choice takes its first value."""
        choice = self.choices[name]
        flag = "preact_shortcut" if choice.second in self.template.arguments else f"takes_{choice.first}"
        if flag in self.flags:
            flag = f"{flag}{len(self.flags) + 1}"
        self.flags[flag] = self.parameters.condition(choice.when, choice.unless, flag)
        return flag

    def _test(self, slot: Slot) -> str:
        prefer_stride = len(slot.parts) == 1 and slot.some.role != "shortcut"
        others = frozenset(range(self.template.count)) - slot.present
        return self.parameters.condition(slot.present, others, f"with_{slot.name}", prefer_stride=prefer_stride)

    def _part_test(self, slot: Slot, number: int) -> str:
        true = slot.having(number)
        return self.parameters.condition(true, slot.present - true, f"with_{slot.name}_{number}", prefer_stride=True)


def _stride(entering: Shape, leaving: Shape) -> int:
    """By how much a block shrinks the map; 1 where there is no map."""
    return round(entering[-1] / leaving[-1]) if len(leaving) == 3 else 1
