"""Figures: the papers' printed figures beside exact counts."""

import streamlit as st

from explorer.language import _
from explorer.ui.figures import page

st.markdown(_("## Published figures"))
st.markdown(
    _("Every figure as printed in its paper, with table and protocol, and the exact count of the same network.")
)
page.show_table(page.choose_table())
page.show_weights()
