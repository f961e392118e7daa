"""Time on this machine: the compared networks measured one after another in a separate process."""

from collections.abc import Sequence
from itertools import combinations

import streamlit as st

from explorer.experiments import ExperimentRequest, ResultCache, Subject
from explorer.experiments.catalogue.measure import MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.request_values import LONGEST_LABEL
from explorer.jobs.errors import SettingsError
from explorer.outputs import formatting
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.table import Cell, Table
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.tables import show_table
from explorer.ui.compare.charts import time_bars
from explorer.ui.compare.setup import BATCHES, SECONDS, CompareSetup
from explorer.ui.compare.widgets import menu
from explorer.ui.measuring import single_run

BEGIN = "compare.begin"
"""Session key: set to start the measurement when the view opens."""
EQUAL_MACS = 0.05
"""Networks whose MACs differ by at most this fraction count as equal in cost."""
UNEQUAL_TIME = 1.1
"""The smallest ratio of times that is mentioned."""
MOST_PAIRS = 3
"""The most pairs that are mentioned."""


def ask(comparison: Comparison, batch: int, seconds: int) -> ExperimentRequest:
    """The request for these networks. Raises SettingsError where this machine cannot hold a batch."""
    subjects = tuple(
        Subject(f"{number}. {name}"[:LONGEST_LABEL], spec)
        for number, (name, spec) in enumerate(zip(comparison.names, comparison.specs, strict=True), 1)
    )
    return ExperimentRequest("measure", subjects, parameters={"batch": batch, "seconds": seconds})


def time_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws batch, time allowed, the button, and the result."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        batch = menu(
            setup, "batch", "Batch", {str(size): formatting.plural(size, "image") for size in BATCHES}, width=150
        )
        seconds = menu(setup, "seconds", "Time allowed", {str(time): f"{time} s" for time in SECONDS}, width=150)
        place = st.container(width="content")
    try:
        request = ask(comparison, int(batch), int(seconds))
    except SettingsError as error:
        st.error(f"{error.message[:1].upper()}{error.message[1:]}.", icon=":material/memory:")
        return
    kept = ResultCache()
    answer = kept.get(request)
    if st.session_state.pop(BEGIN, False) and answer is None:
        single_run.start(request, kept)
    busy = single_run.is_busy(request)
    place.button(
        "Measure again" if answer else "Measure on this machine",
        key="compare.measure",
        type="primary",
        icon=":material/timer:",
        disabled=busy,
        on_click=single_run.start,
        args=(request, kept),
        help="Runs every network with random weights and images in a separate process, after a warm-up, on one thread"
        " or the graphics card.",
    )
    single_run.show_run(request)
    if answer is not None and not busy:
        assert isinstance(answer.result, MeasureResult)
        _show(setup, answer.result, comparison)
    elif not busy:
        st.caption(
            "Equal MACs do not mean equal time: memory traffic, the number of groups and the depth also cost time."
        )


def _show(setup: CompareSetup, result: MeasureResult, comparison: Comparison) -> None:
    """Draws the conditions, the chart, the unequal pairs, and the table."""
    threads = f", {formatting.plural(result.threads, 'thread')}" if result.device == "cpu" else ""
    st.markdown(
        f"Measured on **{result.device_name}**{threads}, {result.precision}, batch {result.batch_size},"
        f" torch {result.versions.get('torch', '')}. Bars are medians, whiskers are quartiles."
    )
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
        on_click=_open_time_against_macs,
        args=(setup,),
        help="Opens the chart of these networks and the known ones that were measured here.",
    )
    show_table(time_table(comparison.names, result), "compare.time.table", "measured-time")


def measure_now(setup: CompareSetup, names: Sequence[str]) -> None:
    """Compares these networks, opens the view of measured time, and starts the measurement."""
    setup.named_networks = list(names)
    setup.warnings.clear()
    setup.choices["show"] = "time"
    st.session_state[BEGIN] = True


def _open_time_against_macs(setup: CompareSetup) -> None:
    setup.choices |= {"x": "macs", "y": "forward"}
    setup.choices["show"] = "field"


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
    keys = ("network", "pass", "macs", "median_ms", "lower_ms", "upper_ms", "repeats", "images_per_s", "gmacs_per_s")
    labels = (
        *("network", "pass", "MACs", "median, ms", "lower quartile, ms", "upper quartile, ms", "repeats"),
        *("images a second", "forward G MACs a second"),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, network in zip(names, result.networks, strict=True):
        for timing in network.timings:
            milliseconds = [1e3 * x for x in (timing.median, timing.lower_quartile, timing.upper_quartile)]
            rate = network.macs * timing.images_per_second / 1e9 if timing.name == "forward" else None
            rows.append(
                (name, timing.name, network.macs, *milliseconds, timing.repeats, timing.images_per_second, rate)
            )
    return Table("Measured time", keys, labels, tuple(rows))
