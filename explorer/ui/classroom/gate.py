"""Where the server's operator wants it, only visitors in a class may start trainings and computations."""

from explorer.classes.access import class_only
from explorer.jobs.errors import LauncherError, StoreError
from explorer.language import N_, _
from explorer.ui.classroom.membership import is_in_a_class

CLOSED = N_(
    "On this server only visitors in a class can start trainings and computations. Join your class on the page *Class*,"
    " then come back."
)


def refusal() -> str:
    """Why this visitor may start nothing, as a sentence; empty where nothing is in the way."""
    if not class_only():
        return ""
    try:
        return "" if is_in_a_class() else _(CLOSED)
    except StoreError as error:
        return str(error)


def require_access() -> None:
    """Returns where this visitor may start a training. Raises LauncherError with the sentence of `refusal`."""
    if message := refusal():
        raise LauncherError(message)
