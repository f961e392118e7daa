"""The one error of the domain: a choice that cannot be honoured, and the control it belongs to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.model.graph import Graph


class SpecError(ValueError):
    """A field of a specification holds a value that has no meaning there.

    `field` is the JSON name of the offending field, `message` one sentence that says what is wrong and the way out.
    `partial` is the network up to the place that failed, where the failure was found while assembling it.
    """

    def __init__(self, field: str, message: str, partial: "Graph | None" = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.partial = partial

    def __reduce__(self) -> tuple[type["SpecError"], tuple[str, str]]:
        return SpecError, (self.field, self.message)
