"""The compared networks among known ones: costs and measured times against each other, or against errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.experiments import ExperimentRequest
from explorer.jobs.one_shot import ChildError
from explorer.jobs.weights_and_onnx import PublishedWeights, published_weights
from explorer.language import N_, _, ngettext, told
from explorer.model import PRESETS, ModelSpec
from explorer.model.variants.shortcuts import is_plain
from explorer.outputs.tables.choosing import TIME, Candidate, fitting, frontier
from explorer.outputs.tables.comparison import Comparison
from explorer.outputs.tables.reference_networks import Dot, Field, best_field, paper_fields, weights_field
from explorer.outputs.tables.sweep import QUANTITIES
from explorer.ui.common import chart_downloads, theme
from explorer.ui.common.page_links import open_in_build
from explorer.ui.compare.candidates import (
    Axes,
    Known,
    costs,
    error_of,
    known_candidates,
    own_candidates,
    spots,
    sweep_candidates,
)
from explorer.ui.compare.charts import KnownNetworks, Own, axis_title, known_networks
from explorer.ui.compare.choosing import draw_bounds, draw_left, limits_of
from explorer.ui.compare.measured_times import PASSES, Times, background_request, measured_times
from explorer.ui.compare.setup import CompareSetup
from explorer.ui.compare.timing import CONTROLS, ask
from explorer.ui.compare.widgets import bound_choice, menu
from explorer.ui.measuring.progress import is_running, measure_again, show_job
from explorer.ui.measuring.time_ranges import ESTIMATE_HELP, range_text, request_range

BACKGROUND_SECONDS = 10
"""The least time in seconds for the known networks of one click together."""
HERE = {"forward": N_("forward here, ms"), "step": N_("forward + backward here, ms")}
"""The columns of measured times."""
CLICK = N_("Choosing a dot opens its network in Build.")
RECIPE_HELP = N_(
    "Errors are comparable only within one data set and one protocol or recipe of training: the accuracy in the filter"
    " and in the table is that of this one. Where the vertical axis is an error, it is that axis' own."
)
TRAIL_HELP = N_(
    "The networks of the first network's sweep, with the settings of the view “Sweep”, as far as they have both values."
)
RECIPES = ("IMAGENET1K_V1", "IMAGENET1K_V2")


@st.cache_data(show_spinner="Reading torchvision's table…")
def _weights() -> tuple[PublishedWeights, ...]:
    return published_weights()


def fields() -> Known:
    """Every field of published errors with its dots: torchvision's two recipes if readable, then the papers'."""
    try:
        rows = _weights()
    except ChildError:
        rows = ()
    found: dict[Field, tuple[Dot, ...]] = {}
    for recipe in RECIPES:
        dots = tuple(
            Dot(row.preset, round(100 - row.top1, 3), f"torchvision, {recipe}") for row in rows if row.weights == recipe
        )
        if dots:
            found[weights_field(recipe)] = dots
    return found | dict(paper_fields())


def field_panel(setup: CompareSetup, comparison: Comparison) -> None:
    """Draws the menus and the filter, the chart with its frontier, notes on what is missing, and what is left.

    A click on a dot opens its network in Build.
    """
    known = fields()
    axes = _choose_axes(setup, known, comparison.specs)
    draw_bounds(setup)
    candidates = [*known_candidates(axes, known), *own_candidates(setup, comparison, axes, known)]
    left = fitting(candidates, limits_of(setup))
    best = frontier(left, axes.x) if axes.field else []
    own = _own(setup, comparison, axes, known[axes.field] if axes.field else ())
    swept = sweep_candidates(setup, comparison, axes, known) if setup.choices["trail"] else []
    fits = set(map(id, left))
    others = [each for each in candidates if id(each) not in fits]
    shown = KnownNetworks(spots(left, axes), spots(others, axes), spots(best, axes), own, spots(swept, axes))
    titles = axis_title(axes.x, log=True), axes.title
    chart = known_networks(shown, titles, theme.current(), log_y=axes.field is None)
    description = _("{y} against {x}: {known} known and {compared} compared networks.").format(
        y=axes.title, x=costs()[axes.x], known=len(shown.fit), compared=len(own)
    )
    key = f"compare.field.{axes.x}.{axes.y}"
    _open_clicked(chart_downloads.show_chart(chart, key, description, f"networks-{axes.x}", on_select="rerun"))
    st.caption(" ".join([_(CLICK), *(_protocol_texts(axes.field, own) if axes.field else [])]))
    _trail_toggle(setup)
    if axes.measures:
        _measuring(setup, comparison, axes, [each for each in candidates if each.name in PRESETS])
    draw_left(setup, candidates, left, best, _columns(axes), axes.recipe)


def _choose_axes(setup: CompareSetup, known: Known, specs: Sequence[ModelSpec]) -> Axes:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = menu(setup, "x", _("Horizontal axis"), costs())
        y = _vertical(setup, known, specs)
        field = next((each for each in known if each.key == y), None)
        recipe = field or _recipe(setup, known, specs)
    return Axes(x, y, field, recipe, {name: measured_times(specs, name) for name in {x, y, TIME} & set(PASSES)})


def _recipe(setup: CompareSetup, known: Known, specs: Sequence[ModelSpec]) -> Field:
    """Draws the menu of the recipe whose accuracies count where no axis is an error."""
    best = best_field(known, specs)
    by_key = {each.key: each for each in (best, *known)}
    options = {"": f"{told(best.label)} ({len(known[best])})"}
    options |= {key: f"{told(each.label)} ({len(known[each])})" for key, each in by_key.items() if each != best}
    if setup.choices["recipe"] == best.key:
        setup.choices["recipe"] = ""
    chosen = menu(setup, "recipe", _("Recipe"), options, width=360, help=_(RECIPE_HELP))
    return by_key[chosen] if chosen else best


def _vertical(setup: CompareSetup, known: Known, specs: Sequence[ModelSpec]) -> str:
    """Draws the menu of the vertical axis; its default is the field with figures for most compared networks."""
    text = _("Error: {field} ({count})")
    options = {field.key: text.format(field=told(field.label), count=len(dots)) for field, dots in known.items()}
    options |= costs()
    first = best_field(known, specs).key
    if setup.choices["y"] == first:
        setup.choices["y"] = ""
    options = {"": options.pop(first), **options}
    chosen = menu(
        setup,
        "y",
        _("Vertical axis"),
        options,
        width=420,
        help=_("Errors are comparable only within one data set and one protocol, so each pair has its own axis."),
    )
    return chosen or first


def _columns(axes: Axes) -> Mapping[str, str]:
    """The costs in the table with their marked labels, the horizontal axis first."""
    shown = dict.fromkeys([axes.x, *([] if axes.field else [axes.y]), "params", "macs", TIME])
    return {key: HERE[key] if key in HERE else QUANTITIES[key].label for key in shown}


def _trail_toggle(setup: CompareSetup) -> None:
    shown = setup.choices["trail"]
    st.toggle(_("The sweep's networks"), shown, **bound_choice(setup, "trail", shown, help=_(TRAIL_HELP)))


def _own(setup: CompareSetup, comparison: Comparison, axes: Axes, printed: Sequence[Dot]) -> list[Own]:
    found = []
    for name, label, spec in zip(setup.named_networks, comparison.names, comparison.specs, strict=True):
        error = error_of(spec, printed)
        y = error if axes.field else axes.value(spec, axes.y)
        found.append(Own(label, name, axes.value(spec, axes.x), y, is_plain(spec)))
    return found


def _open_clicked(chosen: dict[str, Any]) -> None:
    points = chosen.get("selection", {}).get("points", [])
    if points and points[0].get("customdata"):
        name = points[0]["customdata"]
        open_in_build(str(name[0] if isinstance(name, list) else name))


def _protocol_texts(field: Field, own: Sequence[Own]) -> list[str]:
    missing = [each.label for each in own if each.y is None]
    texts = [_("{field}: {explanation}.").format(field=told(field.label), explanation=_(field.explanation))]
    if missing:
        text = _("Without a figure under this protocol: {networks}; a dotted line marks the cost.")
        texts.append(text.format(networks=", ".join(missing)))
    return texts


def _measuring(setup: CompareSetup, comparison: Comparison, axes: Axes, candidates: Sequence[Candidate]) -> None:
    times = axes.times[axes.x if axes.x in PASSES else axes.y]
    missing = [
        name for name, spec in zip(comparison.names, comparison.specs, strict=True) if spec not in times.milliseconds
    ]
    there = sum(each.spec in times.milliseconds for each in candidates)
    st.markdown(measured_text(times, missing, there, len(candidates)))
    requests: dict[str, ExperimentRequest] = {}
    if request := ask(setup, comparison):
        requests[_("Measure the compared networks")] = request
    settings = {name: int(setup.choices[name]) for name in CONTROLS}
    settings["seconds"] = max(settings["seconds"], BACKGROUND_SECONDS)
    background = background_request([each.name for each in candidates], comparison.specs, times, settings)
    if background:
        count = len(background.networks)
        label = ngettext("Measure {count} known network", "Measure {count} known networks", count)
        requests[label.format(count=count)] = background
    _measure_buttons(requests, urgent=bool(missing))


def _measure_buttons(requests: Mapping[str, ExperimentRequest], *, urgent: bool) -> None:
    """Draws a button for each request by its label, the first one in colour where it is `urgent`, and the progress."""
    busy = any(map(is_running, requests.values()))
    with st.container(horizontal=True):
        for number, (label, request) in enumerate(requests.items()):
            names = ", ".join(each.label for each in request.networks)
            st.button(
                label,
                key=f"compare.field.measure.{number}",
                icon=":material/timer:",
                type="primary" if urgent and number == 0 else "secondary",
                disabled=busy,
                on_click=measure_again,
                args=(request,),
                help=_("{networks}. Random weights, batch {batch}, in a separate process; {time}. {estimate}").format(
                    networks=names,
                    batch=request.parameters["batch"],
                    time=range_text(request_range(request)),
                    estimate=_(ESTIMATE_HELP),
                ),
            )
    for number, request in enumerate(requests.values()):
        show_job(request, f"compare.field.{number}", lambda answer: None, lambda result: None)


def measured_text(times: Times, missing: Sequence[str], there: int, known: int) -> str:
    """The conditions of the times, and which networks have none."""
    if times.conditions is None:
        return _("These networks have not been measured on this machine yet, so none is drawn.")
    text = _("Measured on this machine: {conditions}; {there} of {known} known networks.")
    texts = [text.format(conditions=times.conditions.text, there=there, known=known)]
    if missing:
        text = _("Not measured under these conditions, and not drawn: {networks}.")
        texts.append(text.format(networks=", ".join(missing)))
    return " ".join(texts)
