"""What a control of a field is, and the conditions under which several fields have an effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.model.errors import FieldError, SpecError
from explorer.model.field_types import Kind
from explorer.model.spec_values import SpecValues
from explorer.model.variants.shortcuts import is_plain

MOST_STAGES = 8


def always(values: SpecValues) -> bool:
    """True, whatever the values."""
    return True


def is_residual(values: SpecValues) -> bool:
    """Whether the network has shortcuts."""
    return not is_plain(values)


@dataclass(frozen=True)
class Control:
    """One field: the values that it may have, and the texts of its control."""

    kind: Kind
    label: str
    help: str
    group: str
    """The heading under which the control stands."""
    has_effect: Callable[[SpecValues], bool] = always
    """Whether the field has an effect with the given values; without one its value is kept and ignored."""
    short: str = ""
    """The label of one number of a list, where it is not that of the whole list."""

    def check(self, name: str, value: object) -> Any:
        """The value in its kind's own type. Raises SpecError."""
        try:
            return self.kind.check(name, value)
        except FieldError as error:
            raise SpecError(error.field, error.told) from None
