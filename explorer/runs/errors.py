"""What can go wrong around a run, each with one sentence that can be shown as it is."""


class SettingsError(ValueError):
    """A training setting holds a value that has no meaning; `field` is its JSON name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[str, str]]:
        return SettingsError, (self.field, self.message)


class StoreError(RuntimeError):
    """The run store cannot be opened, read or written; the text says why and what helps."""


class LostRunError(RuntimeError):
    """A worker reported on a run that is no longer its own (taken back, deleted, or handed to another)."""


class LauncherError(RuntimeError):
    """No worker can be started; the text says why."""
