"""Build: a network from its controls, drawn and counted."""

import streamlit as st

from explorer.ui.app_frame import run_of_page
from explorer.ui.build import control_panel, opened_file, pictures, state, summary
from explorer.ui.common import components
from explorer.ui.common.address_bar import show_warnings

state.read_link()
opened_file.take_answer()
# The column of controls is opened at once, though empty, so that the content beside it does not move later.
with st.sidebar:
    components.fold_controls_when_narrow()


@st.fragment
def build() -> None:
    """Draws the whole page. As a fragment it runs without the frame that surrounds every page."""
    with run_of_page(""):
        current = state.evaluated_draft()
        title, problems, numbers = st.container(), st.container(), st.container(key="numbers")
        badges, tools, picture = st.container(), st.container(), st.container(key="picture")
        view_problems, views_place = st.container(), st.container()

        # Picture and numbers are sent first, since they change at every move.
        with picture:
            colours = pictures.overview(current.network)
        with numbers:
            summary.totals(current.network, current.network.analysis)
        with problems:
            summary.problem_banner(current.draft, current.network)

        state.wait_until_painted(current)
        # Imported here for speed: the browser paints the first picture in the meantime.
        from explorer.ui.build import file_box, header, proof, views

        with badges:
            proof.badge_line(current.network)
        with tools:
            pictures.overview_tools(current.network, colours, current.draft.file_name)
        with title:
            header.title_row(current.draft, current.network)
        with st.sidebar:
            control_panel.control_panel(current.draft, current.network)
        with view_problems:
            show_warnings(state.view_warnings())
        with views_place:
            views.views(current.draft, current.network, current.network.analysis)
        file_box.box_for_anywhere()

        state.write_link()


build()
