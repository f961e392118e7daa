"""Class: a teacher asks, students vote, and what they answered is revealed to all."""

import streamlit as st

from explorer.ui.classroom import page

with st.container(key="title"):
    st.markdown("## Class")
page.draw()
