"""Train: contestants race on the same data, live."""

import streamlit as st

from explorer.ui import race_look, race_page, race_paper, race_setup, race_view, views
from explorer.ui.visitor import visitor

owner = visitor()
shared = race_page.open_services()
entry = race_setup.current_entry()
error = race_page.check(entry)
race = race_page.chosen_race(shared) if shared else None

with st.sidebar:
    views.fold_controls_when_narrow()
    race_setup.setup_panel(entry, error)

race_page.title_row(entry, error, shared, owner, race)
race_page.messages(entry, error, shared)
if shared and race:
    race_view.show_race(shared, race, owner)
    race_look.show(race.runs)
    race_paper.show(race.runs)
else:
    race_page.welcome(entry)
if shared:
    race_page.recent_races(shared, owner, race)

race_setup.write_link(entry)
