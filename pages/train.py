"""Train: contestants race on the same data, live."""

import streamlit as st

from explorer.ui.common import components
from explorer.ui.common.visitor import visitor
from explorer.ui.train import hints, live, page, published, setup_panel

owner = visitor()
shared = page.open_services()
entry = setup_panel.current_entry()
error = page.check(entry)
race = page.chosen_race(shared) if shared else None

with st.sidebar:
    components.fold_controls_when_narrow()
    setup_panel.setup_panel(entry, error)

page.title_row(entry, error, shared, owner, race)
page.messages(entry, error, shared)
if shared and race:
    live.show_race(shared, race, owner)
    hints.show(race.runs)
    published.show(race.runs)
else:
    page.welcome(entry)
if shared:
    page.recent_races(shared, owner, race)

setup_panel.write_link(entry)
