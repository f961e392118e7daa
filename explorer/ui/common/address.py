"""A page's address as a table of typed fields: one table reads it, writes it, bounds it and documents it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.model.errors import FieldError
from explorer.ui.common.address_types import AddressType

Query = Mapping[str, Sequence[str]]
"""The texts of an address by name; a name may be given several times."""
MOST_NAMED, LONGEST_NAME = 3, 30
"""Unknown names that a sentence lists, and the characters of each."""


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


@dataclass(frozen=True)
class ReadAddress:
    """The result of reading an address: the valid values by name, and messages for each field with an invalid one."""

    values: Mapping[str, Any]
    problems: Mapping[str, Sequence[str]]
    labels: Mapping[str, str]
    unknown: Sequence[str] = ()
    """Names in the query that the page does not have."""

    @property
    def warnings(self) -> list[str]:
        """One sentence for each problem."""
        sentences = [
            f"The link's value for “{self.labels[name]}” does not fit: {message}"
            for name, messages in self.problems.items()
            for message in dict.fromkeys(messages)
        ]
        return [*sentences, unknown_names(self.unknown)] if self.unknown else sentences


def unknown_names(names: Sequence[str]) -> str:
    """The sentence on names in a link that a page does not have."""
    listed = ", ".join(repr(name[:LONGEST_NAME]) for name in names[:MOST_NAMED])
    return f"The link sets {listed}, which this version does not know."


@dataclass(frozen=True)
class PageAddress:
    """The fields of one page's address, in the order in which they are written."""

    page: str
    """The page's path; Build's is empty."""
    fields: tuple[AddressField, ...]

    def read(self, query: Query) -> ReadAddress:
        """The values of the names that the query gives. Never raises: what does not fit becomes a message."""
        values: dict[str, Any] = {}
        problems: dict[str, list[str]] = {}
        for field in self.fields:
            if not (texts := list(query.get(field.name, ()))):
                continue
            found, messages = _read_list(field, texts) if field.most else _read_one(field, texts[-1:])
            if messages:
                problems[field.name] = messages
            # A list without any valid value gives the default; a list that is meant to be empty stays empty.
            if found or (field.most and not messages):
                values[field.name] = found if field.most else found[0]
        names = {field.name: field.label for field in self.fields}
        return ReadAddress(values, problems, names, [name for name in query if name not in names])

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


def _read_one(field: AddressField, texts: Sequence[str]) -> tuple[list[Any], list[str]]:
    """The values of the texts that fit, and a message for each of the others."""
    found: list[Any] = []
    messages: list[str] = []
    for text in texts:
        try:
            found.append(field.type.read(field.name, text))
        except FieldError as error:
            messages.append(error.message)
    return found, messages


def _read_list(field: AddressField, texts: Sequence[str]) -> tuple[list[Any], list[str]]:
    assert field.most is not None
    if list(texts) == [""]:
        return [], []
    found, messages = _read_one(field, texts[: 2 * field.most])
    found = list(dict.fromkeys(found))
    if len(found) > field.most or len(texts) > 2 * field.most:
        messages.append(f"it names {len(texts)}; the first {field.most} are used.")
    return found[: field.most], messages
