"""The button that starts the first training, on the start page and in the lesson."""

import streamlit as st

from explorer.language import N_, _
from explorer.ui.common.page_links import open_page
from explorer.ui.common.visitor import visitor

START_TRAINING = N_("Train them now")
TROUBLE = "start.trouble"
"""Key of the message of a training that could not start."""


def draw(place: str) -> None:
    """Draws the button, and why the last click started nothing; `place` begins its key."""
    if st.button(_(START_TRAINING), key=f"{place}.train", type="primary", icon=":material/play_arrow:"):
        _open_training()
    if trouble := st.session_state.pop(TROUBLE, None):
        st.error(trouble, icon=":material/warning:")


def _open_training() -> None:
    """Opens Train with this browser's newest default comparison that runs or is finished, or with a new one."""
    # Imported at the click for speed: the first page needs none of it.
    from explorer.ui.common.services import errors_kept, open_services
    from explorer.ui.train import first_comparison

    shared = open_services()
    if shared is None:
        return
    with errors_kept(TROUBLE):
        comparison = first_comparison.find_or_start(shared, visitor())
        open_page("train", {"race": comparison.id})
