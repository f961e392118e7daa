"""Build's Paths: how long the ways through the unrolled network are (Veit et al. 2016)."""

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.network import Analysis
from explorer.analysis.theory import PathSummary, path_layers, summarise
from explorer.language import N_, _, ngettext
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
PAPER = N_("[Veit et al. 2016](https://arxiv.org/abs/1605.06431), section 3 and Fig. 6 (a)")
HELPS = {
    "length": N_("What a way passes, counted as chosen above."),
    "paths": N_("How many ways have this length: binomial coefficients. The files hold every digit."),
    "share": N_("Part of all ways."),
}


def paths_panel(network: Network, found: Analysis, file_name: str) -> None:
    """The number of ways, the bell curve of their lengths, what it means, and the exact numbers."""
    blocks, branches = found.total.blocks, found.path_lengths
    if sum(branches) == 1:
        text = ngettext(
            "**One path**, through its one block. Without shortcuts nothing can be passed by: every signal and every"
            " gradient goes through every layer, and losing one of the {count} block breaks the only way there is"
            " ({paper}).",
            "**One path**, through all of its blocks. Without shortcuts nothing can be passed by: every signal and"
            " every gradient goes through every layer, and losing one of the {count} blocks breaks the only way there"
            " is ({paper}).",
            blocks,
        )
        st.markdown(text.format(count=formatting.whole(blocks), paper=_(PAPER)))
        return
    counted = buttons(
        KEY,
        _("Length counted in"),
        {key: _(label) for key, label in LENGTHS.items()},
        "branches",
        sets=("lengths",),
        help=_(
            "Residual branches passed, as in the paper; or convolutions and linear layers from the image to the"
            " scores, where a projection on the shortcut is one, too."
        ),
    )
    counts = branches if counted == "branches" else path_layers(network.graph)
    summary, unit = summarise(counts, SHARE), _(LENGTHS[counted])
    _metrics(summary, unit, len(counts) - 1)
    chart_downloads.show_chart(
        length_chart(counts, summary, unit, palette.current()),
        "paths.chart",
        chart_description(summary, unit),
        f"{file_name}-paths",
    )
    st.markdown(explanation(summary, blocks, unit))
    if network.spec is not None:
        st.page_link(
            page_file("labs"),
            label=_("Measure which paths carry the gradient"),
            icon=":material/science:",
            query_params={"lab": "lesion", "part": "paths", "net": network_name(network.spec)},
            help=_("Opens the labs with this network."),
        )
    with st.expander(_("The numbers"), icon=":material/table:", key="paths.numbers"):
        show_table(path_table(counts, exact=False), "paths.table", HELPS)
        with st.container(horizontal=True, gap="small"):
            file_buttons(path_table(counts, exact=True), "paths.table", f"{file_name}-paths")


def _metrics(summary: PathSummary, unit: str, longest: int) -> None:
    most = _("{low} to {high}").format(low=formatting.whole(summary.shortest), high=formatting.whole(summary.longest))
    range_help = _("The shortest range of lengths that holds at least 95 % of all paths: {share} %.").format(
        share=f"{100 * summary.share:.2f}"
    )
    exactly = _("Paths from the image to the scores; exactly 2 to the power of {power}.").format(
        power=formatting.whole(summary.ways.bit_length() - 1)
    )
    shown = [
        Number(_("Paths"), number(summary.ways), "", exactly),
        Number(_("Mean length"), f"{summary.mean:,.4g}", "", _("Over all paths, in {unit}.").format(unit=unit)),
        Number(_("95 % of them"), most, "", range_help),
        Number(
            _("The longest"), formatting.whole(longest), "", _("In {unit}: through every branch.").format(unit=unit)
        ),
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
    for name, wanted, colour in (
        (_("95 % of the paths"), True, theme.chart[0]),
        (_("the others"), False, theme.muted),
    ):
        chosen = [length for length, within in zip(lengths, inside, strict=True) if within is wanted]
        chart.add_bar(
            x=chosen,
            y=[100 * (counts[length] / summary.ways) for length in chosen],
            text=[number(counts[length]) for length in chosen],
            textposition="none",
            name=name,
            marker={"color": colour},
            hovertemplate=f"%{{x}}: {_('{count} paths').format(count='%{text}')}, %{{y:.3g}} %<extra></extra>",
        )
    chart.add_vline(x=summary.mean, line={"color": theme.muted, "dash": "dot", "width": 2})
    axes = {"xaxis_title": _("length of a path, in {unit}").format(unit=unit), "yaxis_title": _("% of all paths")}
    return chart_downloads.lay_out(chart, 320, bargap=0.1, barmode="overlay", yaxis_rangemode="tozero", **axes)


def chart_description(summary: PathSummary, unit: str) -> str:
    """The chart's text alternative."""
    return _(
        "How many of the {count} paths have each length, in {unit}: a bell curve around {mean}; {share} % are {low} to"
        " {high} long."
    ).format(
        count=number(summary.ways),
        unit=unit,
        mean=f"{summary.mean:,.4g}",
        share=f"{100 * summary.share:.1f}",
        low=summary.shortest,
        high=summary.longest,
    )


def explanation(summary: PathSummary, blocks: int, unit: str) -> str:
    """What the numbers mean."""
    residual = summary.ways.bit_length() - 1
    others = blocks - residual
    bundle = ngettext(
        "At each of {count} sum a signal comes by the shortcut, identity or projection, or through the branch:"
        " unrolled, the network is a bundle of {power} paths",
        "At each of {count} sums a signal comes by the shortcut, identity or projection, or through the branch:"
        " unrolled, the network is a bundle of {power} paths",
        residual,
    ).format(count=formatting.whole(residual), power=f"2{str(residual).translate(RAISED)}")
    if others:
        through = ngettext(
            "{bundle}; {count} block without a sum stand on every path",
            "{bundle}; {count} blocks without a sum stand on every path",
            others,
        )
        bundle = through.format(bundle=bundle, count=formatting.whole(others))
    return _(
        "{bundle}. How many pass k branches is the binomial coefficient “{sums} over k”, so nearly all are of middling"
        " length, and a single path through everything is one among {count} ({paper}). This counts paths in {unit}; how"
        " much gradient comes along each is another matter: long paths carry almost none, which only a measurement"
        " shows."
    ).format(
        bundle=bundle,
        sums=formatting.whole(residual),
        count=number(summary.ways),
        paper=_(PAPER),
        unit=unit,
    )


def path_table(counts: Sequence[int], *, exact: bool) -> Table:
    """A row for each length that occurs; without `exact` numbers beyond reading are shortened."""
    ways = sum(counts)
    rows: list[tuple[Cell, ...]] = [
        (length, count if exact else number(count), Share(count / ways)) for length, count in enumerate(counts) if count
    ]
    totals = (N_("total"), ways if exact else number(ways), Share(1.0))
    return Table(N_("Paths by length"), tuple(HELPS), (N_("length"), N_("paths"), N_("share")), tuple(rows), totals)
