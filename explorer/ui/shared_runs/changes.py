"""What is changed of a shared run, and what could not be done."""

from collections.abc import Callable

from explorer.ui.classroom.changes import attempt
from explorer.ui.common.services import services
from explorer.ui.shared_runs import board

TROUBLE = "class.shared.trouble"
"""Key of the message of the last change that could not be made."""


def change(class_id: str, make: Callable[[], object]) -> None:
    """Makes a change, at once for this server's visitors; a callback. Keeps a sentence where it does not work."""

    def make_known() -> None:
        make()
        board.forget(class_id)
        services().launcher.wake()

    attempt(make_known, TROUBLE)
