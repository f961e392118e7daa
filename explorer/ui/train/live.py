"""A comparison live: its curves, the progress of its runs, heat maps by depth, and the table of results."""

import time
from collections.abc import Sequence

import streamlit as st

from explorer.jobs.errors import StoreError
from explorer.runs.records import RunRecord, TrainingComparison
from explorer.ui.common import chart_downloads, components, run_names, theme
from explorer.ui.common.plotly_asset import plotly_address
from explorer.ui.common.services import Services
from explorer.ui.train import progress, published, results
from explorer.ui.train.curves import heatmaps
from explorer.ui.train.curves.axes import AXES
from explorer.ui.train.curves.chart import ChartView, comparison_chart
from explorer.ui.train.curves.curves import ALL_KINDS, QUANTITIES, TrainingCurves

CURVES = "train.curves"
REFRESH_SECONDS = 1.0
BANDS = (
    "One line for each network: the mean over its seeds, with a band from the smallest to the largest value. The band"
    " is taken over the runs that have come that far. When this is off, every run has its own line."
)


def show_comparison(services: Services, comparison: TrainingComparison, owner: str) -> None:
    """Draws the whole view; it refreshes itself while a run is active."""
    refresh = st.fragment(_live, run_every=REFRESH_SECONDS if comparison.active else None)
    refresh(services, comparison.id, owner, comparison.active)


def _live(services: Services, comparison_id: str, owner: str, was_active: bool) -> None:
    try:
        comparison = services.store.comparison(comparison_id)
        if comparison is None:
            st.info("This comparison was deleted.", icon=":material/delete:")
            return
        curves = _read_news(services, comparison)
        waiting = services.store.queue() if comparison.active else []
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return
    show_curves(comparison.runs, curves, "race.curves")
    progress.show_progress(services, comparison, curves, waiting, comparison.owner == owner)
    heatmaps.show_heat_maps(comparison.runs, curves)
    results.show_results(comparison, curves)
    if was_active != comparison.active:
        # Only a run of the whole page starts or stops the browser's refresh timer.
        st.rerun()


def _read_news(services: Services, comparison: TrainingComparison) -> TrainingCurves:
    """The comparison's curves, with the events since the last refresh."""
    known = st.session_state.get(CURVES)
    if known is None or known.comparison_id != comparison.id:
        known = st.session_state[CURVES] = TrainingCurves(comparison.id)
    known.add(services.store.events(known.after(run.id for run in comparison.runs), ALL_KINDS))
    return known


def show_curves(runs: Sequence[RunRecord], curves: TrainingCurves, key: str) -> None:
    """Draws the chart of some runs, and above it the choice of quantity, axis, scale and bands."""
    several = any(len(group) > 1 for group in run_names.same_but_seed(runs))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        quantity = st.segmented_control(
            "Quantity",
            list(QUANTITIES),
            format_func=lambda name: QUANTITIES[name].label,
            default="train_loss",
            required=True,
            key="curves.quantity",
            label_visibility="collapsed",
        )
        by = st.segmented_control(
            "Horizontal axis",
            list(AXES),
            format_func=lambda name: AXES[name].label,
            default="step",
            required=True,
            key="curves.by",
            label_visibility="collapsed",
        )
        log = st.toggle(
            "Log scale",
            key="curves.log",
            help="Equal distances are equal ratios, so that small losses can be distinguished.",
        )
        bands = several and st.toggle("Seeds as bands", value=True, key="curves.bands", help=BANDS)
    address = plotly_address()
    view = ChartView(quantity, by, log, bands)
    if address is None:
        st.warning("The chart cannot be drawn: plotly.js cannot be copied, since the folder of app.py is not writable.")
        return
    references = published.references(runs)
    chart = comparison_chart(runs, curves, theme.current(), view, address, references)
    components.curves(chart, key=key)
    chart_downloads.files(key, chart.description, f"curves-{quantity}")
    if log and QUANTITIES[quantity].percent:
        st.caption("An error of 0 % has no logarithm; it is drawn at the bottom.")


def when(moment: float) -> str:
    """How long ago a moment was: `5 min ago`."""
    minutes = int((time.time() - moment) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
