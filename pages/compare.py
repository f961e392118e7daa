"""Compare: two to six networks side by side."""

import streamlit as st

from explorer.outputs.tables.comparison import compare as side_by_side
from explorer.ui.common import components
from explorer.ui.common.address_bar import show_warnings, write_query
from explorer.ui.compare import page, picture
from explorer.ui.compare import views as compare_panels

setup = page.current_setup()

with st.sidebar:
    components.fold_controls_when_narrow()
    page.setup_panel(setup)

comparison = side_by_side(setup.networks) if len(setup.named_networks) > 1 else None
page.title_row(setup, comparison)
show_warnings(setup.warnings)
if comparison is None:
    page.invitation(setup)
else:
    picture.picture(setup, comparison)
    compare_panels.views(setup, comparison)

write_query(setup.to_query())
