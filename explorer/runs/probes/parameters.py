"""Kinds of probe parameters beyond those of a spec's fields, and the words for their controls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from explorer.model.fields import Flag, Real, Whole
from explorer.runs.errors import SettingsError

__all__ = ["Flag", "Options", "Parameter", "Real", "Reals", "Text", "Whole", "Wholes"]


class Kind(Protocol):
    """Checks a value: gives it back in its own type, or raises a ValueError that names the field."""

    def check(self, name: str, value: object) -> Any:
        """The value, if it is one of this kind."""


@dataclass(frozen=True)
class Options:
    """One key of a table from key to label."""

    labels: Mapping[str, str]

    def check(self, name: str, value: object) -> str:
        if isinstance(value, str) and value in self.labels:
            return value
        raise SettingsError(name, f"{repr(value)[:40]} is not one of {', '.join(self.labels)}")


@dataclass(frozen=True)
class Reals:
    """A list of finite numbers between two bounds, both allowed."""

    low: float
    high: float
    longest: int

    def check(self, name: str, value: object) -> tuple[float, ...]:
        return tuple(Real(self.low, self.high).check(name, each) for each in _entries(name, value, self.longest))


@dataclass(frozen=True)
class Wholes:
    """A list of whole numbers between two bounds, both allowed; may be empty where `empty` says so."""

    low: int
    high: int
    longest: int
    empty: bool = False

    def check(self, name: str, value: object) -> tuple[int, ...]:
        if self.empty and value in ([], ()):
            return ()
        return tuple(Whole(self.low, self.high).check(name, each) for each in _entries(name, value, self.longest))


@dataclass(frozen=True)
class Text:
    """A short text, such as the path of a block."""

    longest: int = 60

    def check(self, name: str, value: object) -> str:
        if isinstance(value, str) and len(value) <= self.longest:
            return value
        raise SettingsError(name, f"a text of at most {self.longest} characters is expected")


@dataclass(frozen=True)
class Parameter:
    """A setting of a probe: what it may be, what it is unless said otherwise, and the words for its control."""

    kind: Kind
    default: Any
    label: str
    help: str


def checked(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Every parameter with a valid value, given or default; a ValueError names the one that is not."""
    for name in given:
        if name not in parameters:
            raise SettingsError(
                str(name)[:40], f"there is no such setting; there are {', '.join(parameters) or 'none'}"
            )
    return {name: each.kind.check(name, given.get(name, each.default)) for name, each in parameters.items()}


def _entries(name: str, value: object, longest: int) -> tuple[object, ...]:
    if isinstance(value, (list, tuple)) and 1 <= len(value) <= longest:
        return tuple(value)
    raise SettingsError(name, f"{repr(value)[:40]} is not a list of 1 to {longest} numbers")
