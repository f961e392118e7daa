"""Figures: what the papers print, beside what is counted here."""

import streamlit as st

from explorer.ui import figures

st.markdown("## Published figures")
st.markdown("Every figure as its paper prints it, with table and protocol, beside the exact count of the same network.")
figures.show_table(figures.choose_table())
figures.show_weights()
