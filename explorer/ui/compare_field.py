"""The compared networks among those that everybody knows: cost against cost, or against one protocol's errors."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.model import PRESETS, ModelSpec
from explorer.outputs.comparison import Comparison
from explorer.outputs.comparison_field import (
    Dot,
    Field,
    best_field,
    dots_of,
    known_amounts,
    paper_fields,
    weights_field,
)
from explorer.outputs.sweep import QUANTITIES, amounts_of
from explorer.outputs.tables import Table
from explorer.runs.child import ChildError
from explorer.runs.weights import PublishedWeights, published_weights
from explorer.ui import chart_files, palette
from explorer.ui.compare import open_in_build
from explorer.ui.compare_charts import axis_title, known_networks
from explorer.ui.compare_choice import menu
from explorer.ui.compare_entry import CompareEntry
from explorer.ui.compare_tables import show_table

RECIPES = ("IMAGENET1K_V1", "IMAGENET1K_V2")


@st.cache_data(show_spinner="Asking torchvision…")
def _weights() -> tuple[PublishedWeights, ...]:
    return published_weights()


def fields() -> dict[Field, tuple[Dot, ...]]:
    """Every field of comparison: torchvision's two recipes where it can be asked, then the papers'."""
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


def field_panel(entry: CompareEntry, comparison: Comparison) -> None:
    """Two menus, the chart, what is not in it, and the table behind it. A click on a dot opens Build."""
    known = fields()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        x = menu(entry, "x", "Cost (across)", {key: quantity.label for key, quantity in QUANTITIES.items()})
        y = _vertical(entry, known, comparison.specs)
    field = next((each for each in known if each.key == y), None)
    dots = known[field] if field else _cost_dots(y)
    own = _own(entry, comparison, x, y, dots if field else None)
    behind = [(dot, known_amounts(dot.preset)[x]) for dot in dots]
    title = f"Top-1 error, %: {field.label}" if field else axis_title(y, log=True)
    chart = known_networks(behind, own, (axis_title(x, log=True), title), palette.current(), log_y=field is None)
    words = f"{title} against {QUANTITIES[x].label}: {len(dots)} known networks behind {len(own)} compared ones."
    _open_clicked(chart_files.show(chart, f"compare.field.{x}.{y}", words, f"networks-{x}", on_select="rerun"))
    st.caption("A click on a dot opens its network in Build." + (_protocol_words(field, own) if field else ""))
    show_table(dots_table(dots, x, y, field), "compare.field.table", "known-networks")


def _vertical(entry: CompareEntry, known: Mapping[Field, tuple[Dot, ...]], specs: Sequence[ModelSpec]) -> str:
    """The menu of the vertical axis; at first the field in which most of the compared networks have a figure."""
    options = {field.key: f"Error: {field.label} ({len(dots)})" for field, dots in known.items()}
    options |= {key: quantity.label for key, quantity in QUANTITIES.items()}
    first = best_field(known, specs).key
    if entry.choices["y"] == first:
        entry.choices["y"] = ""
    options = {"": options.pop(first), **options}
    chosen = menu(
        entry,
        "y",
        "Upwards",
        options,
        width=420,
        help="Errors are only comparable within one data set and one protocol, so each pair is an axis of its own.",
    )
    return chosen or first


def _cost_dots(y: str) -> tuple[Dot, ...]:
    """Every known network, with a cost in place of an error."""
    return tuple(Dot(name, known_amounts(name)[y], PRESETS[name].family) for name in PRESETS)


def _own(
    entry: CompareEntry, comparison: Comparison, x: str, y: str, dots: Sequence[Dot] | None
) -> list[tuple[str, str, int, float | None]]:
    found: list[tuple[str, str, int, float | None]] = []
    for name, label, spec in zip(entry.contestants, comparison.names, comparison.specs, strict=True):
        amounts = amounts_of(spec)
        if dots is None:
            found.append((label, name, amounts[x], amounts[y]))
            continue
        printed = dots_of(spec, dots)
        found.append((label, name, amounts[x], min((dot.error for dot in printed), default=None)))
    return found


def _open_clicked(chosen: dict[str, Any]) -> None:
    points = chosen.get("selection", {}).get("points", [])
    if points and points[0].get("customdata"):
        name = points[0]["customdata"]
        open_in_build(str(name[0] if isinstance(name, list) else name))


def _protocol_words(field: Field, own: Sequence[tuple[str, str, int, float | None]]) -> str:
    missing = [label for label, _, _, y in own if y is None]
    words = f" {field.label}: {field.explanation}."
    if missing:
        words += f" No figure under this protocol: {', '.join(missing)}; a dotted line marks the cost."
    return words


def dots_table(dots: Sequence[Dot], x: str, y: str, field: Field | None) -> Table:
    """The chart's dots as rows."""
    title = f"error, %: {field.label}" if field else QUANTITIES[y].label
    keys = ("network", "source", x, "error" if field else f"{y}_upwards")
    rows = tuple(
        (dot.preset, dot.source, known_amounts(dot.preset)[x], dot.error)
        for dot in sorted(dots, key=lambda each: (each.error, each.preset))
    )
    return Table("Known networks", keys, ("network", "source", QUANTITIES[x].label, title), rows)
