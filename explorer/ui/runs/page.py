"""The Runs page: filters, the table of this visitor's runs, the chosen ones in one chart, and actions on them."""

from collections.abc import Callable, Sequence
from typing import cast

import streamlit as st

from explorer.datasets.catalogue import dataset_label
from explorer.jobs.errors import StoreError
from explorer.runs.records import STATES, RunRecord
from explorer.runs.settings import CHOICES
from explorer.ui.common.address_bar import current_query, decides, write_query
from explorer.ui.common.paths import PAGES
from explorer.ui.common.services import Services
from explorer.ui.common.widget_values import if_moved, show_value
from explorer.ui.runs import actions, table
from explorer.ui.runs.filters import LONGEST_TEXT, MOST_LISTED, Listing
from explorer.ui.train import live
from explorer.ui.train.curves.curves import TrainingCurves

LISTING, CURVES = "runs.listing", "runs.curves"
MOST_OVERLAID = 40
"""Runs in one chart; more cannot be distinguished, and each is read from the store."""
REFRESH_SECONDS = 2.0
FILTER = 230
"""Width of a filter in pixels: four fit into a window of 1,400."""


def current_listing() -> Listing:
    """This visitor's filters and chosen runs; read from the link on arrival."""
    query = current_query()
    if LISTING not in st.session_state or decides(query):
        st.session_state[LISTING] = Listing.from_query(query)
    return cast(Listing, st.session_state[LISTING])


def _history(services: Services, owner: str, listing: Listing) -> list[RunRecord] | None:
    """The visitor's newest runs; None, with a message on the page, where the store cannot be read."""
    try:
        return services.store.runs(owner=owner, deleted=listing.deleted, limit=MOST_LISTED)
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return None


def page(services: Services, owner: str, listing: Listing) -> None:
    """Draws the whole page below its title."""
    for warning in listing.warnings:
        st.warning(warning, icon=":material/link_off:")
    history = _history(services, owner, listing)
    if history is None:
        return
    _filters(listing, history)
    active = any(run.active for run in history)
    refresh = st.fragment(_live, run_every=REFRESH_SECONDS if active else None)
    refresh(services, owner, listing, active)


def _filters(listing: Listing, history: Sequence[RunRecord]) -> None:
    """Draws the four filters and the switch to the deleted runs, one for each field of the listing."""

    def take(field: str) -> None:
        setattr(listing, field, st.session_state[f"runs.{field}"])
        listing.warnings.clear()

    choices: dict[str, tuple[str, list[str], Callable[[str], str]]] = {
        "networks": ("Network", sorted({run.label for run in history} | set(listing.networks)), str),
        "datasets": ("Data set", _datasets(listing, history), dataset_label),
        "states": ("State", list(STATES), lambda name: STATES[name].label),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs.filters"):
        show_value("runs.text", listing.text)
        st.text_input(
            "Name contains",
            key="runs.text",
            max_chars=LONGEST_TEXT,
            on_change=if_moved("runs.text", take),
            args=("text",),
            width=FILTER,
        )
        for field, (label, options, label_of) in choices.items():
            key = f"runs.{field}"
            show_value(key, getattr(listing, field))
            st.multiselect(
                label,
                options,
                format_func=label_of,
                key=key,
                on_change=if_moved(key, take),
                args=(field,),
                placeholder="any",
                width=FILTER,
            )
        show_value("runs.deleted_too", listing.deleted)
        st.toggle(
            "Deleted runs",
            key="runs.deleted_too",
            on_change=if_moved("runs.deleted_too", _toggle_deleted),
            args=(listing,),
        )


def _datasets(listing: Listing, history: Sequence[RunRecord]) -> list[str]:
    """The built-in data sets, and the visitors' own ones that are in the list."""
    return list(dict.fromkeys([*CHOICES["dataset"], *sorted({run.dataset for run in history}), *listing.datasets]))


def _toggle_deleted(listing: Listing) -> None:
    listing.deleted = st.session_state["runs.deleted_too"]
    listing.chosen = [] if listing.deleted else None


def _empty(listing: Listing) -> None:
    if listing.deleted:
        st.info("There are no deleted runs.", icon=":material/delete:")
        return
    st.markdown("#### No runs yet")
    st.markdown(
        "Every network that you train is listed here with its curves and its result, and can be compared with others."
    )
    if st.button("Start a training", key="runs.start", type="primary", icon=":material/play_arrow:"):
        st.switch_page(str(PAGES / "train.py"))


def _live(services: Services, owner: str, listing: Listing, was_active: bool) -> None:
    """Draws chart, buttons and table, which refresh themselves while a run is active."""
    history = _history(services, owner, listing)
    if history is None:
        return
    actions.messages(services)
    if history:
        _chosen_and_table(services, owner, listing, history)
    else:
        _empty(listing)
    write_query(listing.to_query())
    if was_active != any(run.active for run in history):
        # Only a run of the whole page starts or stops the browser's refresh timer.
        st.rerun()


def _chosen_and_table(services: Services, owner: str, listing: Listing, history: Sequence[RunRecord]) -> None:
    runs = listing.listed(history)
    if not runs:
        st.info("No run matches these filters.", icon=":material/filter_alt_off:")
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
    all_of_them = actions.count(len(history))
    listed = f"{len(runs)} of {all_of_them}" if len(runs) < len(history) else all_of_them
    limit = f" Only the newest {MOST_LISTED} are listed." if len(history) == MOST_LISTED else ""
    return f"{listed}, {len(chosen)} chosen. Select rows at their left edge to draw their curves in one chart.{limit}"


def _overlay(services: Services, chosen: Sequence[RunRecord]) -> None:
    """Draws the chosen runs in one chart."""
    drawn = chosen[:MOST_OVERLAID]
    curves: TrainingCurves = st.session_state.setdefault(CURVES, TrainingCurves("runs"))
    curves.keep(run.id for run in drawn)
    try:
        news = services.store.events(curves.after(run.id for run in drawn), ("started", "step", "evaluation"))
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return
    curves.add(news)
    live.show_curves(drawn, curves, "runs.chart")
    if len(chosen) > len(drawn):
        st.caption(f"The first {MOST_OVERLAID} of the {len(chosen)} chosen runs are drawn.")
