"""Time on this machine: the compared networks measured one after another in a separate process."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.measure import MeasuredNetwork, MeasureResult, Timing
from explorer.outputs import formatting
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.table import Table
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.charts import time_bars
from explorer.ui.compare.setup import BATCHES, SECONDS, CompareSetup
from explorer.ui.compare.widgets import menu
from explorer.ui.measuring import panel
from explorer.ui.measuring.jobs import manager
from explorer.ui.measuring.progress import measure_again

BEGIN = "compare.begin"
"""Session key: set to start the measurement when the view opens."""
EQUAL_MACS = 0.05
"""Networks whose MACs differ by at most this fraction count as equal in cost."""
UNEQUAL_TIME = 1.1
"""The smallest ratio of times that is mentioned."""
MOST_PAIRS = 3
"""The most pairs that are mentioned."""


def ask(setup: CompareSetup, comparison: Comparison) -> ExperimentRequest | None:
    """The request for these networks; None, with a message on the page, where this machine cannot hold a batch."""
    numbered = enumerate(zip(comparison.names, comparison.specs, strict=True), 1)
    networks = {f"{number}. {name}": spec for number, (name, spec) in numbered}
    return panel.ask(networks, {name: setup.choices[name] for name in ("batch", "seconds")})


def time_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws batch, time allowed, the button, and the result."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        menu(setup, "batch", "Batch", {str(size): formatting.plural(size, "image") for size in BATCHES}, width=150)
        menu(setup, "seconds", "Time allowed", {str(time): f"{time} s" for time in SECONDS}, width=150)
    request = ask(setup, comparison)
    if request is None:
        return
    if st.session_state.pop(BEGIN, False) and manager().answer(request) is None:
        measure_again(request)
    panel.show_measurement(request, "compare", partial(_draw, setup, comparison))


def _draw(setup: CompareSetup, comparison: Comparison, result: MeasureResult | None) -> None:
    networks = result.networks if result else ()
    if result is None or len(networks) < len(comparison.names) or not all(each.timings for each in networks):
        st.caption(
            "Equal MACs do not mean equal time: memory traffic, the number of groups and the depth also cost time."
        )
        return
    st.markdown(f"{panel.conditions(result)} Bars are medians, whiskers are quartiles.")
    passes = {
        timing.name: [(t.median, t.lower_quartile, t.upper_quartile) for t in _timings(result.networks, timing.name)]
        for timing in result.networks[0].timings
    }
    description = "; ".join(
        f"{name} forward {formatting.seconds(network.timings[0].median)}"
        for name, network in zip(comparison.names, result.networks, strict=True)
    )
    chart_downloads.show_chart(
        time_bars(comparison.names, passes, theme.current()), "compare.time", description, "measured-time"
    )
    for sentence in unequal_times(comparison.names, result.networks):
        st.markdown(f"- {sentence}")
    st.button(
        "Time against MACs",
        key="compare.time.macs",
        type="tertiary",
        icon=":material/scatter_plot:",
        on_click=setup.choices.update,
        args=({"x": "macs", "y": "forward", "show": "field"},),
        help="Opens the chart of these networks and the known ones that were measured here.",
    )
    show_with_files(time_table(comparison.names, result), "compare.time.table", "measured-time")


def measure_now(setup: CompareSetup, names: Sequence[str]) -> None:
    """Compares these networks, opens the view of measured time, and starts the measurement."""
    setup.replace(names)
    setup.choices["show"] = "time"
    st.session_state[BEGIN] = True


def _timings(networks: Sequence[MeasuredNetwork], name: str) -> list[Timing]:
    return [timing for network in networks for timing in network.timings if timing.name == name]


def unequal_times(names: Sequence[str], networks: Sequence[MeasuredNetwork]) -> list[str]:
    """A sentence for the pairs of equal MACs whose forward passes differ most in time, the largest ratio first."""
    pairs: list[tuple[float, str]] = []
    for (name, one), (other_name, other) in combinations(zip(names, networks, strict=True), 2):
        if abs(one.macs / other.macs - 1) > EQUAL_MACS:
            continue
        ratio = one.timings[0].median / other.timings[0].median
        slow, fast, factor = (name, other_name, ratio) if ratio >= 1 else (other_name, name, 1 / ratio)
        if factor >= UNEQUAL_TIME:
            percent = 100 * abs(other.macs / one.macs - 1)
            sentence = f"{slow} takes {factor:.2f} times as long as {fast}, with MACs within {percent:.1f} %."
            pairs.append((factor, f"**Equal MACs, unequal time**: {sentence}"))
    return [sentence for _, sentence in sorted(pairs, reverse=True)[:MOST_PAIRS]]


def time_table(names: Sequence[str], result: MeasureResult) -> Table:
    """A row for each network and pass: median, quartiles, throughput, and MACs per second."""
    columns = {"network": "network", "macs": "MACs", **panel.PASS_COLUMNS}
    rows = tuple(
        (name, network.macs, *panel.pass_cells(timing, network.macs))
        for name, network in zip(names, result.networks, strict=True)
        for timing in network.timings
    )
    return Table("Measured time", tuple(columns), tuple(columns.values()), rows)
