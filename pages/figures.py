"""Figures: the papers' printed figures beside exact counts."""

import streamlit as st

from explorer.ui.figures import page

st.markdown("## Published figures")
st.markdown("Every figure as printed in its paper, with table and protocol, and the exact count of the same network.")
page.show_table(page.choose_table())
page.show_weights()
