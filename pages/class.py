"""Class: a teacher asks, students vote, and what they answered is revealed to all."""

import streamlit as st

from explorer.language import _
from explorer.ui.classroom import page

with st.container(key="title"):
    st.markdown(f"## {_('Class')}")
page.draw()
