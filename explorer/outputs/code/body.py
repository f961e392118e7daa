"""Prints the inside of a generated class: its attributes and its forward."""

import ast
from collections.abc import Sequence

from explorer.outputs.code.forward import Operation, forward_lines
from explorer.outputs.code.layout import STEP, Call, Clauses, Doc, constructor, fits, lay_out
from explorer.outputs.code.merge import Slot
from explorer.outputs.code.pieces import Initial, Make
from explorer.outputs.code.variation import Variation

INDENT = 2 * STEP
MARGIN = " " * INDENT
NOTHING = "nn.Identity()"


def init_lines(variation: Variation, registration: Sequence[str]) -> list[str]:
    """The lines of `__init__` after `super().__init__()`, attributes in the order of registration."""
    lines = [f"{MARGIN}{name} = {text}" for text, name in variation.parameters.locals().items()]
    lines += [f"{MARGIN}self.{name} = {text}" for name, text in variation.flags.items()]
    for name in registration:
        if variation.inline(variation.slots[name]) is None:
            lines += _attribute(variation, variation.slots[name])
    return lines


def initial(variation: Variation) -> Initial:
    """Parameters that start at a constant, by the expression after `module.`."""
    found = []
    for slot in variation.slots.values():
        for path, value in slot.some.init:
            *inner, last = path.split(".")
            found.append((slot.name + "".join(f"[{number}]" for number in inner) + f".{last}", value))
    return tuple(found)


def forward_text(variation: Variation) -> list[str]:
    """`forward` of a module."""
    inputs = ", ".join(f"{name}: Tensor" for name in variation.template.arguments)
    lines = forward_lines(variation.template, _operations(variation))
    return [f"    def forward(self, {inputs}) -> Tensor:", *(f"{MARGIN}{line}" for line in lines)]


def _attribute(variation: Variation, slot: Slot) -> list[str]:
    opening = f"self.{slot.name} = "
    doc = slot.some.ready or _made(variation, slot)
    whole = Call(opening + doc.opening, doc.arguments, doc.closing, doc.sole)
    if not slot.optional:
        return lay_out(whole, INDENT)
    test, otherwise = variation.tests[slot.name], "None" if slot.name in variation.nones else NOTHING
    one = _either(whole, test, otherwise)
    if fits(one, INDENT) and not slot.some.chained:
        return lay_out(one, INDENT)
    return [f"{MARGIN}{opening}{otherwise}", f"{MARGIN}if {test}:", *lay_out(whole, INDENT + STEP)]


def _made(variation: Variation, slot: Slot) -> Call:
    parts = slot.parts
    if not slot.some.chained:
        return _call(variation, slot, 0, parts[0])
    docs: list[Doc] = []
    for number in range(max(parts) + 1):
        if number not in parts:
            docs.append(NOTHING)
            continue
        call = _call(variation, slot, number, parts[number])
        test = variation.part_tests.get((slot.name, number))
        docs.append(call if test is None else _either(call, test, NOTHING))
    return Call("nn.Sequential(", tuple(docs))


def _call(variation: Variation, slot: Slot, number: int, make: Make) -> Call:
    names = variation.parameters.locals()
    texts = {name: variation.written.get((slot.name, number, name)) for name in make.fields}
    written = {name: names.get(text, text) for name, text in texts.items() if text is not None}
    definition = variation.definitions.get(make.type)
    return constructor(make.type, make.fields, written, definition.signature if definition else None)


def _either(call: Call, test: str, otherwise: str) -> Clauses:
    return Clauses(call, (f"if {test}", f"else {otherwise}"))


def _operations(variation: Variation) -> dict[str, Operation]:
    """Every value of `forward`, in an order in which they can be computed."""
    operations: dict[str, Operation] = {}
    for slot in variation.slots.values():
        operations |= {str(name): _choice(variation, str(name)) for name in slot.sources if name in variation.choices}
        operations[slot.name] = _operation(variation, slot)
    output = str(variation.template.output)
    return operations | ({output: _choice(variation, output)} if output in variation.choices else {})


def _choice(variation: Variation, name: str) -> Operation:
    """`first if self.flag else second`, or `second if self.first is None else first(...)`."""
    choice = variation.choices[name]
    flag = variation.takes_first.get(name)
    test = _expression(f"self.{flag}" if flag else f"self.{choice.first} is None")

    def write(inputs: list[ast.expr]) -> ast.expr:
        first, second = inputs
        return ast.IfExp(test, first, second) if flag else ast.IfExp(test, second, first)

    return Operation((choice.first, choice.second), "shortcut", write, deepest_input=1, own_line=True)


def _operation(variation: Variation, slot: Slot) -> Operation:
    sources = tuple(map(str, slot.sources))
    inline = variation.inline(slot)
    if inline is not None:
        values = slot.parts[0].fields

        def fill(inputs: list[ast.expr]) -> ast.expr:
            return inline.fill(inputs, values)

        return Operation(sources, slot.some.role, fill, 1 if len(sources) > 1 else 2, inline.is_operator)
    function = _expression(f"self.{slot.name}")
    pinned = slot.name in variation.nones
    alone = pinned or slot.some.chained or slot.some.ready is not None or _starts_a_line(variation, slot)
    return Operation(
        sources,
        slot.some.role,
        lambda inputs: ast.Call(function, inputs, []),
        deepest_input=0 if alone else 2,
        own_line=slot.some.ready is not None,
        pinned=pinned,
    )


def _starts_a_line(variation: Variation, slot: Slot) -> bool:
    """Whether it is a convolution or a module of several layers, which reads best on a plain variable."""
    return any("Conv" in make.type or make.type in variation.definitions for make in slot.parts.values())


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
