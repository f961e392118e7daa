"""Labs: why residual networks work, shown on the network in hand."""

import streamlit as st

from explorer.ui.labs import page

st.markdown("## Labs")
page.draw_lab(page.choose_lab())
