"""What is asked of a shared run, and what could not be done."""

from collections.abc import Callable

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.ui.common.services import services
from explorer.ui.shared_runs import board

TROUBLE = "class.shared.trouble"
"""Key of the message of the last change that could not be made."""


def change(class_id: str, make: Callable[[], object]) -> None:
    """Makes a change, at once for this server's visitors; a callback. Keeps a sentence where it does not work."""
    try:
        make()
        board.forget(class_id)
        services().launcher.wake()
    except (ClassError, StoreError, LauncherError, SettingsError) as error:
        st.session_state[TROUBLE] = str(error)


def draw_trouble() -> None:
    """Draws why the last change could not be made, once."""
    if trouble := st.session_state.pop(TROUBLE, ""):
        st.error(trouble, icon=":material/error:")
