"""The errors of the domain: a choice that cannot be honoured, and the control it belongs to."""

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from explorer.model.graph import Graph


class FieldError(ValueError):
    """A field holds a value that has no meaning there.

    `field` is the JSON name of the offending field, `message` one sentence that says what is wrong and the way out.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.field, self.message)


class SpecError(FieldError):
    """A field of a specification is at fault.

    `partial` is the network up to the place that failed, where the failure was found while assembling it.
    """

    def __init__(self, field: str, message: str, partial: "Graph | None" = None) -> None:
        super().__init__(field, message)
        self.partial = partial
