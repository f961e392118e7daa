"""How a value of a page's address is written as text and read from it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from explorer.language import N_, _, sentence
from explorer.model import SpecError, assemble
from explorer.model.errors import FieldError
from explorer.model.field_types import Choice, Flag, Kind, Real, RealList, SomeChoices, Text, Whole, WholeList, shown
from explorer.model.link import NULL, read_value, write_value
from explorer.ui.common.networks import network_spec

ALL = "all"
LONGEST_LIST = 80
"""Characters of a list of choices in a message."""


NOT_ONE_OF = N_("{text} is not one of {options}.")


class AddressType(Protocol):
    """One kind of value."""

    def read(self, name: str, text: str) -> Any:
        """The value of a text. Raises FieldError, with `name` as the field, where it has none."""

    def write(self, value: Any) -> str:
        """The text of a value."""

    def describe(self) -> str:
        """Which values there are, for the documentation."""


def _listed(options: Collection[str]) -> str:
    """The options as a list, cut to a readable length."""
    text = ", ".join(option or _("(empty)") for option in options)
    return text if len(text) <= LONGEST_LIST else f"{text[:LONGEST_LIST].rpartition(',')[0]}, …"


@dataclass(frozen=True)
class Value:
    """A value of one of the model's kinds, with its bounds."""

    kind: Kind

    def read(self, name: str, text: str) -> Any:
        checked = self.kind.check(name, read_value(self.kind, text))
        return list(checked) if isinstance(checked, tuple) else checked

    def write(self, value: Any) -> str:
        return write_value(value)

    def describe(self) -> str:
        kind = self.kind
        if isinstance(kind, Choice):
            return f"one of {_backticks(kind.table)}"
        if isinstance(kind, SomeChoices):
            return f"some of {_backticks(kind.table)}"
        if isinstance(kind, Flag):
            return "`1` or `0`"
        if isinstance(kind, Text):
            return f"a text of at most {kind.longest} characters"
        number = ",g" if isinstance(kind, Real | RealList) else ","
        bounds = f"from {kind.low:{number}} to {kind.high:{number}}"
        if isinstance(kind, WholeList | RealList):
            least = 0 if isinstance(kind, WholeList) and kind.empty else 1
            return f"{least} to {kind.longest} numbers {bounds}, with `-` between them"
        nothing = ", or `null`" if isinstance(kind, Whole) and kind.optional else ""
        return f"a {'whole ' if isinstance(kind, Whole) else ''}number {bounds}{nothing}"


def _backticks(options: Collection[str]) -> str:
    return ", ".join(f"`{option}`" if option else "nothing" for option in options)


class _Unchanged:
    """A value that is its own text."""

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class OneNumber:
    """One of some whole numbers."""

    numbers: tuple[int, ...]

    def read(self, name: str, text: str) -> int:
        number = read_value(Whole(0, 0), text)
        if isinstance(number, int) and number in self.numbers:
            return number
        raise FieldError(name, sentence(NOT_ONE_OF, text=shown(text), options=_listed(list(map(str, self.numbers)))))

    def write(self, value: int) -> str:
        return str(value)

    def describe(self) -> str:
        return f"one of {_backticks(list(map(str, self.numbers)))}"


@dataclass(frozen=True)
class PerhapsNumber:
    """A number between two bounds, or none."""

    low: float
    high: float

    def read(self, name: str, text: str) -> float | None:
        if text in ("", NULL):
            return None
        kind = Real(self.low, self.high)
        return kind.check(name, read_value(kind, text))

    def write(self, value: float | None) -> str:
        return "" if value is None else write_value(value)

    def describe(self) -> str:
        return f"a number from {self.low:,g} to {self.high:,g}, or nothing"


@dataclass(frozen=True)
class OneOf(_Unchanged):
    """One key of a table that is looked up when it is needed."""

    options: Callable[[], Collection[str]]

    def read(self, name: str, text: str) -> str:
        if text in self.options():
            return text
        raise FieldError(name, sentence(NOT_ONE_OF, text=shown(text), options=_listed(self.options())))

    def describe(self) -> str:
        return f"one of {_backticks(self.options())}"


@dataclass(frozen=True)
class SomeOf:
    """Some keys of a table, in the table's order, with `between` between them; `all` for all of them."""

    options: Callable[[], Collection[str]]
    between: str

    def read(self, name: str, text: str) -> list[str]:
        options = list(self.options())
        members = options if text == ALL else text.split(self.between) if text else []
        for member in members:
            if member not in options:
                raise FieldError(name, sentence(NOT_ONE_OF, text=shown(member), options=_listed(options)))
        return [option for option in options if option in members]

    def write(self, value: Collection[str]) -> str:
        options = list(self.options())
        return ALL if set(value) == set(options) else self.between.join(each for each in options if each in value)

    def describe(self) -> str:
        return f"some of {_backticks(self.options())}, with `{self.between}` between them, or `all`"


@dataclass(frozen=True)
class CheckedText(_Unchanged):
    """A text that passes a check; `what` says in words which texts do."""

    fits: Callable[[str], bool]
    what: str

    def read(self, name: str, text: str) -> str:
        if self.fits(text):
            return text
        raise FieldError(name, sentence("{text} is not {what}.", text=shown(text), what=sentence(self.what)))

    def describe(self) -> str:
        return self.what


@dataclass(frozen=True)
class NetworkName(_Unchanged):
    """A known network's name, or a network's link."""

    def read(self, name: str, text: str) -> str:
        try:
            assemble(network_spec(text))
        except SpecError as error:
            raise FieldError(name, error.told) from None
        return text

    def describe(self) -> str:
        return "a [known network's name](presets.md), or the text of a network's own link"
