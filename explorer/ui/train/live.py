"""A comparison live: its curves, the progress of its runs, heat maps by depth, and the table of results."""

import time
from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.language import N_, _
from explorer.runs.records import RunRecord, TrainingComparison
from explorer.ui.common import chart_downloads, components, run_names, theme
from explorer.ui.common.plotly_asset import plotly_address
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import choose
from explorer.ui.common.services import Services, from_store
from explorer.ui.train import progress, published, results
from explorer.ui.train.curves import heatmaps
from explorer.ui.train.curves.axes import AXES
from explorer.ui.train.curves.chart import ChartView, comparison_chart
from explorer.ui.train.curves.curves import ALL_KINDS, QUANTITIES, TrainingCurves

CURVES = "train.curves"
REFRESH_SECONDS = 1.0
ANSWER_FIRST = N_("Answer the question above to see the curves and the results.")
BANDS = N_(
    "One line for each network: the mean over its seeds, with a band from the smallest to the largest value. The band"
    " is taken over the runs that have come that far. When this is off, every run has its own line."
)


def show_comparison(services: Services, comparison: TrainingComparison, owner: str, is_answered: bool = True) -> None:
    """Draws the whole view; it refreshes itself while a run is active.

    Until the question on the comparison is answered, only the progress of its runs is shown.
    """
    refreshed(partial(_live, services, comparison.id, owner, is_answered), REFRESH_SECONDS, active=comparison.active)


def _live(services: Services, comparison_id: str, owner: str, is_answered: bool, check: Check) -> None:
    found = from_store(lambda: _read(services, comparison_id))
    if found is None:
        return
    comparison, curves, waiting = found
    if comparison is None:
        st.info(_("This comparison was deleted."), icon=":material/delete:")
        return
    check(comparison.active)
    if is_answered:
        show_curves(comparison.runs, curves, "race.curves")
    else:
        st.info(_(ANSWER_FIRST), icon=":material/visibility_off:")
    progress.show_progress(services, comparison, curves, waiting, comparison.owner == owner)
    if is_answered:
        heatmaps.show_heat_maps(comparison.runs, curves)
        results.show_results(comparison, curves)


def _read(services: Services, comparison_id: str) -> tuple[TrainingComparison | None, TrainingCurves, Sequence[str]]:
    """The comparison, its curves with the events since the last refresh, and the queue. Raises StoreError."""
    curves = st.session_state.get(CURVES)
    if curves is None or curves.comparison_id != comparison_id:
        curves = st.session_state[CURVES] = TrainingCurves(comparison_id)
    comparison = services.store.comparison(comparison_id)
    if comparison is None:
        return None, curves, ()
    curves.add(services.store.events(curves.after(run.id for run in comparison.runs), ALL_KINDS))
    return comparison, curves, services.store.queue() if comparison.active else ()


def show_curves(runs: Sequence[RunRecord], curves: TrainingCurves, key: str) -> None:
    """Draws the chart of some runs, and above it the choice of quantity, axis, scale and bands."""
    several = any(len(group) > 1 for group in run_names.same_but_seed(runs))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        quantities = {name: _(quantity.label) for name, quantity in QUANTITIES.items()}
        quantity = choose("curves.quantity", _("Quantity"), quantities)
        axes = {name: _(axis.label) for name, axis in AXES.items()}
        by = choose("curves.by", _("Horizontal axis"), axes)
        log = st.toggle(
            _("Log scale"),
            key="curves.log",
            help=_("Equal distances are equal ratios, so that small losses can be distinguished."),
        )
        bands = several and st.toggle(_("Seeds as bands"), value=True, key="curves.bands", help=_(BANDS))
    address = plotly_address()
    view = ChartView(quantity, by, log, bands)
    if address is None:
        st.warning(
            _("The chart cannot be drawn: plotly.js cannot be copied, since the folder of app.py is not writable.")
        )
        return
    references = published.references(runs)
    chart = comparison_chart(runs, curves, theme.current(), view, address, references)
    components.curves(chart, key=key)
    chart_downloads.files(key, chart.description, f"curves-{quantity}")
    if log and QUANTITIES[quantity].percent:
        st.caption(_("An error of 0 % has no logarithm; it is drawn at the bottom."))


def when(moment: float) -> str:
    """How long ago a moment was: `5 min ago`."""
    minutes = int((time.time() - moment) // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("{minutes} min ago").format(minutes=minutes)
    if minutes < 48 * 60:
        return _("{hours} h ago").format(hours=minutes // 60)
    return _("{days} days ago").format(days=minutes // 1440)
