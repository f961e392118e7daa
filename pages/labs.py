"""Labs: why residual networks work, shown on the visitor's network."""

import streamlit as st

from explorer.language import _
from explorer.ui.labs import page
from explorer.ui.labs.shared import prediction_sheet

with st.container(horizontal=True, vertical_alignment="center", key="title"):
    st.markdown(_("## Labs"), width="stretch")
    prediction_sheet.draw_score()
page.draw_lab(page.choose_lab())
