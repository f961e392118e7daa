"""The errors of the domain: a choice that cannot be honoured, and the control it belongs to."""

from typing import Any, Self

from explorer.language import Sentence


class FieldError(ValueError):
    """A field holds a value that has no meaning there.

    `field` is the JSON name of the offending field, `message` one sentence that says what is wrong and the way out;
    `told` is the same, and can be translated later.
    """

    def __init__(self, field: str, message: str | Sentence) -> None:
        super().__init__(field, message)
        self.field = field
        self.told = message

    @property
    def message(self) -> str:
        """The sentence in the present language."""
        return str(self.told)

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"

    def __reduce__(self) -> tuple[type[Self], tuple[str, str | Sentence], dict[str, Any]]:
        return type(self), (self.field, self.told), self.__dict__


class SpecError(FieldError):
    """A field of a specification is at fault."""
