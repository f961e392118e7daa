"""Runs: the visitor's trainings, to be found, compared, renamed and repeated."""

import streamlit as st

from explorer.language import _
from explorer.ui.common.services import open_services
from explorer.ui.common.visitor import visitor
from explorer.ui.runs import page as runs_page

owner = visitor()
shared = open_services()

with st.container(key="title"):
    st.markdown(_("## Runs"))
if shared:
    runs_page.page(shared, owner, runs_page.current_listing())
