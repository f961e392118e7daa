"""Train: networks are trained on the same data, live."""

import streamlit as st

from explorer.ui.common import components
from explorer.ui.common.services import open_services
from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared import predict
from explorer.ui.shared_runs import put
from explorer.ui.train import hints, kept, live, page, published, question, setup_panel, share, verdict

predict.set_place("Train")
owner = visitor()
shared = open_services()
setup = setup_panel.current_setup()
error = page.check(setup)
comparison = page.chosen_comparison(shared) if shared else None

with st.sidebar:
    components.fold_controls_when_narrow()
    setup_panel.setup_panel(setup, error)

page.title_row(setup, error, shared, owner, comparison)
page.messages(setup, error, shared)
put.draw_button(share.setup_of_comparison(comparison) if comparison else setup)
if shared and comparison and not comparison.was_trained:
    kept.show_kept(comparison)
elif shared and comparison:
    asked = question.question_of(share.setup_of_comparison(comparison))
    if asked is not None:
        predict.draw_question(asked)
    is_answered = asked is None or predict.is_answered(asked)
    live.show_comparison(shared, comparison, owner, is_answered)
    if is_answered:
        hints.show_hints(comparison.runs)
    if asked is not None and not comparison.active:
        predict.draw_seen(asked, verdict.outcomes(comparison.runs))
    if is_answered:
        published.show_published(comparison.runs)
else:
    page.welcome(setup, shared)
if shared:
    page.recent_comparisons(shared, owner, comparison)

setup_panel.write_address(setup)
