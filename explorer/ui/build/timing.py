"""Build's Timing: latency and throughput of the network on this machine, with their spread, and where time goes."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.network import Analysis
from explorer.experiments.catalogue.measure import MeasureResult, Timing
from explorer.experiments.measurement_cache import newest_measurement
from explorer.model import ModelSpec
from explorer.outputs import formatting
from explorer.outputs.palette import Palette
from explorer.outputs.tables.table import Cell, Share, Table
from explorer.ui.build.draft import Network
from explorer.ui.build.tables import FILES_SAY, show_table
from explorer.ui.common import chart_downloads
from explorer.ui.common import theme as palette
from explorer.ui.common.table_downloads import file_buttons
from explorer.ui.measuring import panel

PASS_HELPS = {
    "pass": "Forward: inference. Forward + backward: a training step without the update.",
    "median_ms": "Half of the repeats were faster.",
    "lower_ms": "A quarter of the repeats were faster.",
    "upper_ms": "A quarter of the repeats were slower.",
    "repeats": "Timed passes, after two that were not.",
    "images_per_s": "The batch over the median.",
    "gmacs_per_s": "Multiply-adds of the batch's forward pass, over the median.",
}
BLOCK_HELPS = {
    "ms": "Median of a forward pass of this block alone; the device is waited for at each border.",
    "time_share": "Part of the sum of all blocks' times.",
    "macs_share": "Part of the network's MACs.",
    "gmacs_per_s": "The block's multiply-adds of the batch over its time: low where memory, not arithmetic, decides.",
}


def timing_panel(network: Network, found: Analysis, file_name: str) -> None:
    """Settings, the button, and what was measured."""
    if network.spec is None:
        st.info("There is nothing to measure until the marked control is corrected.", icon=":material/info:")
        return
    spec = network.spec
    with st.container(horizontal=True, vertical_alignment="bottom", key="timing.tools"):
        chosen = panel.settings("batch", "precision", "device", "threads", "seconds")
    request = panel.ask(spec, chosen)
    if request is not None:
        panel.show_measurement(request, "timing", lambda result: _draw(result, spec, found, file_name))


def _draw(result: MeasureResult | None, spec: ModelSpec, found: Analysis, file_name: str) -> None:
    if result is None:
        _nothing_yet(spec)
        return
    network = result.networks[0]
    st.markdown(f"{conditions(result)} Numbers are medians; boxes span the quartiles, whiskers the extremes.")
    if network.timings:
        _metrics(network.timings)
        chart_downloads.show_chart(
            spread_chart(network.timings, palette.current()),
            "timing.spread",
            "; ".join(timing_text(timing) for timing in network.timings),
            f"{file_name}-times",
        )
        table = pass_table(network.timings, found)
        show_table(table, "timing.passes", PASS_HELPS)
        with st.container(horizontal=True):
            file_buttons(table, "timing.passes", f"{file_name}-times", explanation=FILES_SAY)
    st.markdown("#### Where the time of a forward pass goes")
    blocks = block_table(result, found)
    chart_downloads.show_chart(
        share_chart(blocks, palette.current()), "timing.blocks", shares_description(blocks), f"{file_name}-block-times"
    )
    show_table(blocks, "timing.blocks.table", BLOCK_HELPS)
    with st.container(horizontal=True):
        file_buttons(blocks, "timing.blocks.table", f"{file_name}-block-times", explanation=FILES_SAY)


def _nothing_yet(spec: ModelSpec) -> None:
    newest = newest_measurement(spec)
    if newest is None or not newest.networks[0].timings:
        st.caption(
            "Not measured yet. MACs say how much arithmetic there is, not how long it takes: memory traffic, groups and"
            " depth all cost. The overview can be coloured by the times once they are there."
        )
        return
    times = "; ".join(timing_text(timing) for timing in newest.networks[0].timings)
    st.caption(f"Not measured yet with these settings. The newest measurement: {times}. {conditions(newest)}")


def conditions(result: MeasureResult) -> str:
    """Where and how it was measured, in a sentence."""
    threads = f", {formatting.plural(result.threads, 'thread')}" if result.device == "cpu" else ""
    return (
        f"Measured on {result.device_name}{threads}, {result.precision}, batch {result.batch_size},"
        f" torch {result.versions.get('torch', '')}."
    )


def timing_text(timing: Timing) -> str:
    """A pass as text: `forward 12.3 ms (quartiles 12.1 ms to 12.9 ms, 100 repeats), 81 images a second`."""
    low, high = formatting.seconds(timing.lower_quartile), formatting.seconds(timing.upper_quartile)
    return (
        f"{timing.name} {formatting.seconds(timing.median)} (quartiles {low} to {high},"
        f" {formatting.plural(timing.repeats, 'repeat')}), {timing.images_per_second:,.4g} images a second"
    )


def _metrics(timings: Sequence[Timing]) -> None:
    with st.container(horizontal=True, key="timing.metrics"):
        for timing in timings:
            name = timing.name[:1].upper() + timing.name[1:]
            st.metric(
                name,
                formatting.seconds(timing.median),
                f"{timing.images_per_second:,.4g} images a second",
                delta_color="off",
                delta_arrow="off",
                help=f"{timing_text(timing)}. Latency of a whole batch, and throughput.",
                width="content",
            )


def spread_chart(timings: Sequence[Timing], theme: Palette) -> go.Figure:
    """A box for each pass, from the summary that was measured: extremes, quartiles, median; in milliseconds."""
    chart = go.Figure()
    for number, timing in enumerate(timings):
        chart.add_box(
            y=[timing.name],
            orientation="h",
            name=timing.name,
            lowerfence=[1e3 * timing.lowest],
            q1=[1e3 * timing.lower_quartile],
            median=[1e3 * timing.median],
            q3=[1e3 * timing.upper_quartile],
            upperfence=[1e3 * timing.highest],
            line={"color": theme.chart[number]},
        )
    chart.update_xaxes(title="time of a batch, ms", rangemode="tozero")
    chart.update_layout(height=110 + 60 * len(timings), margin={"t": 10, "b": 10}, showlegend=False)
    return chart


def pass_table(timings: Sequence[Timing], found: Analysis) -> Table:
    """A row for each pass."""
    keys = ("pass", "median_ms", "lower_ms", "upper_ms", "lowest_ms", "highest_ms", "repeats", "images_per_s")
    labels = (
        *("pass", "median, ms", "lower quartile, ms", "upper quartile, ms", "fastest, ms", "slowest, ms", "repeats"),
        *("images a second", "forward G MACs a second"),
    )
    rows: list[tuple[Cell, ...]] = []
    for timing in timings:
        spread = (timing.median, timing.lower_quartile, timing.upper_quartile, timing.lowest, timing.highest)
        rate = found.total.macs * timing.images_per_second / 1e9 if timing.name == "forward" else None
        rows.append((timing.name, *(1e3 * each for each in spread), timing.repeats, timing.images_per_second, rate))
    return Table("Measured time", (*keys, "gmacs_per_s"), labels, tuple(rows))


def block_table(result: MeasureResult, found: Analysis) -> Table:
    """A row for each block, stem and head: its time, and its parts of all time and of all MACs."""
    blocks = {row.path: row for row in found.blocks}
    whole = sum(each.seconds for each in result.networks[0].blocks)
    rows: list[tuple[Cell, ...]] = []
    for each in result.networks[0].blocks:
        row = blocks[each.block]
        rate = row.macs * result.batch_size / each.seconds / 1e9 if each.seconds else None
        shares = (Share(each.seconds / whole), Share(found.share(row, "macs")))
        rows.append((each.block, row.kind, 1e3 * each.seconds, *shares, rate))
    totals = ("total", None, 1e3 * whole, Share(1.0), Share(1.0), None)
    return Table(
        "Measured time by block",
        ("block", "kind", "ms", "time_share", "macs_share", "gmacs_per_s"),
        ("block", "kind", "median, ms", "share of time", "share of MACs", "G MACs a second"),
        tuple(rows),
        totals,
    )


def share_chart(blocks: Table, theme: Palette) -> go.Figure:
    """Each block's part of the time beside its part of the arithmetic, in percent."""
    chart = go.Figure()
    names = [str(row[0]) for row in blocks.rows]
    for number, key in enumerate(("time_share", "macs_share")):
        place = blocks.keys.index(key)
        chart.add_bar(
            x=names,
            y=[100 * part for part in (row[place] for row in blocks.rows) if isinstance(part, float)],
            name=blocks.labels[place],
            marker={"color": theme.chart[number]},
            hovertemplate="%{x}<br>%{y:.2f} %<extra>%{fullData.name}</extra>",
        )
    chart.update_yaxes(title="% of the whole network", rangemode="tozero")
    chart.update_xaxes(type="category")
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    chart.update_layout(height=320, margin={"t": 10, "b": 10}, barmode="group", bargap=0.2, legend=legend)
    return chart


def shares_description(blocks: Table) -> str:
    """The chart's text alternative: the blocks that take the most time."""
    place = blocks.keys.index("time_share")
    shares = {str(row[0]): row[place] for row in blocks.rows}
    slowest = sorted(((part, name) for name, part in shares.items() if isinstance(part, float)), reverse=True)[:3]
    named = ", ".join(f"{name} {formatting.percent(part)}" for part, name in slowest)
    return f"Part of the time of a forward pass and of the MACs by block; the slowest: {named} of the time."
