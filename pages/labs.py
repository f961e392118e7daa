"""Labs: why residual networks work, shown on the visitor's network."""

import streamlit as st

from explorer.ui.labs import page

st.markdown("## Labs")
page.draw_lab(page.choose_lab())
