"""The errors of the domain: a choice that cannot be honoured, and the control it belongs to."""

from typing import Any, Self


class FieldError(ValueError):
    """A field holds a value that has no meaning there.

    `field` is the JSON name of the offending field, `message` one sentence that says what is wrong and the way out.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    def __reduce__(self) -> tuple[type[Self], tuple[str, str], dict[str, Any]]:
        return type(self), (self.field, self.message), self.__dict__


class SpecError(FieldError):
    """A field of a specification is at fault."""
