"""Compare: two to six networks side by side."""

import streamlit as st

from explorer.outputs.tables.comparison import compare as side_by_side
from explorer.ui.common import components
from explorer.ui.compare import page, picture
from explorer.ui.compare import views as compare_panels

entry = page.current_entry()

with st.sidebar:
    components.fold_controls_when_narrow()
    page.setup_panel(entry)

comparison = side_by_side(entry.networks) if len(entry.named_networks) > 1 else None
page.title_row(entry, comparison)
page.messages(entry)
if comparison is None:
    page.invitation(entry)
else:
    picture.picture(entry, comparison)
    compare_panels.views(entry, comparison)

page.write_link(entry)
