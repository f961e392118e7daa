"""The compared networks among known ones: costs and measured times against each other, or against errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import PublishedWeights, published_weights
from explorer.model import PRESETS, ModelSpec, preset
from explorer.outputs import formatting
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.reference_networks import Dot, Field, best_field, dots_of, paper_fields, weights_field
from explorer.outputs.tables.sweep import QUANTITIES, amounts_of
from explorer.outputs.tables.table import Table
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.page_links import open_in_build
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.charts import Own, axis_title, known_networks
from explorer.ui.compare.measured_times import PASSES, Times, background_request, measured_times, pass_label
from explorer.ui.compare.setup import CompareSetup
from explorer.ui.compare.timing import ask
from explorer.ui.compare.widgets import menu
from explorer.ui.measuring.panel import seconds_of
from explorer.ui.measuring.progress import is_running, measure_again, show_job

COSTS: Mapping[str, str] = {key: quantity.label for key, quantity in QUANTITIES.items()} | {
    key: pass_label(key) for key in PASSES
}
"""The labels of the costs and passes, by their names in the address."""
BACKGROUND_SECONDS = 10
"""The least time in seconds for the known networks of one click together."""
RECIPES = ("IMAGENET1K_V1", "IMAGENET1K_V2")


@st.cache_data(show_spinner="Reading torchvision's table…")
def _weights() -> tuple[PublishedWeights, ...]:
    return published_weights()


def fields() -> dict[Field, tuple[Dot, ...]]:
    """Every field of published errors with its dots: torchvision's two recipes if readable, then the papers'."""
    try:
        rows = _weights()
    except ChildError:
        rows = ()
    found: dict[Field, tuple[Dot, ...]] = {}
    for recipe in RECIPES:
        dots = tuple(Dot(row.preset, round(100 - row.top1, 3), "torchvision") for row in rows if row.weights == recipe)
        if dots:
            found[weights_field(recipe)] = dots
    return found | dict(paper_fields())


@dataclass(frozen=True)
class Axes:
    """The two axes: names of costs or passes; the vertical one can also be a field of published errors."""

    x: str
    y: str
    field: Field | None
    times: Mapping[str, Times]
    """The measured times, by pass."""

    def value(self, spec: ModelSpec, axis: str) -> float | None:
        """A network's cost or measured milliseconds; None where it was not measured."""
        if axis in PASSES:
            found = self.times[axis].milliseconds.get(spec)
            return None if found is None else round(found, 3)
        return amounts_of(spec)[axis]

    @property
    def title(self) -> str:
        """The title of the vertical axis."""
        return f"Top-1 error, %: {self.field.label}" if self.field else axis_title(self.y, log=True)


