"""The sentences with which a process that makes a data set says why there is none."""

import errno

from explorer.datasets.archive import OwnDataError
from explorer.datasets.array_file import DataFileError
from explorer.jobs.errors import SettingsError, StoreError

DISK_FULL = "The disk is full; nothing was kept."
MEMORY_FULL = "Reading this takes more memory than it may; nothing was kept."


def sentence(error: Exception) -> str | None:
    """What the user reads about an error; None for an unexpected one."""
    if isinstance(error, (OwnDataError, StoreError, DataFileError)):
        return str(error)
    if isinstance(error, SettingsError):
        return f"{error.message[:1].upper()}{error.message[1:]}."
    if isinstance(error, MemoryError):
        return MEMORY_FULL
    if isinstance(error, OSError):
        return DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"{error.strerror or error}."
    return None
