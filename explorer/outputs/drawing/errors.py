"""The one error of drawing."""


class DrawingError(ValueError):
    """A picture that cannot be made.

    `field` is the option at fault (`level`, `format`, `block`), `message` one sentence that says why and the way out.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
