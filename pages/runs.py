"""Runs: what this visitor has trained, to be found again, compared, named, and run once more."""

import streamlit as st

from explorer.ui import race_page, runs_view
from explorer.ui.visitor import visitor

owner = visitor()
shared = race_page.open_services()

with st.container(key="title"):
    st.markdown("## Runs")
if shared:
    runs_view.page(shared, owner, runs_view.current_listing())
