"""The parameters of an experiment: the kind, the default and the texts of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.jobs.errors import SettingsError
from explorer.model.errors import FieldError
from explorer.model.field_types import Kind


@dataclass(frozen=True)
class Parameter:
    """One parameter: its kind with bounds, its default, and the label and help of its control."""

    kind: Kind
    default: Any
    label: str
    help: str


def checked(parameters: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Every parameter with a valid value, given or default; SettingsError on the one that is not."""
    for name in given:
        if name not in parameters:
            raise SettingsError(
                str(name)[:40], f"there is no such setting; there are {', '.join(parameters) or 'none'}"
            )
    try:
        return {name: each.kind.check(name, given.get(name, each.default)) for name, each in parameters.items()}
    except FieldError as error:
        raise SettingsError.of(error) from None
