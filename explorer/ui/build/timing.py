"""Build's Timing: latency and throughput of the network on this machine, with their spread, and where time goes."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.network import Analysis
from explorer.experiments.catalogue.measure import MeasureResult, Timing
from explorer.experiments.result_cache import newest_measurement
from explorer.language import N_, _, ngettext, told
from explorer.model import ModelSpec
from explorer.outputs import formatting
from explorer.outputs.palette import Palette
from explorer.outputs.tables.table import Cell, Share, Table
from explorer.ui.common import chart_downloads, components
from explorer.ui.common import theme as palette
from explorer.ui.common.components import Number
from explorer.ui.common.tables import show_with_files
from explorer.ui.measuring import panel

BLOCK_HELPS = {
    "ms": N_("Median of a forward pass of this block alone; the device is waited for at each border."),
    "time_share": N_("Part of the sum of all blocks' times."),
    "macs_share": N_("Part of the network's MACs."),
    "gmacs_per_s": N_(
        "The block's multiply-adds of the batch over its time: low where memory, not arithmetic, decides."
    ),
}
PASSES = (N_("forward"), N_("forward + backward"))
"""What measurements call the passes."""
NOTHING_YET = N_(
    "Not measured yet. MACs say how much arithmetic there is, not how long it takes: memory traffic, groups and depth"
    " all cost. The overview can be coloured by the times once they are there."
)


def timing_panel(spec: ModelSpec, found: Analysis, file_name: str) -> None:
    """Settings, the button, and what was measured."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="timing.tools"):
        chosen = panel.settings("batch", "precision", "device", "threads", "seconds")
    request = panel.ask({panel.LABEL: spec}, chosen)
    if request is not None:
        panel.show_measurement(request, "timing", lambda result: _draw(result, spec, found, file_name))


def _draw(result: MeasureResult | None, spec: ModelSpec, found: Analysis, file_name: str) -> None:
    if result is None:
        _nothing_yet(spec)
        return
    network = result.networks[0]
    st.markdown(
        _("{conditions} Numbers are medians; boxes span the quartiles, whiskers the extremes.").format(
            conditions=panel.conditions(result)
        )
    )
    panel.draw_busy(result)
    if network.timings:
        _metrics(network.timings)
        chart_downloads.show_chart(
            spread_chart(network.timings, palette.current()),
            "timing.spread",
            "; ".join(map(timing_text, network.timings)),
            f"{file_name}-times",
        )
        show_with_files(
            pass_table(network.timings, found, result.threads),
            "timing.passes",
            f"{file_name}-times",
            panel.PASS_HELPS,
            shown=panel.SHOWN_COLUMNS,
        )
    st.markdown(_("#### Where the time of a forward pass goes"))
    blocks = block_table(result, found)
    chart_downloads.show_chart(
        share_chart(blocks, palette.current()), "timing.blocks", shares_description(blocks), f"{file_name}-block-times"
    )
    show_with_files(blocks, "timing.blocks.table", f"{file_name}-block-times", BLOCK_HELPS)


def _nothing_yet(spec: ModelSpec) -> None:
    newest = newest_measurement(spec)
    if newest is None or not newest.networks[0].timings:
        st.caption(_(NOTHING_YET))
        return
    times = "; ".join(map(timing_text, newest.networks[0].timings))
    line = _("Not measured yet with these settings. The newest measurement: {times}. {conditions}")
    st.caption(line.format(times=times, conditions=panel.conditions(newest)))


def timing_text(timing: Timing) -> str:
    """A pass in a few words: `forward 12.3 ms (12.1 ms to 12.9 ms, 100 repeats), 81 images a second`."""
    low, high = map(formatting.seconds, timing.interval)
    return ngettext(
        "{name} {median} ({low} to {high}, {count} repeat), {images} images a second",
        "{name} {median} ({low} to {high}, {count} repeats), {images} images a second",
        timing.repeats,
    ).format(
        name=_(timing.name),
        median=formatting.seconds(timing.median),
        low=low,
        high=high,
        count=formatting.whole(timing.repeats),
        images=f"{timing.images_per_second:,.4g}",
    )


def _metrics(timings: Sequence[Timing]) -> None:
    shown = [
        Number(
            formatting.capitalised(_(timing.name)),
            formatting.seconds(timing.median),
            _("{images} images a second").format(images=f"{timing.images_per_second:,.4g}"),
            _("{timing}. Latency of a whole batch, and throughput.").format(timing=timing_text(timing)),
        )
        for timing in timings
    ]
    components.metrics(shown, key="timing.metrics")


def spread_chart(timings: Sequence[Timing], theme: Palette) -> go.Figure:
    """A box for each pass, from the summary that was measured: extremes, quartiles, median; in milliseconds."""
    chart = go.Figure()
    for number, timing in enumerate(timings):
        chart.add_box(
            y=[_(timing.name)],
            orientation="h",
            name=_(timing.name),
            lowerfence=[1e3 * min(timing.seconds)],
            q1=[1e3 * timing.quartiles.low],
            median=[1e3 * timing.median],
            q3=[1e3 * timing.quartiles.high],
            upperfence=[1e3 * max(timing.seconds)],
            line={"color": theme.chart[number]},
        )
    across = {"title": _("time of a batch, ms"), "rangemode": "tozero"}
    return chart_downloads.lay_out(chart, 110 + 60 * len(timings), showlegend=False, xaxis=across)


def pass_table(timings: Sequence[Timing], found: Analysis, threads: int) -> Table:
    """A row for each pass."""
    rows = tuple(panel.pass_cells(timing, found.total.macs, threads) for timing in timings)
    return Table(N_("Measured time"), tuple(panel.PASS_COLUMNS), tuple(panel.PASS_COLUMNS.values()), rows)


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
        N_("Measured time by block"),
        ("block", "kind", "ms", "time_share", "macs_share", "gmacs_per_s"),
        (
            N_("block"),
            N_("kind"),
            N_("median, ms"),
            N_("share of time"),
            N_("share of MACs"),
            N_("G MACs a second"),
        ),
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
            name=told(blocks.labels[place]),
            marker={"color": theme.chart[number]},
            hovertemplate="%{x}<br>%{y:.2f} %<extra>%{fullData.name}</extra>",
        )
    upwards = {"title": _("% of the whole network"), "rangemode": "tozero"}
    return chart_downloads.lay_out(chart, 320, barmode="group", bargap=0.2, xaxis_type="category", yaxis=upwards)


def shares_description(blocks: Table) -> str:
    """The chart's text alternative: the blocks that take the most time."""
    place = blocks.keys.index("time_share")
    shares = {str(row[0]): row[place] for row in blocks.rows}
    slowest = sorted(((part, name) for name, part in shares.items() if isinstance(part, float)), reverse=True)[:3]
    named = ", ".join(f"{name} {formatting.percent(part)}" for part, name in slowest)
    return _("Part of the time of a forward pass and of the MACs by block; the slowest: {named} of the time.").format(
        named=named
    )
