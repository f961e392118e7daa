"""The table of runs: one row each, with its result; a click at the left edge chooses a row."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.language import N_, _
from explorer.runs.events import Finished
from explorer.runs.records import STATES, RunRecord
from explorer.ui.common.tables import in_words
from explorer.ui.train import results
from explorer.ui.train.machines import with_host

MOST_ROWS_SHOWN = 9
"""Rows that are visible at once; a longer table scrolls."""
ROW_PIXELS = 37
"""Height of a row at the theme's font size; a smaller value would cut the last row."""

COLUMNS: dict[str, Any] = {
    **{name: results.COLUMNS[name] for name in ("network", "state", "train_loss", "test_error", "seconds")},
    "dataset": N_("Data set"),
    "steps": results.Number(N_("Steps"), format="localized"),
    "device": results.COLUMNS["device"],
    "seed": results.Number(N_("Seed"), format="%d"),
    "when": st.column_config.DatetimeColumn(N_("When"), format="distance"),
    "race": st.column_config.TextColumn(N_("Comparison"), width=240),
    "reason": st.column_config.TextColumn(N_("Reason"), width="medium"),
}


def history_table(runs: Sequence[RunRecord]) -> pd.DataFrame:
    """One row per run; unknown values are empty."""
    rows = []
    for run in runs:
        result = run.result if isinstance(run.result, Finished) else None
        rows.append(
            {
                "network": run.label,
                "state": _(STATES[run.state].label),
                "dataset": dataset_label(run.dataset),
                "train_loss": result.train_loss if result else None,
                "test_error": result.test_error if result else None,
                "steps": run.step,
                "seconds": result.seconds if result else (run.seconds or None),
                "seed": run.seed,
                "device": with_host(run.device or "", run.host),
                "when": pd.Timestamp(run.created, unit="s", tz="UTC"),
                "race": run.comparison_name,
                "reason": run.reason,
            }
        )
    table = pd.DataFrame(rows)
    return table if table["reason"].any() else table.drop(columns="reason")


def show_runs(runs: Sequence[RunRecord], chosen: Sequence[RunRecord], on_choice: Callable[[list[str]], None]) -> None:
    """Draws the table with `chosen` selected; after a click `on_choice` gets the ids of the selected runs."""
    ids = [run.id for run in runs]
    # Streamlit keeps a selection by row number: other rows need another key, or it would select the wrong runs.
    key = f"runs.table.{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:12]}"

    def take() -> None:
        on_choice([ids[row] for row in st.session_state[key]["selection"]["rows"]])

    st.dataframe(
        history_table(runs),
        hide_index=True,
        key=key,
        placeholder="",
        column_config=in_words(COLUMNS),
        height=ROW_PIXELS * (1 + min(len(runs), MOST_ROWS_SHOWN)) + 3,
        on_select=take,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(run.id) for run in chosen], "columns": [], "cells": []}},
    )
