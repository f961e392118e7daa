"""Build: a network from its controls, drawn and counted."""

import streamlit as st

from explorer.ui.app_frame import run_of_page
from explorer.ui.build import control_panel, pictures, state, summary
from explorer.ui.common import components

state.read_link()
# The column of controls is opened at once, though empty, so that the content beside it does not move later.
with st.sidebar:
    components.fold_controls_when_narrow()


@st.fragment
def build() -> None:
    """Draws the whole page. As a fragment it runs without the frame that surrounds every page."""
    with run_of_page(""):
        shown = state.shown()
        title, problems, numbers = st.container(), st.container(), st.container(key="numbers")
        badges, tools, picture = st.container(), st.container(), st.container(key="picture")
        views_place = st.container()

        # Picture and numbers are sent first, since they change at every move.
        with picture:
            colours = pictures.overview(shown.network)
        with numbers:
            summary.totals(shown.network, shown.found)
        with problems:
            summary.problem_banner(shown.draft, shown.network)

        state.let_paint(shown)
        # Imported here for speed: the browser paints the first picture in the meantime.
        from explorer.ui.build import header, proof, views

        with badges:
            proof.badge_line(shown.network)
        with tools:
            pictures.overview_tools(shown.network, colours, shown.draft.file_name)
        with title:
            header.title_row(shown.draft, shown.network)
        with st.sidebar:
            control_panel.control_panel(shown.draft, shown.network)
        with views_place:
            views.views(shown.draft, shown.network, shown.found)

        state.write_link()


build()
