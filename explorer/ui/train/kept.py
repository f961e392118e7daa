"""A file's kept weights on Train, which were not trained here: what can be done with them, in place of curves."""

import streamlit as st

from explorer.language import _
from explorer.runs.records import TrainingComparison
from explorer.ui.common.remembered_widgets import pressed
from explorer.ui.labs.shared.finished_runs import labs_popover
from explorer.ui.train.setup import TrainingSetup, fine_tuning_of
from explorer.ui.train.setup_panel import COMPARISON, SETUP


def show_kept(comparison: TrainingComparison) -> None:
    """Says where the weights are from, and offers to train from them and to use them in labs."""
    run = comparison.runs[0]
    st.info(_("{reason} There are no curves to show.").format(reason=run.reason), icon=":material/inventory:")
    setup = fine_tuning_of(run)
    with st.container(horizontal=True, key="kept"):
        st.button(
            _("Fine-tune from these weights"),
            key="kept.train",
            icon=":material/model_training:",
            **{"disabled": setup is None}
            | pressed(
                *(_set_up, setup),
                sets=("net", "start_from"),
                help=_("Puts the network and its weights into the controls on the left; then start the training."),
            ),
        )
        labs_popover([run])


def _set_up(setup: TrainingSetup) -> None:
    st.session_state[SETUP] = setup
    st.session_state.pop(COMPARISON, None)
