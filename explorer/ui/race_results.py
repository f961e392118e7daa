"""The table of a race's results, and its curves as a file."""

from typing import Any

import pandas as pd
import streamlit as st

from explorer.model import SpecError
from explorer.outputs.published import rows_of
from explorer.runs.events import Finished
from explorer.runs.records import STATES, RaceRecord, RunRecord
from explorer.ui import charts
from explorer.ui.curves import QUANTITIES, RaceCurves
from explorer.ui.entry import contestant_name

SHORT_RUN = 5_000
"""Steps below which a run is called short; He et al. 2015 train for 64,000."""

Number = st.column_config.NumberColumn
COLUMNS: dict[str, Any] = {
    "network": st.column_config.TextColumn("Network", pinned=True),
    "state": "State",
    "steps": Number("Steps", format="localized"),
    "train_loss": Number("Training loss", format="%.4f", help="Cross-entropy, mean over the last ten steps."),
    "test_error": Number("Test error (%)", format="%.1f", help="On all test images, after the last step."),
    "seconds": Number("Seconds", format="%.1f", help="Time of training, without the tests."),
    "images_per_second": Number("Images per second", format="localized"),
    "device": "Trained on",
    "published": st.column_config.TextColumn(
        "Published, long run", help="Test error in the paper after its own, long training on its own data."
    ),
}


def published_error(run: RunRecord) -> str:
    """What a paper reports for the run's network after its long training, with data set and source; else nothing."""
    try:
        name = contestant_name(run.spec)
    except SpecError:
        return ""
    for table, row in rows_of(name):
        if row.top1:
            return f"{row.top1} % on {row.dataset} ({table.name})"
    return ""


def result_table(race: RaceRecord, curves: RaceCurves) -> pd.DataFrame:
    """One row per run; what is not known yet stays empty."""
    names = charts.run_names(race.runs)
    rows: list[dict[str, Any]] = []
    for run in race.runs:
        result = run.result if isinstance(run.result, Finished) else None
        losses = curves.points(run.id, "train_loss")
        rows.append(
            {
                "network": names[run.id],
                "state": STATES[run.state].label,
                "steps": run.step,
                "train_loss": result.train_loss if result else (losses[-1].value if losses else None),
                "test_error": result.test_error if result else None,
                "seconds": result.seconds if result else (run.seconds or None),
                "images_per_second": result.images_per_second if result else None,
                "device": run.device or "",
                "published": published_error(run),
            }
        )
    return pd.DataFrame(rows)


def curve_table(race: RaceRecord, curves: RaceCurves) -> pd.DataFrame:
    """Every point of every curve, one row each."""
    names = charts.run_names(race.runs)
    return pd.DataFrame(
        [
            {"network": names[run.id], "seed": run.seed, "quantity": quantity, **point._asdict()}
            for run in race.runs
            for quantity in QUANTITIES
            for point in curves.points(run.id, quantity)
        ],
        columns=["network", "seed", "quantity", "step", "seconds", "value"],
    )


def show(race: RaceRecord, curves: RaceCurves) -> None:
    """The table, the file, and the caution that a short run deserves."""
    table = result_table(race, curves)
    st.dataframe(table, hide_index=True, key="results", placeholder="", column_config=COLUMNS)
    steps = max(run.steps for run in race.runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download curves (CSV)",
            lambda: curve_table(race, curves).to_csv(index=False),
            file_name=f"race-{race.id[:8]}.csv",
            mime="text/csv",
            key="csv.curves",
            icon=":material/download:",
            on_click="ignore",
        )
        if steps < SHORT_RUN:
            st.caption(
                f"A short run: {steps:,} steps. He et al. 2015 train for 64,000 on larger images;"
                " compare the shapes of the curves, not the errors."
            )
