"""The fields of the labs' addresses: those that every part has, and short forms for the controls of a part."""

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.model.field_types import Choice, Text
from explorer.ui.common.address import AddressField
from explorer.ui.common.address_types import NetworkName, OneNumber, SomeOf, Value

BETWEEN = ","
NET = AddressField("net", "Network", NetworkName(), "", "Your network, instead of the lab's own.")
RUNS = AddressField(
    "runs",
    "Finished runs",
    Value(Text(150)),
    "",
    "The finished runs whose trained networks are used: their ids, with `,` between them. Not every part uses them.",
)


def choice(name: str, label: str, options: Mapping[str, str], default: str, help: str) -> AddressField:
    """The field of one key of a table from key to label."""
    return AddressField(name, label, Value(Choice(options)), default, help)


def choices(name: str, label: str, options: Mapping[str, str], default: Sequence[str], help: str) -> AddressField:
    """The field of some keys of a table from key to label."""
    return AddressField(name, label, SomeOf(lambda: options, BETWEEN), list(default), help)


def number(name: str, label: str, numbers: Sequence[int], default: int, help: str) -> AddressField:
    """The field of one of some whole numbers."""
    return AddressField(name, label, OneNumber(tuple(numbers)), default, help)


def labels(field: AddressField) -> Mapping[str, Any]:
    """The labels of a choice's or of several choices' options, by key."""
    match field.type:
        case Value(Choice(table)):
            return table
        case SomeOf(options) if isinstance(labelled := options(), Mapping):
            return labelled
    raise TypeError(f"{field.name} is no choice")
