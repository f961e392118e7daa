"""Build's Memory: what a batch needs, part by part, and the measured peak beside the prediction."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.memory import Memory, measure_memory
from explorer.experiments.catalogue.measure import OPTIMISERS, MeasuredMemory, MeasureResult
from explorer.model import ModelSpec, assemble
from explorer.outputs import formatting
from explorer.outputs.palette import Palette
from explorer.outputs.tables.table import Cell, Share, Table
from explorer.ui.common import chart_downloads, components
from explorer.ui.common import theme as palette
from explorer.ui.common.components import Number
from explorer.ui.common.tables import show_with_files
from explorer.ui.measuring import panel

MIB = 2**20
ROWS = ["to train", "to run"]
WHOLE_STEP, WHOLE_PASS = "to train: the sum of these", "to run: weights, buffers, live activations"
PREDICTED, MEASURED = "predicted", "measured peak"
HELPS = {
    "part": "First what a training step holds, then what a forward pass holds.",
    "predicted": "By arithmetic, exact to the byte for what it counts.",
    "share": "Part of the predicted whole.",
    "measured": "For the sums the peak. In a process of its own; empty until it is measured.",
    "deviation": "Measured against predicted.",
}
NOT_PREDICTED = (
    "Not predicted: kernels' workspaces, the allocator's rounding, the loss, temporaries of the backward pass; they"
    " raise the peak. Gradients appear while saved activations go, so that the peak can also stay below the sum."
)
AUTOCAST = (
    " Under autocast group norms, gates, SiLU and GELU keep some values in 32 bits, each device in its own way: such"
    " networks may need a third more or less than predicted; those of convolutions, batch norms and ReLUs do not."
)
COUNTED_BY_HOOKS = " Saved activations are counted by autograd's own hooks, each stretch of memory once."


def memory_panel(spec: ModelSpec, file_name: str) -> None:
    """Settings, the prediction, the button, and the measured peak beside it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="memory.tools"):
        chosen = panel.settings("batch", "precision", "optimiser", "device")
    request = panel.ask({panel.LABEL: spec}, chosen)
    memory = measure_memory(
        assemble(spec), int(chosen["batch"]), precision=chosen["precision"], optimizer=chosen["optimiser"]
    )
    draw = partial(_draw, memory, OPTIMISERS[chosen["optimiser"]], file_name)
    if request is None:
        draw(None)
    else:
        panel.show_measurement(request, "memory", draw)


def parts_of(memory: Memory, optimiser: str) -> dict[str, int]:
    """The bytes of a training step by what they hold, in the order in which they stand on one another."""
    parts = {
        "weights": memory.weights,
        "buffers": memory.buffers,
        "gradients": memory.gradients,
        f"optimiser ({optimiser})": memory.optimizer,
        "saved activations": memory.saved_activations,
    }
    return parts | ({"the images themselves": memory.extra_bytes} if memory.extra_bytes else {})


def _draw(memory: Memory, optimiser: str, file_name: str, result: MeasureResult | None) -> None:
    measured = result.networks[0].memory if result else None
    _metrics(memory, measured)
    table = memory_table(memory, optimiser, measured)
    chart = memory_chart(memory, optimiser, measured, palette.current())
    chart_downloads.show_chart(chart, "memory.chart", chart_description(memory, measured), f"{file_name}-memory")
    show_with_files(table, "memory.table", f"{file_name}-memory", HELPS)
    how = how_measured(result) if result else "The peak is not measured yet with these settings."
    st.caption(f"{how} {NOT_PREDICTED}{AUTOCAST if memory.extra_bytes else ''}")


def _metrics(memory: Memory, measured: MeasuredMemory | None) -> None:
    both = {
        "To train": (memory.training, measured.training if measured else None),
        "To run": (memory.inference, measured.inference if measured else None),
    }
    components.metrics([_metric(label, guess, peak) for label, (guess, peak) in both.items()], key="memory.metrics")


def _metric(label: str, guess: int, peak: int | None) -> Number:
    below = f"measured {formatting.size(peak)}, {deviation_text(peak, guess)}" if peak else "not measured yet"
    measured = f" Measured peak: {formatting.whole(peak)} bytes." if peak else ""
    explanation = f"Predicted for this batch: {formatting.whole(guess)} bytes, weights included.{measured}"
    return Number(label, formatting.size(guess), below, explanation)


