"""Kinds of values that a user may set: which values are allowed, and the message for the others.

The fields of a spec, the settings of a training run and the parameters of an experiment are all declared with these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.language import N_, Sentence, chained, sentence
from explorer.model.errors import FieldError

MOST_NAMED = 40
"""How many keys of a table the message lists at most."""


@dataclass(frozen=True)
class Choice:
    """One key of a table."""

    table: Mapping[str, Any]

    def check(self, name: str, value: object) -> str:
        if isinstance(value, str) and value in self.table:
            return value
        raise FieldError(
            name,
            sentence(
                "{value} is not one of {names}.", value=shown(value), names=", ".join(list(self.table)[:MOST_NAMED])
            ),
        )


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, name: str, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise FieldError(name, sentence("{value} is neither true nor false.", value=shown(value)))


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, both allowed; `usual` allows null too, and is where a switch begins."""

    low: int
    high: int
    step: int = 1
    usual: int | None = None
    in_place_of_list: str = ""
    """What else to do with a second number, where people give two."""

    @property
    def optional(self) -> bool:
        """Whether null is allowed."""
        return self.usual is not None

    def check(self, name: str, value: object) -> int | None:
        return None if value is None and self.optional else self.number(name, value)

    def number(self, name: str, value: object) -> int:
        """The value where it is such a number. Raises FieldError."""
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return value
        problem = sentence(
            "{value} is not a whole number from {low} to {high}.",
            value=shown(value),
            low=str(self.low),
            high=format(self.high, ","),
        )
        if isinstance(value, list | tuple):
            instead = sentence(self.in_place_of_list)
            problem = sentence("one number is expected{instead}; {problem}", instead=instead, problem=problem)
        raise FieldError(name, problem)


@dataclass(frozen=True)
class Real:
    """A finite number between two bounds, both allowed."""

    low: float
    high: float
    step: float = 0.05

    def check(self, name: str, value: object) -> float:
        # The comparison also refuses NaN, the infinities, and integers too large for a float.
        if isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high:
            return float(value)
        raise FieldError(
            name,
            sentence(
                "{value} is not a number from {low} to {high}.",
                value=shown(value),
                low=format(self.low, "g"),
                high=format(self.high, "g"),
            ),
        )


@dataclass(frozen=True)
class WholeList:
    """Up to `longest` whole numbers; `optional` allows null, and `empty` a list of none."""

    low: int
    high: int
    longest: int
    optional: bool = False
    empty: bool = False
    entry: str = "stage"
    """What each number belongs to."""
    usual: int | None = None
    """What the numbers after the first are in a list that a switch begins; None: the lowest, as the first."""

    def check(self, name: str, value: object) -> tuple[int, ...] | None:
        if value is None and self.optional:
            return None
        entry = Whole(self.low, self.high)
        return tuple(entry.number(name, item) for item in _items(name, value, self.longest, empty=self.empty))


@dataclass(frozen=True)
class RealList:
    """Up to `longest` finite numbers between two bounds, both allowed; at least one."""

    low: float
    high: float
    longest: int

    def check(self, name: str, value: object) -> tuple[float, ...]:
        entry = Real(self.low, self.high)
        return tuple(entry.check(name, item) for item in _items(name, value, self.longest, empty=False))


@dataclass(frozen=True)
class SomeChoices:
    """One or more keys of a table, each once, in the table's order."""

    table: Mapping[str, Any]

    def check(self, name: str, value: object) -> tuple[str, ...]:
        chosen = [Choice(self.table).check(name, item) for item in _items(name, value, len(self.table), empty=False)]
        return tuple(key for key in self.table if key in chosen)


@dataclass(frozen=True)
class Text:
    """A short text, such as the path of a block."""

    longest: int = 60

    def check(self, name: str, value: object) -> str:
        if isinstance(value, str) and len(value) <= self.longest:
            return value
        raise FieldError(name, sentence("a text of at most {count} characters is expected.", count=str(self.longest)))


Kind = Choice | SomeChoices | Flag | Whole | Real | WholeList | RealList | Text
"""`check(name, value)` gives the value in its own type, or raises FieldError, which names the field."""


def either(names: Sequence[str]) -> Sentence | str:
    """The names as a choice: `a or b`."""
    return chained(N_("{one} or {others}"), names)


def shown(value: object) -> str:
    """The value as the user wrote it, cut to a readable length."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        return f"this {type(value).__name__}"
    return text if len(text) <= 40 else f"{text[:37]}..."


def _items(name: str, value: object, longest: int, *, empty: bool) -> tuple[object, ...]:
    least = 0 if empty else 1
    if isinstance(value, list | tuple) and least <= len(value) <= longest:
        return tuple(value)
    raise FieldError(
        name,
        sentence(
            "{value} is not a list of {least} to {most} values.",
            value=shown(value),
            least=str(least),
            most=str(longest),
        ),
    )
