"""The table of a comparison's results, and its files: the table as CSV, Markdown and LaTeX, the curves as CSV."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from explorer.language import N_, _
from explorer.outputs import formatting
from explorer.outputs.tables.table import Cell, Table
from explorer.runs.events import Finished
from explorer.runs.records import STATES, RunRecord, TrainingComparison
from explorer.ui.common import run_names
from explorer.ui.common.downloads import file_buttons
from explorer.ui.common.tables import csv_button, in_words
from explorer.ui.train import verdict
from explorer.ui.train.curves.curves import QUANTITIES, RunCurves, TrainingCurves
from explorer.ui.train.machines import with_host
from explorer.ui.train.published import printed_rows

SHORT_RUN = 5_000
"""Steps below which a run is called short; He et al. 2015 train for 64,000."""

Number = st.column_config.NumberColumn
COLUMNS: dict[str, Any] = {
    "network": st.column_config.TextColumn(N_("Network"), pinned=True),
    "state": N_("State"),
    "steps": Number(N_("Steps"), format="localized"),
    "train_loss": Number(N_("Training loss"), format="%.4f", help=N_("Cross-entropy, mean over the last ten steps.")),
    "test_error": Number(N_("Test error (%)"), format="%.1f", help=N_("On all test images, after the last step.")),
    "seconds": Number(N_("Seconds"), format="%.1f", help=N_("Training time without the tests.")),
    "images_per_second": Number(
        N_("Images per second"),
        format="%.0f",
        help=N_("Training images per second, without the tests; while a run is active, over the last readings."),
    ),
    "memory": Number(
        N_("Peak memory (MiB)"),
        format="%.0f",
        help=N_("On CUDA of the graphics card, otherwise of the worker process."),
    ),
    "device": st.column_config.TextColumn(N_("Trained on"), width=150),
    "published": st.column_config.TextColumn(
        N_("Published"),
        help=N_("Test error in the paper, after long training on the paper's data; the table below has the sources."),
    ),
}


def result_table(comparison: TrainingComparison, curves: TrainingCurves) -> pd.DataFrame:
    """One row per run; unknown values are empty."""
    names = run_names.run_names(comparison.runs)
    rows = [{"network": names[run.id], **_numbers(run, curves.of(run.id))} for run in comparison.runs]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(run: RunRecord, curves: RunCurves) -> dict[str, Any]:
    result = run.result if isinstance(run.result, Finished) else None
    losses = curves.points["train_loss"]
    published = [
        _("{error} % on {dataset}").format(error=row.top1, dataset=row.dataset)
        for _table, row in printed_rows(run.spec_json)
    ]
    memory = (result.peak_memory_bytes if result else 0) or curves.memory_bytes
    return {
        "state": _(STATES[run.state].label),
        "steps": run.step,
        "train_loss": result.train_loss if result else (losses[-1].value if losses else None),
        "test_error": result.test_error if result else None,
        "seconds": result.seconds if result else (run.seconds or None),
        "images_per_second": result.images_per_second if result else curves.pace.images_a_second,
        "memory": memory / 2**20 if memory else None,
        "device": with_host(run.device or "", run.host),
        "published": published[0] if published else "",
    }


SUMS = {"train_loss": "Training loss", "test_error": "Test error (%)", "seconds": "Seconds"}
"""Columns of the results that are summarised over seeds."""


def seeds_table(comparison: TrainingComparison, table: pd.DataFrame) -> pd.DataFrame:
    """One row per network: mean, smallest and largest of each number over the seeds that have finished."""
    places = {run.id: place for place, run in enumerate(comparison.runs)}
    groups = run_names.same_but_seed(comparison.runs)
    rows: list[dict[str, Any]] = []
    for group, name in zip(groups, run_names.network_names(groups), strict=True):
        ended = table.iloc[[places[run.id] for run in group if run.state == "finished"]]
        seeds = _("{part} of {whole}").format(part=len(ended), whole=len(group))
        row: dict[str, Any] = {_("Network"): name, _("Seeds"): seeds}
        for key, label in SUMS.items():
            values = ended[key].astype(float)
            digits = ".4f" if key == "train_loss" else ".1f"
            mean, low, high = (f"{each:{digits}}" for each in (values.mean(), values.min(), values.max()))
            row[_(label)] = _("{mean} ({low} to {high})").format(mean=mean, low=low, high=high) if len(ended) else ""
        rows.append(row)
    return pd.DataFrame(rows)


def as_table(frame: pd.DataFrame, title: str, labels: Sequence[str]) -> Table:
    """The frame as a `Table` of the outputs, from which files are made."""
    cells: list[tuple[Cell, ...]] = [
        tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)
    ]
    return Table(title, tuple(map(str, frame.columns)), tuple(labels), tuple(cells))


def curve_table(comparison: TrainingComparison, curves: TrainingCurves) -> pd.DataFrame:
    """Every point of every curve, one row each."""
    names = run_names.run_names(comparison.runs)
    return pd.DataFrame(
        [
            {"network": names[run.id], "seed": run.seed, "quantity": quantity, **point._asdict()}
            for run in comparison.runs
            for quantity in QUANTITIES
            for point in curves.points(run.id, quantity)
        ],
        columns=["network", "seed", "quantity", "step", "seconds", "value"],
    )


def show_results(comparison: TrainingComparison, curves: TrainingCurves) -> None:
    """Draws the table, its files, and a caution where the runs are short."""
    table = result_table(comparison, curves)
    st.markdown("#### " + _("Results"))
    if not comparison.active and (said := verdict.sentences(verdict.outcomes(comparison.runs))):
        with st.container(key="verdict"):
            st.markdown("\n".join(f"- {sentence}" for sentence in said))
    # One machine stands in the line below the curves; a column is worth its room where there are several.
    hidden = {"device": None} if table["device"].nunique() < 2 else {}
    st.dataframe(table, hide_index=True, key="results", placeholder="", column_config=in_words(COLUMNS) | hidden)
    if len({run.seed for run in comparison.runs}) > 1:
        st.dataframe(seeds_table(comparison, table), hide_index=True, key="results.seeds", placeholder="")
        st.caption(_("Mean over the seeds that have finished; in brackets the smallest and the largest value."))
    _files(comparison, curves, table)
    steps = max(run.steps for run in comparison.runs)
    if steps < SHORT_RUN:
        st.caption(
            _(
                "A short run: {steps} steps. He et al. 2015 train for 64,000 on larger images;"
                " compare the shapes of the curves, not the errors."
            ).format(steps=formatting.whole(steps))
        )


def _files(comparison: TrainingComparison, curves: TrainingCurves, table: pd.DataFrame) -> None:
    labels = [column if isinstance(column, str) else column["label"] for column in COLUMNS.values()]
    whole = as_table(table, comparison.name, [str(label) for label in labels])
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        file_buttons(
            whole,
            "results",
            f"race-{comparison.id[:8]}",
        )
        csv_button(
            lambda: curve_table(comparison, curves),
            f"race-{comparison.id[:8]}-curves.csv",
            "csv.curves",
            label=_("Curves (CSV)"),
            type="tertiary",
            help=_("Every point of every curve"),
        )
