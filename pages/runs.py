"""Runs: the visitor's trainings, to be found, compared, renamed and repeated."""

import streamlit as st

from explorer.ui.common.visitor import visitor
from explorer.ui.runs import page as runs_page
from explorer.ui.train import page as train_page

owner = visitor()
shared = train_page.open_services()

with st.container(key="title"):
    st.markdown("## Runs")
if shared:
    runs_page.page(shared, owner, runs_page.current_listing())
