"""First lesson: what a residual is, in six steps."""

import streamlit as st

from explorer.language import _
from explorer.ui.labs.shared import prediction_sheet
from explorer.ui.lesson import page

with st.container(horizontal=True, vertical_alignment="center", key="title"):
    st.markdown(f"## {_(page.TITLE)}", width="stretch")
    page.link_to_lessons()
    prediction_sheet.draw_score()
page.draw()
