"""The declaration of a spec field: its kind of value, and the words for its control.

Validation, widgets and documentation all read these declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.model.errors import FieldError, SpecError
from explorer.model.field_types import Choice, Flag, Kind, Real, Whole, WholeList, shown

__all__ = ["Choice", "Control", "Flag", "Kind", "Real", "Whole", "WholeList", "control", "shown"]


@dataclass(frozen=True)
class Control:
    """The words for a field's control, and when the field has an effect."""

    kind: Kind
    label: str
    help: str
    group: str
    has_effect: Callable[[Any], bool]
    """Whether the field has an effect in the given spec; where it has none its value is kept and ignored."""

    def check(self, name: str, value: object) -> Any:
        """The value in its kind's own type. Raises SpecError."""
        try:
            return self.kind.check(name, value)
        except FieldError as error:
            raise SpecError(error.field, error.message) from None


def _always(spec: Any) -> bool:
    return True


def control(
    default: object, kind: Kind, label: str, help: str, group: str, has_effect: Callable[[Any], bool] = _always
) -> Any:
    """A dataclass field that carries its own declaration."""
    return field(default=default, metadata={"control": Control(kind, label, help, group, has_effect)})
