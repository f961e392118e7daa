"""The filter among known networks: its controls, what is left with the frontier, what is missing, and the way out."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

import streamlit as st

from explorer.language import N_, _, ngettext, told
from explorer.outputs import formatting
from explorer.outputs.tables.choosing import BOUNDS, ERROR, TIME, Bound, Candidate, Limits, WayOut, table, way_out
from explorer.outputs.tables.reference_networks import Field
from explorer.ui.common.remembered_widgets import pressed
from explorer.ui.common.tables import show_with_files
from explorer.ui.compare.setup import CompareSetup
from explorer.ui.compare.widgets import bound_choice

FITTING = N_("**{left} of {all} networks fit.**")
NOTHING_FITS = N_("No network fits. The bound “{bound}” excludes most: {excluded} of {all}.")
NEAREST = N_("Without it {left} would be left; {nearest} needs {limit}.")
TOGETHER = N_("No single bound can be removed to let a network in: the bounds exclude each other's networks.")
NO_FIGURE = N_(
    "{missing} of {all} networks have no accuracy here: errors are comparable only within one data set and one recipe,"
    " and for “{field}” ({explanation}) figures were published for the other {known} alone."
)
NO_TIME = N_(
    "{missing} of {all} networks have no time: it is known only where they were measured on this machine under the same"
    " conditions. Choose a measured time as an axis to measure more."
)
HELPS: Mapping[str, str] = {
    "accuracy": N_("Top-1, in percent: 100 minus the error."),
    "frontier": N_("yes: no other network that fits is both cheaper, by the horizontal axis, and more accurate."),
    TIME: N_("Median of a forward pass, measured on this machine."),
    "source": N_("Where the error is printed; for networks without an error, their family."),
}


def limits_of(setup: CompareSetup) -> Limits:
    """The limits that are set."""
    return {name: setup.choices[name] for name in BOUNDS if setup.choices[name] is not None}


def draw_bounds(setup: CompareSetup) -> None:
    """Draws a box for each bound; an empty one sets no limit."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare.bounds"):
        for name, bound in BOUNDS.items():
            st.number_input(
                _(bound.label),
                min_value=0.0,
                max_value=bound.highest,
                step=None,
                format="%g",
                placeholder=_("no bound"),
                width=180,
                value=setup.choices[name],
                **bound_choice(
                    setup,
                    name,
                    setup.choices[name],
                    help=_("{help} An empty box sets no bound.").format(help=_(bound.help)),
                ),
            )


def draw_left(
    setup: CompareSetup,
    candidates: Sequence[Candidate],
    left: Sequence[Candidate],
    best: Sequence[Candidate],
    columns: Mapping[str, str],
    field: Field,
) -> None:
    """Draws how many networks fit and their table, or the way out where none does; and why figures are missing."""
    limits = limits_of(setup)
    if left:
        st.markdown(_(FITTING).format(left=len(left), all=len(candidates)))
        found = table(left, best, columns)
        hidden = {"name"} if best else {"name", ERROR, "frontier"}
        # What no network has, a time before any is measured, takes no room.
        filled = {key for row in found.rows for key, cell in zip(found.keys, row, strict=True) if cell is not None}
        shown = [key for key in found.keys if key in filled - hidden]
        show_with_files(found, "compare.field.table", "known-networks", HELPS, shown=shown)
    elif limits:
        _draw_way_out(setup, way_out(candidates, limits), limits, len(candidates))
    for sentence in missing(candidates, field):
        st.caption(sentence)


def missing(candidates: Sequence[Candidate], field: Field) -> list[str]:
    """A sentence for each figure that some networks have not: why, and what can be done."""
    count, texts = len(candidates), []
    without_error = sum(ERROR not in each.amounts for each in candidates)
    without_time = sum(TIME not in each.amounts for each in candidates)
    if without_error:
        words = {"field": told(field.label), "explanation": _(field.explanation), "known": count - without_error}
        texts.append(_(NO_FIGURE).format(missing=without_error, all=count, **words))
    if without_time:
        texts.append(_(NO_TIME).format(missing=without_time, all=count))
    return texts


def way_out_text(found: WayOut, limits: Limits, count: int) -> str:
    """Which bound excludes most, and what would let a network in."""
    bound = BOUNDS[found.bound]
    shown = limit_text(bound, limits[found.bound])
    text = _(NOTHING_FITS).format(bound=shown, excluded=found.excluded, all=count)
    if not found.left:
        return f"{text} {_(TOGETHER)}"
    if found.limit is None:
        return text
    limit = _number(bound, _let_in(bound, found.limit))
    return f"{text} {_(NEAREST).format(left=found.left, nearest=found.nearest, limit=limit)}"


def limit_text(bound: Bound, limit: float) -> str:
    """`at most 25 M parameters`."""
    text = _("at least {limit}") if bound.is_least else _("at most {limit}")
    return text.format(limit=_number(bound, limit))


def _let_in(bound: Bound, value: float) -> float:
    """The value in four digits, rounded so that it lets the network in."""
    scale = 10.0 ** (3 - floor(log10(value))) if value > 0 else 1.0
    return (floor if bound.is_least else ceil)(round(value * scale, 6)) / scale


def _number(bound: Bound, value: float) -> str:
    return f"{value:,.5g} {_(bound.unit)}"


def _draw_way_out(setup: CompareSetup, found: WayOut, limits: Limits, count: int) -> None:
    st.info(way_out_text(found, limits, count), icon=":material/filter_alt_off:")
    freed: dict[str, None] = {found.bound: None} if found.left else dict.fromkeys(BOUNDS)
    label, about = _("Remove all bounds"), _("Shows all networks again.")
    if found.left:
        label = _("Remove “{bound}”").format(bound=limit_text(BOUNDS[found.bound], limits[found.bound]))
        about = ngettext("Leaves {count} network.", "Leaves {count} networks.", found.left)
        about = about.format(count=formatting.whole(found.left))
    st.button(
        label,
        key="compare.bounds.remove",
        icon=":material/filter_alt_off:",
        **pressed(setup.choices.update, freed, sets=list(freed), help=about),
    )
