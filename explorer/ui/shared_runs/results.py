"""The table of a shared run: how many runs there are of each network and cell, and medians over the finished ones."""

from collections.abc import Sequence
from statistics import median
from typing import Any

import pandas as pd
import streamlit as st

from explorer.language import N_, _
from explorer.runs.events import Finished
from explorer.runs.records import RunRecord
from explorer.shared_runs.band import count, quartiles
from explorer.shared_runs.bounds import FEWEST_FOR_BAND
from explorer.ui.common.run_names import network_names, same_but_seed
from explorer.ui.common.tables import in_words

Number = st.column_config.NumberColumn
COLUMNS: dict[str, Any] = {
    "network": st.column_config.TextColumn(N_("Network"), pinned=True),
    "finished": Number(N_("Finished"), help=N_("Seeds over which the medians are taken.")),
    "running": Number(N_("Running")),
    "waiting": Number(N_("Waiting")),
    "diverged": Number(N_("Diverged"), help=N_("They have no loss at the end, so no median counts them.")),
    "train_loss": Number(
        N_("Training loss, median"), format="%.4f", help=N_("Cross-entropy, mean over each run's last ten steps.")
    ),
    "quartiles": st.column_config.TextColumn(
        N_("25 % to 75 %"), help=N_("Quartiles of the training loss, from 4 finished seeds on.")
    ),
    "test_error": Number(N_("Test error (%), median"), format="%.1f", help=N_("On all test images, at the end.")),
}


def result_table(runs: Sequence[RunRecord]) -> pd.DataFrame:
    """One row for each network of each cell; values of what has not finished are empty."""
    groups = same_but_seed(runs)
    rows = [{"network": name, **_row(group)} for group, name in zip(groups, network_names(groups), strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(group: Sequence[RunRecord]) -> dict[str, Any]:
    counted = count(group)
    ends = [run.result for run in group if isinstance(run.result, Finished)]
    losses = [end.train_loss for end in ends]
    low, high = (f"{each:.4f}" for each in quartiles(losses)) if len(losses) >= FEWEST_FOR_BAND else ("", "")
    between = _("{low} to {high}").format(low=low, high=high) if low else ""
    return {
        "finished": counted.finished,
        "running": counted.running,
        "waiting": counted.waiting,
        "diverged": counted.diverged,
        "train_loss": median(losses) if losses else None,
        "quartiles": between,
        "test_error": median(end.test_error for end in ends) if ends else None,
    }


def draw_table(runs: Sequence[RunRecord]) -> None:
    """Draws the table."""
    table = result_table(runs)
    st.dataframe(table, hide_index=True, key="class.shared.table", placeholder="", column_config=in_words(COLUMNS))
