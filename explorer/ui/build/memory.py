"""Build's Memory: what a batch needs, part by part, and the measured peak beside the prediction."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from explorer.analysis.memory import Memory, measure_memory
from explorer.experiments.catalogue.measure import OPTIMISERS, MeasuredMemory, MeasureResult
from explorer.language import N_, _
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
ROWS = (N_("to train"), N_("to run"))
OPTIMISER_PARTS = {
    "SGD": N_("optimiser (SGD)"),
    "SGD with momentum": N_("optimiser (SGD with momentum)"),
    "Adam": N_("optimiser (Adam)"),
}
METHODS = (
    N_("torch.mps.driver_allocated_memory: growth of the allocator's pool"),
    N_("torch.profiler: running sum of tensor allocations and releases"),
)
"""What measurements say they counted by, where it is more than a name."""
WHOLE_STEP, WHOLE_PASS = N_("to train: the sum of these"), N_("to run: weights, buffers, live activations")
PREDICTED, MEASURED = N_("predicted"), N_("measured peak")
HELPS = {
    "part": N_("First what a training step holds, then what a forward pass holds."),
    "predicted": N_("By arithmetic, exact to the byte for what it counts."),
    "share": N_("Part of the predicted whole."),
    "measured": N_("For the sums the peak. In a process of its own; empty until it is measured."),
    "deviation": N_("Measured against predicted."),
}
NOT_PREDICTED = N_(
    "Not predicted: kernels' workspaces, the allocator's rounding, the loss, temporaries of the backward pass; they"
    " raise the peak. Gradients appear while saved activations go, so that the peak can also stay below the sum."
)
AUTOCAST = N_(
    "Under autocast group norms, gates, SiLU and GELU keep some values in 32 bits, each device in its own way: such"
    " networks may need a third more or less than predicted; those of convolutions, batch norms and ReLUs do not."
)
COUNTED_BY_HOOKS = N_("Saved activations are counted by autograd's own hooks, each stretch of memory once.")


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
        N_("weights"): memory.weights,
        N_("buffers"): memory.buffers,
        N_("gradients"): memory.gradients,
        OPTIMISER_PARTS[optimiser]: memory.optimizer,
        N_("saved activations"): memory.saved_activations,
    }
    return parts | ({N_("the images themselves"): memory.extra_bytes} if memory.extra_bytes else {})


def _draw(memory: Memory, optimiser: str, file_name: str, result: MeasureResult | None) -> None:
    measured = result.networks[0].memory if result else None
    _metrics(memory, measured)
    table = memory_table(memory, optimiser, measured)
    chart = memory_chart(memory, optimiser, measured, palette.current())
    chart_downloads.show_chart(chart, "memory.chart", chart_description(memory, measured), f"{file_name}-memory")
    show_with_files(table, "memory.table", f"{file_name}-memory", HELPS)
    how = how_measured(result) if result else _("The peak is not measured yet with these settings.")
    st.caption(" ".join([how, _(NOT_PREDICTED), *([_(AUTOCAST)] if memory.extra_bytes else [])]))


def _metrics(memory: Memory, measured: MeasuredMemory | None) -> None:
    both = {
        _("To train"): (memory.training, measured.training if measured else None),
        _("To run"): (memory.inference, measured.inference if measured else None),
    }
    components.metrics([_metric(label, guess, peak) for label, (guess, peak) in both.items()], key="memory.metrics")


def _metric(label: str, guess: int, peak: int | None) -> Number:
    below = _("not measured yet")
    explanation = _("Predicted for this batch: {count} bytes, weights included.").format(count=formatting.whole(guess))
    if peak:
        below = _("measured {size}, {deviation}").format(
            size=formatting.size(peak), deviation=deviation_text(peak, guess)
        )
        explanation += " " + _("Measured peak: {count} bytes.").format(count=formatting.whole(peak))
    return Number(label, formatting.size(guess), below, explanation)


def deviation_text(measured: int, guess: int) -> str:
    """`2.4 % above the prediction`."""
    difference = 100 * (measured / guess - 1)
    if abs(difference) < 0.05:
        return _("as predicted")
    text = _("{share} % above the prediction") if difference > 0 else _("{share} % below the prediction")
    return text.format(share=f"{abs(difference):.1f}")


def memory_table(memory: Memory, optimiser: str, measured: MeasuredMemory | None) -> Table:
    """A row for each part of a training step, the whole step, and below it a pass of inference."""
    found = _measured_parts(measured)
    rows: list[tuple[Cell, ...]] = []
    for name, guess in parts_of(memory, optimiser).items():
        rows.append(_row(name, guess, Share(guess / memory.training), found.get(name.partition(" (")[0])))
    train, run = (measured.training, measured.inference) if measured else (None, None)
    rows.append(_row(WHOLE_STEP, memory.training, Share(1.0), train))
    rows.append(_row(N_("live activations"), memory.inference_activations, None, None))
    rows.append(_row(WHOLE_PASS, memory.inference, None, run))
    labels = (
        N_("part"),
        N_("predicted, bytes"),
        N_("share of training"),
        N_("measured, bytes"),
        N_("deviation, %"),
    )
    return Table(N_("Memory of a batch"), tuple(HELPS), labels, tuple(rows))


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
    chart, rows = go.Figure(), [_(row) for row in ROWS]
    live = {"weights": memory.weights, "buffers": memory.buffers, "live activations": memory.inference_activations}
    colours = {
        name: theme.chart[number] for number, name in enumerate(dict.fromkeys((*parts_of(memory, optimiser), *live)))
    }
    for name, colour in colours.items():
        amounts = (parts_of(memory, optimiser).get(name, 0), live.get(name, 0))
        chart.add_bar(
            y=[rows, [_(PREDICTED)] * 2],
            x=[amount / MIB for amount in amounts],
            name=_(name),
            orientation="h",
            marker={"color": colour, "line": {"color": theme.background, "width": 1}},
            hovertemplate="%{x:,.2f} MiB<extra>%{fullData.name}</extra>",
        )
    if measured is not None:
        chart.add_bar(
            y=[rows, [_(MEASURED)] * 2],
            x=[measured.training / MIB, measured.inference / MIB],
            name=_(MEASURED),
            orientation="h",
            marker={"color": theme.muted},
            hovertemplate="%{x:,.2f} MiB<extra>%{fullData.name}</extra>",
        )
    chart.update_layout(legend_traceorder="normal")
    return chart_downloads.lay_out(
        chart,
        260 if measured is None else 350,
        barmode="stack",
        xaxis={"title": _("MiB for the batch"), "rangemode": "tozero"},
        yaxis={"autorange": "reversed"},
    )


def chart_description(memory: Memory, measured: MeasuredMemory | None) -> str:
    """The chart's text alternative."""
    predicted = _("Predicted {training} to train and {inference} to run.").format(
        training=formatting.size(memory.training), inference=formatting.size(memory.inference)
    )
    if measured is None:
        return predicted
    train = deviation_text(measured.training, memory.training)
    run = deviation_text(measured.inference, memory.inference)
    return _("{predicted} Measured peaks: {training}, {train}; {inference}, {run}.").format(
        predicted=predicted,
        training=formatting.size(measured.training),
        train=train,
        inference=formatting.size(measured.inference),
        run=run,
    )


def how_measured(result: MeasureResult) -> str:
    """By what the peak was counted, and what that leaves out."""
    memory = result.networks[0].memory
    sentences = [
        _("Measured on {device}, {precision}, in a process of its own, by {method}.").format(
            device=result.device_name, precision=result.precision, method=_(memory.method)
        )
    ]
    if memory.gradients:
        sentences.append(_(COUNTED_BY_HOOKS))
    if memory.process_growth:
        grew = _("The whole process grew by {size} meanwhile, libraries' own memory in it.")
        sentences.append(grew.format(size=formatting.size(memory.process_growth)))
    return " ".join(sentences)
