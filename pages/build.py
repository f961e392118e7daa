"""Build: a network from its controls, drawn and counted."""

import streamlit as st

from explorer.ui.app_frame import run_of_page
from explorer.ui.build import control_panel, pictures, state, summary
from explorer.ui.common import components

state.read_link()
# The column of controls is there from the start, though empty, so that what stands beside it keeps its place.
with st.sidebar:
    components.fold_controls_when_narrow()


@st.fragment
def build() -> None:
    """The whole page: a move reruns this alone, and nothing of what surrounds every page."""
    with run_of_page(""):
        shown = state.shown()
        title, problems, numbers = st.container(), st.container(), st.container(key="numbers")
        badges, tools, picture = st.container(), st.container(), st.container(key="picture")
        details_of_it = st.container()

        # Picture and numbers go out first, together: what changes at every move is not to wait for what mostly stays.
        with picture:
            colours = pictures.overview(shown.network)
        with numbers:
            summary.totals(shown.network, shown.found)
        with problems:
            summary.problem_banner(shown.draft, shown.network)

        state.let_paint(shown)
        # What tables, proofs and the other pages need is loaded while a browser paints the server's first page.
        from explorer.ui.build import header, proof
        from explorer.ui.build import views as details

        with badges:
            proof.badge_line(shown.network)
        with tools:
            pictures.overview_tools(shown.network, colours, shown.draft.file_name)
        with title:
            header.title_row(shown.draft, shown.network)
        with st.sidebar:
            control_panel.control_panel(shown.draft, shown.network)
        with details_of_it:
            details.views(shown.draft, shown.network, shown.found)

        state.write_link()


build()
