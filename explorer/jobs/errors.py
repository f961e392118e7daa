"""What can go wrong around a run, each with one sentence that can be shown as it is."""

from explorer.language import Sentence, Text
from explorer.model.errors import FieldError


class SettingsError(FieldError):
    """A setting of a run or of an experiment is invalid. The message has no full stop: it can be part of a sentence."""

    @classmethod
    def of(cls, error: FieldError) -> "SettingsError":
        """The error of a value's type as a setting's error."""
        return cls(error.field, error.told)

    @property
    def message(self) -> str:
        """The sentence in the present language, without its full stop."""
        return super().message.removesuffix(".").removesuffix("。")


def text_of(error: Exception) -> Text:
    """What an exception says, to be told later, in the language of whoever reads it; a field stands before it."""
    if isinstance(error, FieldError):
        return Sentence("{field}: {message}", {"field": error.field, "message": error.told})
    return next((each for each in error.args if isinstance(each, Sentence)), str(error))


class StoreError(RuntimeError):
    """The run store cannot be opened, read or written; the text says why and what helps."""


class LostRunError(RuntimeError):
    """A worker reported on a run that is no longer its own (taken back, deleted, or handed to another)."""


class LauncherError(RuntimeError):
    """No worker can be started; the text says why."""
