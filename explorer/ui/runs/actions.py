"""Actions on the chosen runs: another seed, opening other pages, renaming, files, deletion and restoration."""

from collections.abc import Sequence

import streamlit as st

from explorer.jobs.errors import LauncherError, SettingsError, StoreError
from explorer.language import _, ngettext
from explorer.model import SpecError
from explorer.outputs import formatting
from explorer.runs import exports
from explorer.runs.launch.housekeeping import UNDO_SECONDS
from explorer.runs.records import RunRecord
from explorer.runs.store.rows import LONGEST_NAME
from explorer.runs.trained_files import has_weights
from explorer.ui.classroom import gate
from explorer.ui.common.downloads import download_button
from explorer.ui.common.networks import network_name
from explorer.ui.common.page_links import open_in_build, open_page, page_button
from explorer.ui.common.services import Services, errors_kept
from explorer.ui.compare.setup import MOST_COMPARED
from explorer.ui.labs.shared.finished_runs import labs_popover
from explorer.ui.runs.rerun import reruns
from explorer.ui.runs.trained import trained_popover
from explorer.ui.train.progress import FOR_ONE
from explorer.ui.train.setup import fine_tuning_of, query_of_setup, setup_of_runs

DELETED, TROUBLE = "runs.deleted", "runs.trouble"
UNDO_HOURS = UNDO_SECONDS / 3600
ICONS = {"pause": ":material/pause:", "resume": ":material/play_arrow:", "cancel": ":material/stop:"}


def _delete(services: Services, run_ids: list[str]) -> None:
    with errors_kept(TROUBLE):
        services.store.delete(run_ids)
        st.session_state[DELETED] = run_ids


def _restore(services: Services, run_ids: list[str]) -> None:
    with errors_kept(TROUBLE):
        services.store.undelete(run_ids)
        st.session_state.pop(DELETED, None)


def messages(services: Services) -> None:
    """Draws the last error, and what was deleted with a button that restores it."""
    if trouble := st.session_state.pop(TROUBLE, None):
        st.error(trouble, icon=":material/error:")
    gone = st.session_state.get(DELETED)
    if gone:
        with st.container(horizontal=True, vertical_alignment="center", key="runs.gone"):
            deleted = ngettext("{count} run deleted.", "{count} runs deleted.", len(gone))
            st.markdown(deleted.format(count=formatting.whole(len(gone))), width="content")
            args = (services, gone)
            st.button(_("Undo"), key="runs.undo", icon=":material/undo:", on_click=_restore, args=args)


def deleted_row(services: Services, chosen: Sequence[RunRecord]) -> None:
    """Draws the button that restores deleted runs."""
    st.caption(
        _("{hours} hours after its deletion a run is removed for good, with its curves and weights.").format(
            hours=f"{UNDO_HOURS:.0f}"
        )
    )
    st.button(
        ngettext("Restore {count} run", "Restore {count} runs", len(chosen)).format(
            count=formatting.whole(len(chosen))
        ),
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
            _("Run again, new seed"),
            key="runs.again",
            icon=":material/replay:",
            type="primary",
            disabled=not any(run.was_trained for run in chosen),
            help=_("Queues these networks with the same settings and a new seed; not weights that come from a file."),
        ):
            _again(services, chosen, history, owner)
        _request_buttons(services, chosen)
        _links(chosen)
        labs_popover(chosen)
        with st.popover(_("Rename"), icon=":material/edit:", key="runs.rename"):
            _rename(services, chosen[0])
        _file_buttons(services, chosen)
        trained_popover(chosen[0])
        st.button(
            ngettext("Delete {count} run", "Delete {count} runs", len(chosen)).format(
                count=formatting.whole(len(chosen))
            ),
            key="runs.delete",
            icon=":material/delete:",
            on_click=_delete,
            args=(services, [run.id for run in chosen]),
            help=_("Stops active runs. Can be undone for {hours} hours; then the runs are removed for good.").format(
                hours=f"{UNDO_HOURS:.0f}"
            ),
        )


def _request_buttons(services: Services, chosen: Sequence[RunRecord]) -> None:
    """Draws pause, resume and cancel, each only where it applies to some of the chosen runs."""

    def ask(what: str, run_ids: list[str]) -> None:
        with errors_kept(TROUBLE):
            if what == "resume":
                gate.require_access()
            # A run that another command queued is trained by this server's workers once it is resumed here.
            services.store.request(what, run_ids, services.launcher.pool if what == "resume" else None)
            services.launcher.wake()

    for what, (label, states) in FOR_ONE.items():
        run_ids = [run.id for run in chosen if run.state in states]
        if run_ids:
            st.button(
                _(label) if len(run_ids) == len(chosen) else f"{_(label)} ({len(run_ids)})",
                key=f"runs.{what}",
                icon=ICONS[what],
                on_click=ask,
                args=(what, run_ids),
            )


