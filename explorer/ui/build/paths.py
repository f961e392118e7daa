"""Build's Paths: how long the ways through the unrolled network are (Veit et al. 2016)."""

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.network import Analysis
from explorer.analysis.theory import PathSummary, path_layers, summarise
from explorer.outputs import formatting
from explorer.outputs.palette import Palette
from explorer.outputs.tables.table import Cell, Share, Table
from explorer.ui.build.draft import Network
from explorer.ui.build.view_options import LENGTHS
from explorer.ui.common import chart_downloads, components
from explorer.ui.common import theme as palette
from explorer.ui.common.components import Number
from explorer.ui.common.downloads import file_buttons
from explorer.ui.common.networks import network_name
from explorer.ui.common.page_links import page_file
from explorer.ui.common.remembered_widgets import buttons
from explorer.ui.common.tables import show_table

KEY = "paths.counted"
SHARE = 0.95
MOST_DIGITS = 15
"""Numbers of more digits are written with a power of ten; the files hold them whole."""
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PAPER = "[Veit et al. 2016](https://arxiv.org/abs/1605.06431), section 3 and Fig. 6 (a)"
HELPS = {
    "length": "What a way passes, counted as chosen above.",
    "paths": "How many ways have this length: binomial coefficients. The files hold every digit.",
    "share": "Part of all ways.",
}


def paths_panel(network: Network, found: Analysis, file_name: str) -> None:
    """The number of ways, the bell curve of their lengths, what it means, and the exact numbers."""
    blocks, branches = found.total.blocks, found.path_lengths
    if sum(branches) == 1:
        every = "all of its blocks" if blocks != 1 else "its one block"
        st.markdown(
            f"**One path**, through {every}. Without shortcuts nothing can be passed by: every signal and every"
            f" gradient goes through every layer, and losing one of the {formatting.plural(blocks, 'block')} breaks the"
            f" only way there is ({PAPER})."
        )
        return
    counted = buttons(
        KEY,
        "Length counted in",
        LENGTHS,
        "branches",
        help="Residual branches passed, as in the paper; or convolutions and linear layers from the image to the"
        " scores, where a projection on the shortcut is one, too.",
    )
    counts = branches if counted == "branches" else path_layers(network.graph)
    summary = summarise(counts, SHARE)
    _metrics(summary, LENGTHS[counted], len(counts) - 1)
    chart_downloads.show_chart(
        length_chart(counts, summary, LENGTHS[counted], palette.current()),
        "paths.chart",
        chart_description(summary, LENGTHS[counted]),
        f"{file_name}-paths",
    )
    st.markdown(explanation(summary, blocks, LENGTHS[counted]))
    if network.spec is not None:
        st.page_link(
            page_file("labs"),
            label="Measure which paths carry the gradient",
            icon=":material/science:",
            query_params={"lab": "lesion", "part": "paths", "net": network_name(network.spec)},
            help="Opens the labs with this network.",
        )
    with st.expander("The numbers", icon=":material/table:", key="paths.numbers"):
        show_table(path_table(counts, exact=False), "paths.table", HELPS)
        with st.container(horizontal=True, gap="small"):
            file_buttons(path_table(counts, exact=True), "paths.table", f"{file_name}-paths")


def _metrics(summary: PathSummary, unit: str, longest: int) -> None:
    most = f"{formatting.whole(summary.shortest)} to {formatting.whole(summary.longest)}"
    range_help = f"The shortest range of lengths that holds at least 95 % of all paths: {100 * summary.share:.2f} %."
    power = f"2 to the power of {formatting.whole(summary.ways.bit_length() - 1)}"
    shown = [
        Number("Paths", number(summary.ways), "", f"Paths from the image to the scores; exactly {power}."),
        Number("Mean length", f"{summary.mean:,.4g}", "", f"Over all paths, in {unit}."),
        Number("95 % of them", most, "", range_help),
        Number("The longest", formatting.whole(longest), "", f"In {unit}: through every branch."),
    ]
    components.metrics(shown, key="paths.metrics")


def number(value: int) -> str:
    """Every digit of a number that can be read, else three and a power of ten: `1.80 × 10¹⁶`."""
    if value < 10**MOST_DIGITS:
        return formatting.whole(value)
    mantissa, exponent = f"{Decimal(value):.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(RAISED)}"


def length_chart(counts: Sequence[int], summary: PathSummary, unit: str, theme: Palette) -> go.Figure:
    """A bar for each length that occurs; those that hold 95 % of the paths are coloured."""
    lengths = [length for length, ways in enumerate(counts) if ways]
    inside = [summary.shortest <= length <= summary.longest for length in lengths]
    chart = go.Figure()
    for name, wanted, colour in (("95 % of the paths", True, theme.chart[0]), ("the others", False, theme.muted)):
        chosen = [length for length, within in zip(lengths, inside, strict=True) if within is wanted]
        chart.add_bar(
            x=chosen,
            y=[100 * (counts[length] / summary.ways) for length in chosen],
            text=[number(counts[length]) for length in chosen],
            textposition="none",
            name=name,
            marker={"color": colour},
            hovertemplate="%{x}: %{text} paths, %{y:.3g} %<extra></extra>",
        )
    chart.add_vline(x=summary.mean, line={"color": theme.muted, "dash": "dot", "width": 2})
    axes = {"xaxis_title": f"length of a path, in {unit}", "yaxis_title": "% of all paths"}
    return chart_downloads.lay_out(chart, 320, bargap=0.1, barmode="overlay", yaxis_rangemode="tozero", **axes)


def chart_description(summary: PathSummary, unit: str) -> str:
    """The chart's text alternative."""
    return (
        f"How many of the {number(summary.ways)} paths have each length, in {unit}: a bell curve around"
        f" {summary.mean:,.4g}; {100 * summary.share:.1f} % are {summary.shortest} to {summary.longest} long."
    )


def explanation(summary: PathSummary, blocks: int, unit: str) -> str:
    """What the numbers mean."""
    residual = summary.ways.bit_length() - 1
    power = str(residual).translate(RAISED)
    others = blocks - residual
    through = f"; {formatting.plural(others, 'block')} without a sum stand on every path" if others else ""
    return (
        f"At each of {formatting.plural(residual, 'sum')} a signal comes by the shortcut, identity or projection, or"
        f" through the branch: unrolled, the network is a bundle of 2{power} paths{through}. How"
        f" many pass k branches is the binomial coefficient “{formatting.whole(residual)} over k”, so nearly all are"
        f" of middling length, and a single path through everything is one among {number(summary.ways)} ({PAPER})."
        f" This counts paths in {unit}; how much gradient comes along each is another matter: long paths carry"
        " almost none, which only a measurement shows."
    )


def path_table(counts: Sequence[int], *, exact: bool) -> Table:
    """A row for each length that occurs; without `exact` numbers beyond reading are shortened."""
    ways = sum(counts)
    rows: list[tuple[Cell, ...]] = [
        (length, count if exact else number(count), Share(count / ways)) for length, count in enumerate(counts) if count
    ]
    totals = ("total", ways if exact else number(ways), Share(1.0))
    return Table("Paths by length", ("length", "paths", "share"), ("length", "paths", "share"), tuple(rows), totals)
