"""What kind of value a spec field holds, its bounds, and the words for its control: one declaration per field.

Validation, widgets and documentation all read these declarations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.model.errors import SpecError
from explorer.model.variants.base import Variant


@dataclass(frozen=True)
class Choice:
    """One key of a table of variants."""

    table: Mapping[str, Variant]

    def check(self, name: str, value: object) -> str:
        if isinstance(value, str) and value in self.table:
            return value
        raise SpecError(name, f"{shown(value)} is not one of {', '.join(self.table)}.")


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, name: str, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise SpecError(name, f"{shown(value)} is neither true nor false.")


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, both allowed."""

    low: int
    high: int
    step: int = 1

    def check(self, name: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return value
        raise SpecError(name, f"{shown(value)} is not a whole number from {self.low} to {self.high:,}.")


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
        raise SpecError(name, f"{shown(value)} is not a number from {self.low:g} to {self.high:g}.")


@dataclass(frozen=True)
class WholeList:
    """One whole number per stage; `optional` allows null."""

    low: int
    high: int
    longest: int
    optional: bool = False

    def check(self, name: str, value: object) -> tuple[int, ...] | None:
        if value is None and self.optional:
            return None
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= self.longest:
            raise SpecError(name, f"{shown(value)} is not a list of 1 to {self.longest} whole numbers.")
        entry = Whole(self.low, self.high)
        return tuple(entry.check(name, item) for item in value)


Kind = Choice | Flag | Whole | Real | WholeList


@dataclass(frozen=True)
class Control:
    """The words for a field's control, and when the field has an effect."""

    kind: Kind
    label: str
    help: str
    group: str
    matters: Callable[[Any], bool]
    """Whether the field has an effect in the given spec; where it has none its value is kept and ignored."""


def _always(spec: Any) -> bool:
    return True


def control(
    default: object, kind: Kind, label: str, help: str, group: str, matters: Callable[[Any], bool] = _always
) -> Any:
    """A dataclass field that carries its own declaration."""
    return field(default=default, metadata={"control": Control(kind, label, help, group, matters)})


def shown(value: object) -> str:
    """The value as the user wrote it, cut to a readable length."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        return f"this {type(value).__name__}"
    return text if len(text) <= 40 else f"{text[:37]}..."
