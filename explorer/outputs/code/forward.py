"""Prints a `forward` as a person would: short expressions, a new statement for every convolution, telling names."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from explorer.outputs.code.layout import STEP, WIDTH
from explorer.outputs.code.merge import Slot, Source, SourceChoice, Template

NAMES: dict[str, tuple[str, ...]] = {
    "stem": ("x",),
    "head": ("x",),
    "shortcut": ("identity", "skip"),
    "gate": ("gate", "carry"),
    "attention": ("gate", "weight"),
}
"""What the value of a node is called, by the node's role: the first of these that is free, then one of `OTHERS`."""

OTHERS = ("out", "y", "z", "u", "v", "w")

DEEPEST = 3
"""Calls inside each other in one expression."""

INDENT = 2 * STEP


@dataclass(frozen=True)
class Operation:
    """One value in the making: `write` puts the inputs' expressions together."""

    sources: tuple[str, ...]
    role: str
    write: Callable[[list[ast.expr]], ast.expr]
    deepest_input: int
    """How many calls an input's expression may hold inside each other; 0: only a variable."""
    is_operator: bool = False
    own_line: bool = False
    """It gets a statement of its own."""
    pinned: bool = False
    """It must stay inside its reader's expression."""


@dataclass
class _Plan:
    """Which values get a statement of their own (`roots`), and how deep each expression is."""

    operations: Mapping[str, Operation]
    output: str
    roots: set[str] = field(default_factory=set)
    depths: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        uses = [source for operation in self.operations.values() for source in operation.sources]
        self.roots |= {name for name in self.operations if uses.count(name) > 1 or self.operations[name].own_line}
        while not self._measured():
            pass

    def _measured(self) -> bool:
        """Whether all expressions are shallow enough; else a value in the middle of one became a root."""
        self.depths.clear()
        for name, operation in self.operations.items():
            below = [self._depth_below(source, operation) for source in operation.sources]
            self.depths[name] = max(below, default=0) + (not operation.is_operator)
            if self.depths[name] > DEEPEST:
                inner = self._deepest(name)
                self.roots.add(self._deepest(inner) or inner)
                return False
        return True

    def _deepest(self, name: str) -> str:
        """The deepest expression inside another; empty where there are only variables."""
        inner = [source for source in self.operations[name].sources if self.is_inner(source)]
        return max(inner, key=lambda source: self.depths[source], default="")

    def is_inner(self, source: str) -> bool:
        """Whether a value is part of its reader's expression and could have a statement of its own."""
        operation = self.operations.get(source)
        return operation is not None and not operation.pinned and source not in self.roots

    def _depth_below(self, source: str, reader: Operation) -> int:
        if source in self.roots or source not in self.operations:
            return 0
        if self.depths[source] > reader.deepest_input:
            self.roots.add(source)
            return 0
        return self.depths[source]

    def expression(self, name: str, variables: Mapping[str, str]) -> ast.expr:
        """The value's expression, over the variables that hold the values with statements of their own."""
        operation = self.operations[name]
        return operation.write(
            [
                ast.Name(variables[source]) if source in variables else self.expression(source, variables)
                for source in operation.sources
            ]
        )

    def reads(self, name: str) -> Iterator[str]:
        """The roots and arguments that a statement reads; what gates and shortcuts need comes first."""
        for source in reversed(self.operations[name].sources):
            if source in self.roots or source not in self.operations:
                yield source
            else:
                yield from self.reads(source)

    def statements(self) -> list[str]:
        """The roots in the order in which they are computed, the output last."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in self.operations and name not in order:
                for read in self.reads(name):
                    visit(read)
                order.append(name)

        visit(self.output)
        return order


def forward_lines(template: Template, operations: Mapping[str, Operation]) -> list[str]:
    """The body of `forward`: the statements, without indentation."""
    output = template.output
    assert isinstance(output, str)
    if output not in operations:
        return [f"return {output}"]
    plan = _Plan(operations, output)
    while True:
        plan.run()
        lines = _print(plan, template.arguments)
        long = next((name for name, line in lines.items() if INDENT + len(line) > WIDTH), None)
        inner = [] if long is None else [each for each in _inlined(plan, long) if not operations[each].pinned]
        if not inner:
            return list(lines.values())
        plan.roots.add(max(inner, key=lambda name: plan.depths[name]))


def _inlined(plan: _Plan, name: str) -> list[str]:
    """The values that are part of a statement's expression."""
    found = []
    for source in plan.operations[name].sources:
        if source in plan.operations and source not in plan.roots:
            found += [source, *_inlined(plan, source)]
    return found


def _print(plan: _Plan, arguments: tuple[str, ...]) -> dict[str, str]:
    """The line of each statement, by the value it computes."""
    order = plan.statements()
    last_read = {read: position for position, name in enumerate(order) for read in plan.reads(name)}
    variables = {name: name for name in arguments}
    lines: dict[str, str] = {}
    for position, name in enumerate(order):
        text = ast.unparse(plan.expression(name, variables))
        if name == plan.output:
            lines[name] = f"return {text}"
            continue
        live = {variables[read] for read, last in last_read.items() if last > position and read in variables}
        wanted = (*NAMES.get(plan.operations[name].role, ()), *OTHERS, f"value{position}")
        variable = next(each for each in wanted if each not in live)
        variables = {read: held for read, held in variables.items() if held != variable} | {name: variable}
        lines[name] = f"{variable} = {text}"
    return lines


def with_choices(template: Template) -> tuple[Template, dict[str, SourceChoice]]:
    """The template with every choice made a value of its own, and the choices by that value's name."""
    choices: dict[str, SourceChoice] = {}

    def plain(reader: str, place: int, source: Source) -> str:
        if isinstance(source, str):
            return source
        name = f"{reader}?{place}"
        choices[name] = source
        return name

    slots = []
    for slot in template.slots:
        sources = tuple(plain(slot.name, place, source) for place, source in enumerate(slot.sources))
        slots.append(Slot(slot.name, slot.pieces, sources))
    output = plain("", 0, template.output)
    return Template(template.count, tuple(slots), output, template.arguments), choices
