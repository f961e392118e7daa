"""What varies between the blocks of one class, as constructor arguments and expressions over them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Column = tuple[Any, ...]
"""One value per block; None where the block has no such layer."""

Rows = frozenset[int]
"""Blocks, by number."""

TESTS = ("stride != 1 or in_channels != out_channels", "in_channels != out_channels", "stride != 1")
"""Arguments that tell the blocks apart, in order of preference."""

KINDS: dict[str, str] = {
    "stride": "stride",
    "dilation": "dilation",
    "padding": "dilation",
    "kernel_size": "kernel_size",
}
"""Fields of a kind share an argument where their values agree; other whole numbers are of the kind `number`."""

WIDTHS = {"in_channels", "out_channels", "num_features", "num_channels", "channels"}
"""Fields whose argument is called a width; others are called after the field."""

SHAPES = ("in_channels", "out_channels", "channels")
"""The arguments that are written by position: the block's input and output."""

STARTS: dict[str, Any] = {"stride": 1, "dilation": 1}
"""What an argument of a kind is when it is not given."""


@dataclass(frozen=True)
class Parameter:
    """A constructor argument: its value in each block."""

    name: str
    kind: str
    column: Column
    default: Any = None

    @property
    def type(self) -> str:
        return type(next(value for value in self.column if value is not None)).__name__


def kind_of(field: str, value: object) -> str:
    """The kind of a field that holds `value`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return "width" if field in WIDTHS else KINDS.get(field, "number")
    return type(value).__name__


class Parameters:
    """The arguments of one class. First every varying column is learnt, then each is expressed."""

    def __init__(self, bases: Sequence[tuple[str, Column]]) -> None:
        self.known = [Parameter(name, "width", column) for name, column in bases]
        self.used: set[str] = set()
        self.derived: Counter[str] = Counter()

    def learn(self, slot: str, field: str, column: Column, kind: str, prefix: str = "") -> None:
        """Make a varying column an argument, unless one that is known already gives it."""
        if len({value for value in column if value is not None}) > 1 and self._find(column, kind) is None:
            start = STARTS.get(kind)
            anything = next(value for value in column if value is not None) if start is None else start
            filled = tuple(anything if value is None else value for value in column)
            default = start if start in filled else None
            self.known.append(Parameter(self._fresh_name(slot, field, kind, prefix), kind, filled, default))

    def learn_stride(self, column: Column) -> None:
        """Know the blocks' strides as their shapes show them, unless a layer's own strides are known."""
        if all(parameter.kind != "stride" for parameter in self.known) and len(set(column)) > 1:
            self.known.append(Parameter("stride", "stride", column, default=1))

    def express(self, column: Column, kind: str, *, optional: bool) -> str | None:
        """How the column is written over the arguments; None where it is the same in all blocks.

        Where only some blocks have the layer, an argument that happens to agree says more than the constant.
        """
        constant = len({value for value in column if value is not None}) == 1
        if constant and not (optional and kind in {"stride", "width"}):
            return None
        found = self._find(column, kind)
        if found is None:
            return None
        expression, names = found
        if constant and expression not in names:
            return None
        self.used |= names
        if kind == "width" and expression not in names:
            self.derived[expression] += 1
        return expression

    def condition(self, true: Rows, false: Rows, name: str, *, prefer_stride: bool = False) -> str:
        """A test that holds in the blocks `true` and not in `false`; a new argument `name` where no other can tell."""
        columns = {parameter.name: parameter.column for parameter in self.known}
        for test in reversed(TESTS) if prefer_stride else TESTS:
            names = [part for part in ("stride", "in_channels", "out_channels") if part in test]
            if not all(part in columns for part in names):
                continue
            rows = _holds(names, columns)
            if true <= rows and not false & rows:
                self.used |= set(names)
                return test
        return self._flag(true, false, name)

    def locals(self) -> dict[str, str]:
        """Names for expressions that are written more than once."""
        repeated = [expression for expression, count in self.derived.items() if count > 1]
        names = ["width"] + [f"width{number}" for number in range(2, len(repeated) + 1)]
        taken = {parameter.name for parameter in self.known}
        free = [name for name in names if name not in taken]
        return dict(zip(repeated, free, strict=False))

    def arguments(self) -> list[Parameter]:
        """The arguments in use, those without a default first."""
        used = [parameter for parameter in self.known if parameter.name in self.used]
        return sorted(used, key=lambda parameter: (parameter.default is not None, parameter.kind != "width"))

    def _flag(self, true: Rows, false: Rows, name: str) -> str:
        """An argument that is true and false there; one that exists already, or its opposite, if it can be."""
        for parameter in self.known:
            if parameter.kind == "bool":
                rows = frozenset(row for row, value in enumerate(parameter.column) if value)
                if true <= rows and not false & rows:
                    return parameter.name
                if false <= rows and not true & rows:
                    return f"not {parameter.name}"
        column = tuple(row in true for row in range(len(self.known[0].column)))
        self.known.append(Parameter(name, "bool", column, default=len(true) > len(false)))
        self.used.add(name)
        return name

    def _find(self, column: Column, kind: str) -> tuple[str, set[str]] | None:
        """An expression over the known arguments whose value is the column, and the names in it."""
        kinds = {kind, "width"} if kind == "number" else {kind}
        alike = [parameter for parameter in self.known if parameter.kind in kinds]
        for parameter in alike:
            if _agrees(column, parameter.column):
                return parameter.name, {parameter.name}
        for parameter in reversed(alike):
            expression = _derive(column, parameter) if parameter.type == "int" else None
            if expression is not None:
                return expression, {parameter.name}
        return None

    def _fresh_name(self, slot: str, field: str, kind: str, prefix: str) -> str:
        plain = f"{prefix}{field}"
        if not prefix:
            plain = slot if kind == "float" else "width" if field in WIDTHS else KINDS.get(field, field)
        taken = {parameter.name for parameter in self.known}
        names = [plain, f"{slot}_{field}", *(f"{slot}_{field}{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)


def _holds(names: Sequence[str], columns: dict[str, Column]) -> Rows:
    """The blocks in which the stride is not 1 or the channels change, as far as `names` go."""
    rows = range(len(next(iter(columns.values()))))
    strided = {row for row in rows if "stride" in names and columns["stride"][row] != 1}
    changed = {
        row for row in rows if "in_channels" in names and columns["in_channels"][row] != columns["out_channels"][row]
    }
    return frozenset(strided | changed)


def _agrees(column: Column, known: Column) -> bool:
    return all(value is None or value == other for value, other in zip(column, known, strict=True))


def _derive(column: Column, parameter: Parameter) -> str | None:
    """A multiple, a part or a bounded copy of a known argument."""
    pairs = [(value, known) for value, known in zip(column, parameter.column, strict=True) if value is not None]
    if len(set(pairs)) < 2 or any(known == 0 or value == 0 for value, known in pairs):
        return None
    value, known = pairs[0]
    times, part, most = value // known, known // value or 1, max(value for value, _ in pairs)
    if all(each == times * other for each, other in pairs):
        return f"{parameter.name} * {times}"
    if all(each == other // part for each, other in pairs):
        return f"{parameter.name} // {part}"
    if all(each == min(most, other) for each, other in pairs):
        return f"min({most}, {parameter.name})"
    return None
