"""The one error of drawing."""


class DrawingError(ValueError):
    """A picture that cannot be made; the message is one sentence that says why and the way out."""
