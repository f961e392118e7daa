"""The Runs page: filters, the table of this visitor's runs, the chosen ones in one chart, and actions on them."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.language import N_, _, ngettext
from explorer.outputs import formatting
from explorer.runs.records import STATES, RunRecord
from explorer.runs.settings import CHOICES
from explorer.ui.common.address_bar import show_warnings, state_of_address, write_query
from explorer.ui.common.page_links import page_button
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.remembered_widgets import bound
from explorer.ui.common.services import Services, from_store
from explorer.ui.runs import actions, table
from explorer.ui.runs.filters import LONGEST_TEXT, MOST_LISTED, Listing
from explorer.ui.train import live
from explorer.ui.train.curves.curves import CURVE_KINDS, TrainingCurves
from explorer.ui.train.machines import workers_caption

LISTING, CURVES = "runs.listing", "runs.curves"
MOST_OVERLAID = 40
"""Runs in one chart; more cannot be distinguished, and each is read from the store."""
REFRESH_SECONDS = 2.0
NO_MATCH = N_("No run matches these filters.")
FILTER = 230
"""Width of a filter in pixels: four fit into a window of 1,400."""


def current_listing() -> Listing:
    """This visitor's filters and chosen runs; read from the link on arrival."""
    return state_of_address(LISTING, Listing.from_query)


def _history(services: Services, owner: str, listing: Listing) -> list[RunRecord] | None:
    """The visitor's newest runs; None, with a message on the page, where the store cannot be read."""
    return from_store(lambda: services.store.runs(owner=owner, deleted=listing.deleted, limit=MOST_LISTED))


def page(services: Services, owner: str, listing: Listing) -> None:
    """Draws the whole page below its title."""
    history = _history(services, owner, listing)
    if history is not None:
        listing.keep_present(run.id for run in history)
    show_warnings(listing.warnings)
    if history is None:
        return
    _filters(listing, history)
    active = any(run.active for run in history)
    refreshed(partial(_live, services, owner, listing), REFRESH_SECONDS, active=active)


def _filters(listing: Listing, history: Sequence[RunRecord]) -> None:

    def take(field: str) -> None:
        setattr(listing, field, st.session_state[f"runs.{field}"])
        listing.warnings.clear()

    # The built-in data sets, and the visitors' own ones that are in the list.
    datasets = [*CHOICES["dataset"], *sorted({run.dataset for run in history}), *listing.datasets]
    choices: dict[str, tuple[str, list[str], Callable[[str], str]]] = {
        "networks": (_("Network"), sorted({run.label for run in history} | set(listing.networks)), str),
        "datasets": (_("Data set"), list(dict.fromkeys(datasets)), dataset_label),
        "states": (_("State"), list(STATES), lambda name: _(STATES[name].label)),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs.filters"):
        text = bound("runs.text", listing.text, take, "text")
        st.text_input(_("Name contains"), listing.text, max_chars=LONGEST_TEXT, width=FILTER, **text)
        for field, (label, options, label_of) in choices.items():
            chosen = getattr(listing, field)
            widget = bound(f"runs.{field}", chosen, take, field)
            st.multiselect(label, options, chosen, format_func=label_of, placeholder=_("any"), width=FILTER, **widget)
        st.toggle(
            _("Deleted runs"), listing.deleted, **bound("runs.deleted_too", listing.deleted, _toggle_deleted, listing)
        )


def _toggle_deleted(listing: Listing) -> None:
    listing.deleted = st.session_state["runs.deleted_too"]
    listing.chosen = [] if listing.deleted else None


def _empty(listing: Listing) -> None:
    if listing.deleted:
        st.info(_("There are no deleted runs."), icon=":material/delete:")
        return
    st.markdown(_("#### No runs yet"))
    st.markdown(
        _(
            "Every network that you train is listed here with its curves and its result, and can be compared with "
            "others."
        )
    )
    page_button(
        _("Start a training"), "train", {}, dict, key="runs.start", type="primary", icon=":material/play_arrow:"
    )


def _live(services: Services, owner: str, listing: Listing, check: Check) -> None:
    history = _history(services, owner, listing)
    if history is None:
        return
    check(any(run.active for run in history))
    actions.messages(services)
    if history:
        _chosen_and_table(services, owner, listing, history)
    else:
        _empty(listing)
    write_query(listing.to_query())


def _chosen_and_table(services: Services, owner: str, listing: Listing, history: Sequence[RunRecord]) -> None:
    runs = listing.listed(history)
    if not runs:
        st.info(_(NO_MATCH), icon=":material/filter_alt_off:")
        return
    chosen = listing.chosen_among(runs)
    if listing.deleted:
        actions.deleted_row(services, chosen)
    elif chosen:
        _overlay(services, chosen)
        actions.action_row(services, chosen, history, owner)
    ids = [run.id for run in runs]
    table.show_runs(runs, chosen, lambda picked: listing.choose(picked, ids))
    st.caption(_caption(runs, chosen, history))


def _caption(runs: Sequence[RunRecord], chosen: Sequence[RunRecord], history: Sequence[RunRecord]) -> str:
    """How many runs are listed and chosen, and how to choose."""
    if len(runs) < len(history):
        counts = ngettext(
            "{listed} of {count} run, {chosen} chosen.", "{listed} of {count} runs, {chosen} chosen.", len(history)
        )
    else:
        counts = ngettext("{count} run, {chosen} chosen.", "{count} runs, {chosen} chosen.", len(history))
    shown = counts.format(
        listed=formatting.whole(len(runs)),
        count=formatting.whole(len(history)),
        chosen=formatting.whole(len(chosen)),
    )
    how = _("Select rows at their left edge to draw their curves in one chart.")
    limit = _("Only the newest {count} are listed.").format(count=formatting.whole(MOST_LISTED))
    return " ".join([shown, how, *([limit] if len(history) == MOST_LISTED else [])])


def _overlay(services: Services, chosen: Sequence[RunRecord]) -> None:
    drawn = chosen[:MOST_OVERLAID]
    curves: TrainingCurves = st.session_state.setdefault(CURVES, TrainingCurves("runs"))
    curves.keep(run.id for run in drawn)
    news = from_store(lambda: services.store.events(curves.after(run.id for run in drawn), CURVE_KINDS))
    if news is None:
        return
    curves.add(news)
    live.show_curves(drawn, curves, "runs.chart")
    if caption := workers_caption(chosen):
        st.caption(caption)
    if len(chosen) > len(drawn):
        st.caption(
            _("The first {drawn} of the {count} chosen runs are drawn.").format(
                drawn=formatting.whole(MOST_OVERLAID), count=formatting.whole(len(chosen))
            )
        )
