"""Build: a network from its controls, drawn and counted."""

import streamlit as st

from explorer.outputs.analysis import analyse
from explorer.ui import details, evidence, header, panel, pictures, state, summary

draft = state.current_draft()
network = state.evaluate_draft(draft)
found = analyse(network.graph)

header.title_row(draft, network)
summary.problem_banner(draft, network)
summary.metric_row(network, found)
evidence.badge_line(network)
pictures.overview(network, details.file_name(draft))

# Numbers and picture go out before the controls, which are many and look the same after a move.
with st.sidebar:
    panel.control_panel(draft, network)

details.tabs(draft, network, found)

state.write_link(draft)
