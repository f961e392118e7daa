"""Time on this machine: the compared networks measured in turn, round by round, in a separate process."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.measure import MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.intervals import CONFIDENCE_PERCENT, paired_ratio
from explorer.jobs.codec import to_line
from explorer.language import N_, _, told
from explorer.outputs import formatting
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.table import Cell, Ratio, Table, raw
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.downloads import download_button
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.charts import time_bars
from explorer.ui.compare.setup import BATCHES, SECONDS, CompareSetup
from explorer.ui.compare.widgets import known_networks_button, menu
from explorer.ui.measuring import panel
from explorer.ui.measuring.differences import INTERVALS, sentences
from explorer.ui.measuring.jobs import manager
from explorer.ui.measuring.progress import measure_again

BEGIN = "compare.begin"
"""Session key: set to start the measurement when the view opens."""
CONTROLS = ("batch", "threads", "seconds")
"""The settings of a measurement that Compare shows; the others keep the experiment's defaults."""
OFFERED: Mapping[str, frozenset[str]] = {
    "batch": frozenset(map(str, BATCHES)),
    "seconds": frozenset(map(str, SECONDS)),
}
"""The values of a setting that Compare's address knows; of the others all."""
RATIO_COLUMNS: Mapping[str, str] = {
    "ratio": N_("times the first"),
    "ratio_low": N_("ratio from"),
    "ratio_high": N_("ratio to"),
}
RATIO_HELPS: Mapping[str, str] = {
    "ratio": N_("Median of the rounds' ratios to the first network's time of the same pass."),
    "ratio_low": panel.INTERVAL_HELP,
    "ratio_high": panel.INTERVAL_HELP,
}


def ask(setup: CompareSetup, comparison: Comparison) -> ExperimentRequest | None:
    """The request for these networks; None, with a message on the page, where this machine cannot hold a batch."""
    numbered = enumerate(zip(comparison.names, comparison.specs, strict=True), 1)
    networks = {f"{number}. {name}": spec for number, (name, spec) in numbered}
    return panel.ask(networks, {name: setup.choices[name] for name in CONTROLS})


def time_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws batch, threads, time allowed, the button, and the result."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in CONTROLS:
            each = panel.SETTINGS[name]
            offered = {key: told(each.options[key]) for key in each.options if key in OFFERED.get(name, each.options)}
            menu(setup, name, _(each.label), offered, width=each.width, help=_(each.help))
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
            _("Equal MACs do not mean equal time: memory traffic, the number of groups and the depth also cost time.")
        )
        return
    text = _("{conditions} Bars are medians, whiskers their confidence intervals.")
    st.markdown(text.format(conditions=panel.conditions(result)))
    panel.draw_busy(result)
    passes = {
        timing.name: [(t.median, *t.interval) for t in _timings(result.networks, timing.name)]
        for timing in result.networks[0].timings
    }
    description = "; ".join(
        _("{network} forward {time}").format(network=name, time=formatting.seconds(network.timings[0].median))
        for name, network in zip(comparison.names, result.networks, strict=True)
    )
    chart_downloads.show_chart(
        time_bars(comparison.names, passes, theme.current()), "compare.time", description, "measured-time"
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences(comparison.names, result.networks)))
    st.caption(_(INTERVALS))
    known_networks_button(
        setup,
        _("Time against MACs"),
        "compare.time.macs",
        _("Opens the chart of these networks and the known ones that were measured here."),
        x="macs",
        y="forward",
    )
    table = time_table(comparison.names, result)
    shown = ("network", *panel.SHOWN_COLUMNS[:4], *RATIO_COLUMNS, *panel.SHOWN_COLUMNS[4:])
    show_with_files(table, "compare.time.table", "measured-time", {**panel.PASS_HELPS, **RATIO_HELPS}, shown=shown)
    download_button(
        _("JSON, every repeat"),
        lambda: timings_json(comparison.names, result),
        "measured-time.json",
        "compare.time.json",
        type="tertiary",
        help=_("The conditions, and of each pass every repeat in seconds, the median, its interval and the ratio."),
    )


def measure_now(setup: CompareSetup, names: Sequence[str]) -> None:
    """Compares these networks, opens the view of measured time, and starts the measurement."""
    setup.replace(names)
    setup.choices["show"] = "time"
    st.session_state[BEGIN] = True


def _timings(networks: Sequence[MeasuredNetwork], name: str) -> list[Timing]:
    return [timing for network in networks for timing in network.timings if timing.name == name]


def time_table(names: Sequence[str], result: MeasureResult) -> Table:
    """A row for each network and pass: median, interval, ratio to the first, quartiles, throughput, MACs per second."""
    columns = {"network": N_("network"), "macs": "MACs", **panel.PASS_COLUMNS, **RATIO_COLUMNS}
    rows: list[tuple[Cell, ...]] = []
    for name, network in zip(names, result.networks, strict=True):
        for timing, first in zip(network.timings, result.networks[0].timings, strict=True):
            ratio = paired_ratio(timing.seconds, first.seconds)
            cells = panel.pass_cells(timing, network.macs, result.threads)
            rows.append((name, network.macs, *cells, Ratio(ratio.value), *map(Ratio, ratio.interval)))
    return Table(N_("Measured time"), tuple(columns), tuple(columns.values()), tuple(rows))


def timings_json(names: Sequence[str], result: MeasureResult) -> str:
    """The measurement as JSON: its conditions, the table's rows, and the seconds of every repeat."""
    table = time_table(names, result)
    timings = [timing for network in result.networks for timing in network.timings]
    conditions = ("device", "device_name", "precision", "threads", "batch_size", "versions", "busy")
    rows = [
        {**dict(zip(table.keys, map(raw, row), strict=True)), "seconds": timing.seconds}
        for row, timing in zip(table.rows, timings, strict=True)
    ]
    values = {name: getattr(result, name) for name in conditions}
    return f"{to_line(values | {'confidence_percent': CONFIDENCE_PERCENT, 'timings': rows})}\n"
