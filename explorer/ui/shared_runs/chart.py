"""The curves of a shared run as a chart: the class's median and band, or one seat's own curve."""

from collections.abc import Iterator, Sequence

import streamlit as st

from explorer.language import N_, _, ngettext
from explorer.outputs.formatting import whole
from explorer.runs.records import RunRecord
from explorer.shared_runs.band import SHOWN, Band, Curves, band
from explorer.shared_runs.bounds import FEWEST_FOR_BAND
from explorer.ui.common import chart_downloads, components, theme
from explorer.ui.common.plotly_asset import plotly_address
from explorer.ui.common.run_names import network_names, run_colours, run_is_plain, same_but_seed
from explorer.ui.train.curves.chart import FONT, PLOT_HEIGHT, ChartColours, ChartLine, LiveChart
from explorer.ui.train.curves.curves import QUANTITIES

MOST_LINES = 8
"""Lines that a projector shows apart; of a larger grid the table alone is shown."""
SMALL_HEIGHT = 240
"""Pixels of a seat's own chart, on a phone."""
NO_CHART = N_("The chart cannot be drawn: plotly.js cannot be copied, since the folder of app.py is not writable.")
ABOUT = N_(
    "The line is the median over the seeds that have come to a step, the band goes from the quartile of 25 % to that"
    " of 75 %. Both begin and end where at least {fewest} seeds are; with fewer seeds there is a median and no band."
)


def draw_class(runs: Sequence[RunRecord], curves: Curves, steps: int, quantity: str, *, log: bool) -> None:
    """Draws one line for each network of each cell, with its band; nothing where there are too many lines."""
    groups = same_but_seed(runs)
    if len(groups) > MOST_LINES:
        return
    colours = run_colours(runs, theme.current())
    lines, seeds = [], []
    for group, name in zip(groups, network_names(groups), strict=True):
        found = band(curves.of(run.id, quantity) for run in group if run.state in SHOWN)
        told = ngettext("{network}, {count} seed", "{network}, {count} seeds", found.curves)
        seeds.append(told.format(network=name, count=found.curves))
        lines.append(_line(seeds[-1], found, colours[group[0].id], group[0]))
    _draw(lines, steps, quantity, "class.shared.chart", PLOT_HEIGHT, "; ".join(_newest(lines)), log=log)
    st.caption(_(ABOUT).format(fewest=FEWEST_FOR_BAND))


def _newest(lines: Sequence[ChartLine]) -> Iterator[str]:
    for line in lines:
        newest = _("{value} at step {step}") if line.x else _("none yet")
        value, step = (f"{line.y[-1]:.3g}", whole(int(line.x[-1]))) if line.x else ("", "")
        yield f"{line.name}: {newest.format(value=value, step=step)}"


def draw_own(runs: Sequence[RunRecord], curves: Curves, key: str) -> None:
    """Draws the training losses of one seat's runs."""
    lines, colours = [], run_colours(runs, theme.current())
    for run in runs:
        curve = curves.of(run.id, "train_loss")
        if steps := sorted(curve):
            lines.append(_line(run.label, Band(steps, [curve[step] for step in steps]), colours[run.id], run))
    if lines:
        steps_in_all = max(run.steps for run in runs)
        _draw(lines, steps_in_all, "train_loss", key, SMALL_HEIGHT, "; ".join(_newest(lines)), log=False)


def _line(name: str, found: Band, colour: str, run: RunRecord) -> ChartLine:
    edges = (found.low, found.high) if found.low else (None, None)
    dash, is_point = "dash" if run_is_plain(run) else "solid", len(found.steps) == 1
    return ChartLine(name, found.steps, found.middle, colour, dash, is_point, low=edges[0], high=edges[1])


def _draw(
    lines: Sequence[ChartLine], steps: int, quantity: str, key: str, height: int, newest: str, *, log: bool
) -> None:
    address, palette = plotly_address(), theme.current()
    if address is None:
        st.warning(_(NO_CHART))
        return
    description = _("{quantity}: {values}.").format(quantity=_(QUANTITIES[quantity].label), values=newest)
    chart = LiveChart(
        plotly=address,
        curves=lines,
        references=(),
        height=height,
        font=FONT,
        colours=ChartColours(palette.text, palette.border, palette.surface),
        log=log,
        x_title=_("steps"),
        x_format="",
        x_range=(0, steps),
        y_title=_(QUANTITIES[quantity].title),
        revision=f"{key}.{quantity}.{log}",
        description=description,
    )
    components.curves(chart, key=key)
    chart_downloads.files(key, description, f"class-{quantity}")
