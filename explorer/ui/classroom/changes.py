"""What a teacher does to the class, and what could not be done."""

from collections.abc import Callable

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import StoreError
from explorer.ui.classroom.board import board

TROUBLE = "class.trouble"
"""Key of the message of the last change that could not be made."""


def change_class(teacher: Teaching, change: Callable[[], object]) -> None:
    """Changes the class, at once for this server's visitors; a callback. Keeps a sentence where it does not work."""
    try:
        change()
    except (ClassError, StoreError) as error:
        st.session_state[TROUBLE] = str(error)
    else:
        board().forget(teacher.class_id)


def draw_trouble() -> None:
    """Draws why the last change could not be made, once."""
    if trouble := st.session_state.pop(TROUBLE, ""):
        st.error(trouble, icon=":material/error:")
