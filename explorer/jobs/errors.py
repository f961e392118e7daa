"""What can go wrong around a run, each with one sentence that can be shown as it is."""

from explorer.model.errors import FieldError


class SettingsError(FieldError):
    """A setting of a run, or of a probe, is at fault. The message has no full stop: it may stand inside a sentence."""

    @classmethod
    def of(cls, error: FieldError) -> "SettingsError":
        """What a kind of value said, as a setting's error."""
        return cls(error.field, error.message.removesuffix("."))


class StoreError(RuntimeError):
    """The run store cannot be opened, read or written; the text says why and what helps."""


class LostRunError(RuntimeError):
    """A worker reported on a run that is no longer its own (taken back, deleted, or handed to another)."""


class LauncherError(RuntimeError):
    """No worker can be started; the text says why."""