def field_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws two menus, the chart, a note on missing networks, and the table. A click on a dot opens Build."""
    known = fields()
    axes = _choose_axes(setup, known, comparison.specs)
    candidates = known[axes.field] if axes.field else tuple(Dot(name, 0.0, PRESETS[name].family) for name in PRESETS)
    dots = _placed(candidates, axes)
    own = _own(setup, comparison, axes, candidates)
    titles = axis_title(axes.x, log=True), axes.title
    chart = known_networks(dots, own, titles, theme.current(), log_y=axes.field is None)
    description = f"{axes.title} against {COSTS[axes.x]}: {len(dots)} known and {len(own)} compared networks."
    key = f"compare.field.{axes.x}.{axes.y}"
    _open_clicked(chart_downloads.show_chart(chart, key, description, f"networks-{axes.x}", on_select="rerun"))
    st.caption("A click on a dot opens its network in Build." + (_protocol_text(axes.field, own) if axes.field else ""))
    if axes.times:
        _measuring(setup, comparison, axes, [dot.preset for dot in candidates])
    show_with_files(dots_table(dots, axes), "compare.field.table", "known-networks")


def _choose_axes(setup: CompareSetup, known: Mapping[Field, tuple[Dot, ...]], specs: Sequence[ModelSpec]) -> Axes:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = menu(setup, "x", "Horizontal axis", COSTS)
        y = _vertical(setup, known, specs)
    field = next((each for each in known if each.key == y), None)
    return Axes(x, y, field, {axis: measured_times(specs, axis) for axis in (x, y) if axis in PASSES})


def _vertical(setup: CompareSetup, known: Mapping[Field, tuple[Dot, ...]], specs: Sequence[ModelSpec]) -> str:
    """Draws the menu of the vertical axis; its default is the field with figures for most compared networks."""
    options = {field.key: f"Error: {field.label} ({len(dots)})" for field, dots in known.items()}
    options |= COSTS
    first = best_field(known, specs).key
    if setup.choices["y"] == first:
        setup.choices["y"] = ""
    options = {"": options.pop(first), **options}
    chosen = menu(
        setup,
        "y",
        "Vertical axis",
        options,
        width=420,
        help="Errors are comparable only within one data set and one protocol, so each pair has its own axis.",
    )
    return chosen or first


def _placed(candidates: Sequence[Dot], axes: Axes) -> list[tuple[Dot, float]]:
    """Each known network with its vertical and horizontal value; those that were not measured are left out."""
    found = []
    for dot in candidates:
        spec = preset(dot.preset)
        x, y = axes.value(spec, axes.x), dot.error if axes.field else axes.value(spec, axes.y)
        if x is not None and y is not None:
            found.append((dot._replace(error=y), x))
    return found


def _own(setup: CompareSetup, comparison: Comparison, axes: Axes, printed: Sequence[Dot]) -> list[Own]:
    found = []
    for name, label, spec in zip(setup.named_networks, comparison.names, comparison.specs, strict=True):
        error = min((dot.error for dot in dots_of(spec, printed)), default=None)
        found.append(Own(label, name, axes.value(spec, axes.x), error if axes.field else axes.value(spec, axes.y)))
    return found


def _open_clicked(chosen: dict[str, Any]) -> None:
    points = chosen.get("selection", {}).get("points", [])
    if points and points[0].get("customdata"):
        name = points[0]["customdata"]
        open_in_build(str(name[0] if isinstance(name, list) else name))


def _protocol_text(field: Field, own: Sequence[Own]) -> str:
    missing = [each.label for each in own if each.y is None]
    text = f" {field.label}: {field.explanation}."
    if missing:
        text += f" Without a figure under this protocol: {', '.join(missing)}; a dotted line marks the cost."
    return text


def _measuring(setup: CompareSetup, comparison: Comparison, axes: Axes, names: Sequence[str]) -> None:
    times = next(iter(axes.times.values()))
    missing = [
        name for name, spec in zip(comparison.names, comparison.specs, strict=True) if spec not in times.milliseconds
    ]
    there = sum(preset(name) in times.milliseconds for name in names)
    st.markdown(measured_text(times, missing, there, len(names)))
    batch, seconds = int(setup.choices["batch"]), int(setup.choices["seconds"])
    requests: dict[str, ExperimentRequest] = {}
    if request := ask(setup, comparison):
        requests["Measure the compared networks"] = request
    background = background_request(names, comparison.specs, times, batch, max(seconds, BACKGROUND_SECONDS))
    if background:
        requests[f"Measure {formatting.plural(len(background.networks), 'known network')}"] = background
    _measure_buttons(requests, urgent=bool(missing))


def _measure_buttons(requests: Mapping[str, ExperimentRequest], *, urgent: bool) -> None:
    """Draws a button for each request by its label, the first one in colour where it is `urgent`, and the progress."""
    busy = any(map(is_running, requests.values()))
    with st.container(horizontal=True):
        for number, (label, request) in enumerate(requests.items()):
            names = ", ".join(each.label for each in request.networks)
            seconds = formatting.seconds(seconds_of(request))
            st.button(
                label,
                key=f"compare.field.measure.{number}",
                icon=":material/timer:",
                type="primary" if urgent and number == 0 else "secondary",
                disabled=busy,
                on_click=measure_again,
                args=(request,),
                help=f"{names}. Random weights, batch {request.parameters['batch']}, in a separate process; about"
                f" {seconds} on an idle machine.",
            )
    for number, request in enumerate(requests.values()):
        show_job(request, f"compare.field.{number}", lambda answer: None, lambda result: None)


def measured_text(times: Times, missing: Sequence[str], there: int, known: int) -> str:
    """The conditions of the times, and which networks have none."""
    if times.conditions is None:
        return "These networks have not been measured on this machine yet, so none is drawn."
    text = f"Measured on this machine: {times.conditions.text}; {there} of {known} known networks."
    return f"{text} Not measured under these conditions, and not drawn: {', '.join(missing)}." if missing else text


def dots_table(dots: Sequence[tuple[Dot, float]], axes: Axes) -> Table:
    """The chart's dots as rows."""
    title = f"error, %: {axes.field.label}" if axes.field else COSTS[axes.y]
    keys = ("network", "source", axes.x, "error" if axes.field else f"{axes.y}_upwards")
    rows = tuple(
        (dot.preset, dot.source, x, dot.error)
        for dot, x in sorted(dots, key=lambda each: (each[0].error, each[0].preset))
    )
    return Table("Known networks", keys, ("network", "source", COSTS[axes.x], title), rows)
