"""What can go wrong in a class, each with one sentence that can be shown as it is."""

from explorer.language import Text, told


class ClassError(ValueError):
    """A class, a question or an answer is not as it should be; the text says why and what helps."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.told = text

    def __str__(self) -> str:
        return told(self.told)


class WrongCodeError(ClassError):
    """No class has this code, or its class is over."""


class TooManyGuessesError(ClassError):
    """Too many wrong codes, keys or passwords came within a short time."""
