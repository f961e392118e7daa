"""Compare: two to six networks side by side."""

import streamlit as st

from explorer.outputs.comparison import compare as side_by_side
from explorer.ui import compare, compare_panels, compare_picture, views

entry = compare.current_entry()

with st.sidebar:
    views.fold_controls_when_narrow()
    compare.setup_panel(entry)

comparison = side_by_side(entry.networks) if len(entry.contestants) > 1 else None
compare.title_row(entry, comparison)
compare.messages(entry)
if comparison is None:
    compare.invitation(entry)
else:
    compare_picture.picture(entry, comparison)
    compare_panels.views(entry, comparison)

compare.write_link(entry)
