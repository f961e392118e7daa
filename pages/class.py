"""Class: a teacher asks, students vote, what they answered is revealed to all; they train together."""

import streamlit as st

from explorer.language import _
from explorer.ui.classroom import page
from explorer.ui.shared_runs import student, teacher

with st.container(key="title"):
    st.markdown(f"## {_('Class')}")
page.draw(page.Experiment(teacher.draw, student.draw))