def deviation_text(measured: int, guess: int) -> str:
    """`2.4 % above the prediction`."""
    difference = 100 * (measured / guess - 1)
    if abs(difference) < 0.05:
        return "as predicted"
    return f"{abs(difference):.1f} % {'above' if difference > 0 else 'below'} the prediction"


def memory_table(memory: Memory, optimiser: str, measured: MeasuredMemory | None) -> Table:
    """A row for each part of a training step, the whole step, and below it a pass of inference."""
    found = _measured_parts(measured)
    rows: list[tuple[Cell, ...]] = []
    for name, guess in parts_of(memory, optimiser).items():
        rows.append(_row(name, guess, Share(guess / memory.training), found.get(name.partition(" (")[0])))
    train, run = (measured.training, measured.inference) if measured else (None, None)
    rows.append(_row(WHOLE_STEP, memory.training, Share(1.0), train))
    rows.append(_row("live activations", memory.inference_activations, None, None))
    rows.append(_row(WHOLE_PASS, memory.inference, None, run))
    labels = ("part", "predicted, bytes", "share of training", "measured, bytes", "deviation, %")
    return Table("Memory of a batch", ("part", "predicted", "share", "measured", "deviation"), labels, tuple(rows))


def _row(name: str, guess: int, share: Share | None, measured: int | None) -> tuple[Cell, ...]:
    deviation = 100 * (measured / guess - 1) if measured is not None and guess else None
    return (name, guess, share, measured, deviation)


def _measured_parts(measured: MeasuredMemory | None) -> dict[str, int]:
    """What was measured of the parts; a measurement of an older version has none."""
    if measured is None or not measured.gradients:
        return {}
    parts = {"gradients": measured.gradients, "saved activations": measured.saved}
    return parts | {"optimiser": measured.optimiser}


def memory_chart(memory: Memory, optimiser: str, measured: MeasuredMemory | None, theme: Palette) -> go.Figure:
    """Bars in MiB: the prediction, part on part, and the measured peak below it."""
    chart = go.Figure()
    live = {"weights": memory.weights, "buffers": memory.buffers, "live activations": memory.inference_activations}
    colours = {
        name: theme.chart[number] for number, name in enumerate(dict.fromkeys((*parts_of(memory, optimiser), *live)))
    }
    for name, colour in colours.items():
        amounts = (parts_of(memory, optimiser).get(name, 0), live.get(name, 0))
        chart.add_bar(
            y=[ROWS, [PREDICTED] * 2],
            x=[amount / MIB for amount in amounts],
            name=name,
            orientation="h",
            marker={"color": colour, "line": {"color": theme.background, "width": 1}},
            hovertemplate="%{x:,.2f} MiB<extra>%{fullData.name}</extra>",
        )
    if measured is not None:
        chart.add_bar(
            y=[ROWS, [MEASURED] * 2],
            x=[measured.training / MIB, measured.inference / MIB],
            name=MEASURED,
            orientation="h",
            marker={"color": theme.muted},
            hovertemplate="%{x:,.2f} MiB<extra>measured peak</extra>",
        )
    chart.update_layout(legend_traceorder="normal")
    return chart_downloads.lay_out(
        chart,
        260 if measured is None else 350,
        barmode="stack",
        xaxis={"title": "MiB for the batch", "rangemode": "tozero"},
        yaxis={"autorange": "reversed"},
    )


def chart_description(memory: Memory, measured: MeasuredMemory | None) -> str:
    """The chart's text alternative."""
    predicted = f"Predicted {formatting.size(memory.training)} to train and {formatting.size(memory.inference)} to run."
    if measured is None:
        return predicted
    train = deviation_text(measured.training, memory.training)
    run = deviation_text(measured.inference, memory.inference)
    return (
        f"{predicted} Measured peaks: {formatting.size(measured.training)}, {train};"
        f" {formatting.size(measured.inference)}, {run}."
    )


def how_measured(result: MeasureResult) -> str:
    """By what the peak was counted, and what that leaves out."""
    memory = result.networks[0].memory
    growth = (
        f" The whole process grew by {formatting.size(memory.process_growth)} meanwhile, libraries' own memory in it."
        if memory.process_growth
        else ""
    )
    return (
        f"Measured on {result.device_name}, {result.precision}, in a process of its own, by {memory.method}."
        f"{COUNTED_BY_HOOKS if memory.gradients else ''}{growth}"
    )
