"""What is changed of a class, and what could not be done."""

from collections.abc import Callable

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.ui.classroom.board import board

TROUBLE = "class.trouble"
"""Key of the message of the last change that could not be made; other parts of the page have keys of their own."""


def change_class(teacher: Teaching, change: Callable[[], object]) -> None:
    """Changes the class, at once for this server's visitors; a callback. Keeps a sentence where it does not work."""
    if attempt(change, TROUBLE):
        board().forget(teacher.class_id)


def attempt(change: Callable[[], object], trouble: str) -> bool:
    """Makes a change; where it does not work, keeps a sentence under the key `trouble` and returns False."""
    try:
        change()
    except (ClassError, StoreError, LauncherError, SettingsError) as error:
        st.session_state[trouble] = str(error)
        return False
    return True


def draw_trouble(key: str = TROUBLE) -> None:
    """Draws why the last change could not be made, once."""
    if trouble := st.session_state.pop(key, ""):
        st.error(trouble, icon=":material/error:")
