"""Figures: what the papers print, beside what is counted here."""

import streamlit as st

from explorer.ui.figures import page

st.markdown("## Published figures")
st.markdown("Every figure as its paper prints it, with table and protocol, beside the exact count of the same network.")
page.show_table(page.choose_table())
page.show_weights()
