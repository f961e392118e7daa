"""The boxes that open a file of weights: one in the view *File*, one that takes a file dropped anywhere on Build."""

import streamlit as st

from explorer.language import _
from explorer.ui.build.opened_file import open_file
from explorer.ui.build.uploads import weights_uploader
from explorer.ui.common import components
from explorer.ui.common.lesson_step import is_locked
from explorer.ui.common.remembered_widgets import VIEW, put

UPLOADS, PROBLEM = "file.uploads", "file.problem"
"""The number of files uploaded, which is part of the boxes' keys, and why the last one could not be opened."""
ANYWHERE = "file.anywhere"


def file_box(name: str) -> None:
    """Draws a box; a file in it is opened, and the view of it shown. None where its network could not be shown."""
    if is_locked("preset"):
        return
    # Another key after each upload: Streamlit then frees the memory of the one before, of which there is a copy.
    key = f"file.{name}.{st.session_state.get(UPLOADS, 0)}"
    weights_uploader(
        _("File of weights"),
        key,
        _("Its kind is told from its content. Larger files: `python -m explorer identify FILE`."),
        on_change=_take,
        args=(key,),
    )


def box_for_anywhere() -> None:
    """A box that is seen only while a file is dragged over the page, and then fills the window (`build.css`)."""
    with st.container(key=ANYWHERE):
        components.show_file_box_when_dragged()
        file_box("dropped")


def _take(key: str) -> None:
    upload = st.session_state[key]
    if upload is not None:
        st.session_state[PROBLEM] = open_file(upload.name, upload.getbuffer())
        st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
        put(VIEW, "File")
