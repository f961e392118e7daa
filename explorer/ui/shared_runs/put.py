"""The button on Train that takes its networks and settings to the class."""

import streamlit as st

from explorer.jobs.errors import StoreError
from explorer.language import N_, _
from explorer.ui.classroom import membership
from explorer.ui.classroom.invitation import PAGE
from explorer.ui.common.page_links import open_page
from explorer.ui.shared_runs import setup
from explorer.ui.train.setup import TrainingSetup

PUT = N_("Put this to the class")
PUT_HELP = N_("Opens the page Class with these networks and settings, for a run in which each seat trains a seed.")


def draw_button(wanted: TrainingSetup | None) -> None:
    """Draws the button for the teacher of a class; nothing for everybody else."""
    try:
        if wanted is None or membership.teaching() is None:
            return
    except StoreError:
        return
    if st.button(_(PUT), key="class.shared.put", icon=":material/groups:", help=_(PUT_HELP)):
        st.session_state[setup.ADDRESS] = setup.as_text(wanted)
        open_page(PAGE, {})
