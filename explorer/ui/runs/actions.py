"""Actions on the chosen runs: another seed, opening other pages, renaming, files, deletion and restoration."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.model import SpecError
from explorer.runs.launch.housekeeping import UNDO_SECONDS
from explorer.runs.records import RunRecord
from explorer.runs.store.store import LONGEST_NAME
from explorer.ui.common.networks import network_name
from explorer.ui.common.page_links import open_in_build
from explorer.ui.common.paths import PAGES
from explorer.ui.common.services import Services
from explorer.ui.compare.setup import MOST_COMPARED
from explorer.ui.labs.shared import from_runs
from explorer.ui.runs.requests import file_buttons, request_buttons
from explorer.ui.runs.rerun import reruns
from explorer.ui.train.setup import setup_of_runs

DELETED, TROUBLE = "runs.deleted", "runs.trouble"
UNDO_HOURS = UNDO_SECONDS / 3600


def attempt(what: Callable[[], object]) -> None:
    """Calls `what`; an error of the store is shown at the top of the page."""
    try:
        what()
    except (StoreError, LauncherError, SettingsError) as error:
        st.session_state[TROUBLE] = str(error)


def _delete(services: Services, run_ids: list[str]) -> None:
    def delete() -> None:
        services.store.delete(run_ids)
        st.session_state[DELETED] = run_ids

    attempt(delete)


def _restore(services: Services, run_ids: list[str]) -> None:
    def undelete() -> None:
        services.store.undelete(run_ids)
        st.session_state.pop(DELETED, None)

    attempt(undelete)


def messages(services: Services) -> None:
    """Draws the last error, and what was deleted with a button that restores it."""
    if trouble := st.session_state.pop(TROUBLE, None):
        st.error(trouble, icon=":material/error:")
    gone = st.session_state.get(DELETED)
    if gone:
        with st.container(horizontal=True, vertical_alignment="center", key="runs.gone"):
            st.markdown(f"{count(len(gone))} deleted.", width="content")
            args = (services, gone)
            st.button("Undo", key="runs.undo", icon=":material/undo:", on_click=_restore, args=args)


def count(number: int) -> str:
    """`1 run`, `2 runs`."""
    return "1 run" if number == 1 else f"{number} runs"


def deleted_row(services: Services, chosen: Sequence[RunRecord]) -> None:
    """Draws the button that restores deleted runs."""
    st.caption(f"{UNDO_HOURS:.0f} hours after its deletion a run is removed for good, with its curves and weights.")
    st.button(
        f"Restore {count(len(chosen))}",
        key="runs.back",
        icon=":material/restore_from_trash:",
        disabled=not chosen,
        on_click=_restore,
        args=(services, [run.id for run in chosen]),
    )


def action_row(services: Services, chosen: Sequence[RunRecord], history: Sequence[RunRecord], owner: str) -> None:
    """Draws the buttons for the chosen runs; there must be at least one."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs.actions"):
        if st.button(
            "Run again, new seed",
            key="runs.again",
            icon=":material/replay:",
            type="primary",
            help="Queues these networks with the same settings and a new seed.",
        ):
            _again(services, chosen, history, owner)
        request_buttons(services, chosen, attempt)
        _links(chosen)
        from_runs.labs_popover(chosen)
        with st.popover("Rename", icon=":material/edit:", key="runs.rename"):
            _rename(services, chosen[0])
        file_buttons(services, chosen)
        st.button(
            f"Delete {count(len(chosen))}",
            key="runs.delete",
            icon=":material/delete:",
            on_click=_delete,
            args=(services, [run.id for run in chosen]),
            help=f"Stops active runs. Can be undone for {UNDO_HOURS:.0f} hours; then the runs are removed for good.",
        )


def _again(services: Services, chosen: Sequence[RunRecord], history: Sequence[RunRecord], owner: str) -> None:
    try:
        pool = services.launcher.pool
        comparisons = [
            services.store.create_comparison(each.named_networks, each.settings, owner=owner, name=each.name, pool=pool)
            for each in reruns(chosen, history)
        ]
        services.launcher.wake()
    except (StoreError, LauncherError, SettingsError) as error:
        st.session_state[TROUBLE] = str(error)
        st.rerun()
    if len(comparisons) > 1:
        st.toast(
            f"{len(comparisons)} comparisons are queued, one for each set of settings.", icon=":material/schedule:"
        )
        return
    st.switch_page(str(PAGES / "train.py"), query_params={"race": comparisons[0].id})


def _links(chosen: Sequence[RunRecord]) -> None:
    """Draws buttons that open the chosen runs in Train, Compare and Build."""
    if st.button(
        "Watch in Train", key="runs.watch", icon=":material/show_chart:", help=f"Opens {chosen[0].comparison_name}"
    ):
        st.switch_page(str(PAGES / "train.py"), query_params={"race": chosen[0].comparison_id})
    setup = setup_of_runs(chosen)
    if st.button(
        "Set up in Train",
        key="runs.setup",
        icon=":material/tune:",
        disabled=setup is None,
        help="Puts these networks and the settings of the first run into Train's controls, where you can change them.",
    ):
        assert setup is not None
        st.switch_page(str(PAGES / "train.py"), query_params={"net": setup.named_networks, **setup.to_query()})
    _compare(chosen)
    if st.button("Open in Build", key="runs.build", icon=":material/account_tree:", help=chosen[0].label):
        try:
            name = network_name(chosen[0].spec)
        except SpecError as error:
            st.session_state[TROUBLE] = f"{chosen[0].label}: {error}"
            st.rerun()
        open_in_build(name)


def _compare(chosen: Sequence[RunRecord]) -> None:
    """Draws the button that opens the chosen runs' networks in Compare."""
    try:
        names = list(dict.fromkeys(network_name(run.spec) for run in chosen))[:MOST_COMPARED]
    except SpecError:
        names = []
    if st.button(
        "Compare networks",
        key="runs.compare",
        icon=":material/compare_arrows:",
        disabled=len(names) < 2,
        help="Needs at least two different networks among the chosen runs.",
    ):
        st.switch_page(str(PAGES / "compare.py"), query_params={"net": names})


def _rename(services: Services, run: RunRecord) -> None:
    with st.form(f"runs.names.{run.id}", border=False):
        label = st.text_input("Run", run.label, max_chars=LONGEST_NAME, key=f"runs.label.{run.id}")
        comparison = st.text_input("Comparison", run.comparison_name, max_chars=LONGEST_NAME, key=f"runs.race.{run.id}")
        if st.form_submit_button("Save"):
            attempt(lambda: _save_names(services, run, label.strip(), comparison.strip()))
            st.rerun()


def _save_names(services: Services, run: RunRecord, label: str, comparison: str) -> None:
    """Saves the names; an empty one is ignored."""
    if label and label != run.label:
        services.store.rename_run(run.id, label)
    if comparison and comparison != run.comparison_name:
        services.store.rename_comparison(run.comparison_id, comparison)