def _file_buttons(services: Services, chosen: Sequence[RunRecord]) -> None:
    with st.popover(_("Curves as files"), icon=":material/download:", key="runs.files"):
        download_button(
            _("Table (CSV)"),
            lambda: exports.curves_as_csv(services.store, chosen),
            "runs.csv",
            "runs.csv",
            icon=":material/table:",
        )
        download_button(
            _("TensorBoard (ZIP)"),
            lambda: exports.curves_as_event_files(services.store, chosen),
            "runs-tensorboard.zip",
            "runs.tensorboard",
            icon=":material/stacked_line_chart:",
            help=_(
                "A folder for each run, with its event file. Unpack it and run `tensorboard --logdir` on the folder."
            ),
        )


def _again(services: Services, chosen: Sequence[RunRecord], history: Sequence[RunRecord], owner: str) -> None:
    try:
        gate.require_access()
        pool = services.launcher.pool
        comparisons = [
            services.store.create_comparison(
                each.named_networks,
                each.settings,
                owner=owner,
                name=each.name,
                pool=pool,
                usual_start=each.usual_start,
            )
            for each in reruns(chosen, history)
        ]
        services.launcher.wake()
    except (StoreError, LauncherError, SettingsError) as error:
        st.session_state[TROUBLE] = str(error)
        st.rerun()
    if len(comparisons) > 1:
        told = ngettext(
            "{count} comparison is queued, one for each set of settings.",
            "{count} comparisons are queued, one for each set of settings.",
            len(comparisons),
        )
        st.toast(told.format(count=formatting.whole(len(comparisons))), icon=":material/schedule:")
        return
    open_page("train", {"race": comparisons[0].id})


def _links(chosen: Sequence[RunRecord]) -> None:
    page_button(
        _("Watch in Train"),
        "train",
        chosen[0] if chosen[0].was_trained else None,
        lambda run: {"race": run.comparison_id},
        key="runs.watch",
        icon=":material/show_chart:",
        help=_("Opens {name}").format(name=chosen[0].comparison_name),
    )
    page_button(
        _("Set up in Train"),
        "train",
        setup_of_runs(chosen),
        query_of_setup,
        key="runs.setup",
        icon=":material/tune:",
        help=_(
            "Puts these networks and the settings of the first run into Train's controls, where you can change them."
        ),
    )
    page_button(
        _("Fine-tune in Train"),
        "train",
        fine_tuning_of(chosen[0]) if _can_start(chosen[0]) else None,
        query_of_setup,
        key="runs.fine_tune",
        icon=":material/model_training:",
        help=_("Puts {name} into Train's controls, to be trained on from its weights.").format(name=chosen[0].label),
    )
    _compare(chosen)
    if st.button(_("Open in Build"), key="runs.build", icon=":material/account_tree:", help=chosen[0].label):
        try:
            name = network_name(chosen[0].spec)
        except SpecError as error:
            st.session_state[TROUBLE] = f"{chosen[0].label}: {error}"
            st.rerun()
        open_in_build(name)


def _can_start(run: RunRecord) -> bool:
    return run.state == "finished" and run.deleted is None and has_weights(run)


def _compare(chosen: Sequence[RunRecord]) -> None:
    try:
        names = list(dict.fromkeys(network_name(run.spec) for run in chosen))[:MOST_COMPARED]
    except SpecError:
        names = []
    page_button(
        _("Compare networks"),
        "compare",
        names if len(names) > 1 else None,
        lambda names: {"net": names},
        key="runs.compare",
        icon=":material/compare_arrows:",
        help=_("Needs at least two different networks among the chosen runs."),
    )


def _rename(services: Services, run: RunRecord) -> None:
    with st.form(f"runs.names.{run.id}", border=False):
        label = st.text_input(_("Run"), run.label, max_chars=LONGEST_NAME, key=f"runs.label.{run.id}")
        comparison = st.text_input(
            _("Comparison"), run.comparison_name, max_chars=LONGEST_NAME, key=f"runs.race.{run.id}"
        )
        if st.form_submit_button(_("Save")):
            with errors_kept(TROUBLE):
                _save_names(services, run, label.strip(), comparison.strip())
            st.rerun()


def _save_names(services: Services, run: RunRecord, label: str, comparison: str) -> None:
    """Saves the names; an empty one is ignored."""
    if label and label != run.label:
        services.store.rename_run(run.id, label)
    if comparison and comparison != run.comparison_name:
        services.store.rename_comparison(run.comparison_id, comparison)
