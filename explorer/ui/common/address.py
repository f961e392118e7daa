"""A page's address as a table of typed fields: one table reads it, writes it, bounds it and documents it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.language import _
from explorer.model.errors import FieldError
from explorer.ui.common.address_types import AddressType

Query = Mapping[str, Sequence[str]]
"""The texts of an address by name; a name may be given several times."""
MOST_NAMED, LONGEST_NAME = 3, 30
"""Unknown names, or messages on one name, that a sentence lists, and the characters of each name."""


@dataclass(frozen=True)
class AddressField:
    """One name of a page's address."""

    name: str
    label: str
    type: AddressType
    default: Any
    """The value that the address leaves out."""
    help: str
    most: int | None = None
    """How often the name may be given: its value is then a list. None for a single value, the last one given."""
    identity: Callable[[Any], Hashable] = str
    """What two values of a list have in common where they mean the same: the first one is used."""
    is_control: bool = True
    """Whether a control sets it, which a step of a lesson may lock."""
    sets_others: bool = False
    """Whether its control sets the values of other fields too."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with the value of a field."""

    field: AddressField
    message: str
    way_out: str
    """What is used instead."""

    @property
    def sentence(self) -> str:
        """One sentence that names the field and the way out."""
        message = self.message.rstrip(".?。？")
        return _("The link's value for “{label}” (`{name}`) does not fit: {message}; {way_out}.").format(
            label=_(self.field.label), name=self.field.name, message=message, way_out=self.way_out
        )


def replaced_by_default(field: AddressField, message: str) -> Problem:
    """The problem of a field that gets its default."""
    if field.most:
        return Problem(field, message, _("the default is used"))
    default = field.type.write(field.default)
    return Problem(
        field, message, _("`{default}` is used instead").format(default=default) if default else _("it is left out")
    )


@dataclass(frozen=True)
class ReadAddress:
    """The result of reading an address: the valid values by name, and a problem for each field with an invalid one."""

    values: Mapping[str, Any]
    problems: Mapping[str, Problem]
    unknown: Sequence[str] = ()
    """Names in the query that the page does not have."""

    @property
    def warnings(self) -> list[str]:
        """One sentence for each problem."""
        sentences = [problem.sentence for problem in self.problems.values()]
        return [*sentences, unknown_names(self.unknown)] if self.unknown else sentences


def unknown_names(names: Sequence[str]) -> str:
    """The sentence on names in a link that a page does not have."""
    listed = ", ".join(repr(name[:LONGEST_NAME]) for name in names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        listed = _("{names} and {count} more").format(names=listed, count=len(names) - MOST_NAMED)
    return _("The link sets {names}, which this page does not know; the rest of the link is used.").format(names=listed)


@dataclass(frozen=True)
class PageAddress:
    """The fields of one page's address, in the order in which they are written."""

    page: str
    """The page's path; Build's is empty."""
    fields: tuple[AddressField, ...]

    def read(self, query: Query) -> ReadAddress:
        """The values of the names that the query gives. Never raises: what does not fit becomes a message."""
        values: dict[str, Any] = {}
        problems: dict[str, Problem] = {}
        for field in self.fields:
            if not (texts := list(query.get(field.name, ()))):
                continue
            found, problem = _read_list(field, texts) if field.most else _read_one(field, texts[-1])
            if problem:
                problems[field.name] = problem
            # A list without any valid value gives the default; a list that is meant to be empty stays empty.
            if found or (field.most and not problem):
                values[field.name] = found if field.most else found[0]
        names = {field.name for field in self.fields}
        return ReadAddress(values, problems, [name for name in query if name not in names])

    def write(self, values: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> dict[str, list[str] | str]:
        """The query of these values, without those at their default; `defaults` replaces some of the table's."""
        query: dict[str, list[str] | str] = {}
        for field in self.fields:
            default = (defaults or {}).get(field.name, field.default)
            value = values.get(field.name, default)
            if not field.most:
                query |= {field.name: field.type.write(value)} if value != default else {}
            elif list(value) != list(default):
                query[field.name] = [field.type.write(each) for each in value] or [""]
        return query

    def defaults(self) -> dict[str, Any]:
        """Every field's default; lists are new ones."""
        return {field.name: list(field.default) if field.most else field.default for field in self.fields}


def _read_each(field: AddressField, texts: Sequence[str]) -> tuple[list[Any], list[str]]:
    """The values of the texts that fit, and a message for each of the others."""
    found: list[Any] = []
    messages: list[str] = []
    for text in texts:
        try:
            found.append(field.type.read(field.name, text))
        except FieldError as error:
            messages.append(error.message.rstrip(".。"))
    return found, messages


def _read_one(field: AddressField, text: str) -> tuple[list[Any], Problem | None]:
    found, messages = _read_each(field, [text])
    return found, replaced_by_default(field, messages[0]) if messages else None


def _read_list(field: AddressField, texts: Sequence[str]) -> tuple[list[Any], Problem | None]:
    assert field.most is not None
    if list(texts) == [""]:
        return [], None
    named, messages = _read_each(field, texts[: 2 * field.most])
    once: dict[Hashable, Any] = {}
    for value in named:
        once.setdefault(field.identity(value), value)
    found = list(once.values())
    if len(found) == len(texts) <= field.most:
        return found, None
    messages = list(dict.fromkeys(messages))[:MOST_NAMED]
    if twice := len(named) - len(found):
        messages.append(_("{twice} of {count} mean the same as another").format(twice=twice, count=len(texts)))
    if len(found) > field.most:
        messages.append(
            _("{count} are more than the {most} that there can be").format(count=len(texts), most=field.most)
        )
    if not found:
        return [], replaced_by_default(field, "; ".join(messages))
    used = min(len(found), field.most)
    return found[:used], Problem(
        field, "; ".join(messages), _("the others are used: {used} of {count}").format(used=used, count=len(texts))
    )
