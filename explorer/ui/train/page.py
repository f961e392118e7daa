"""The parts of the Train page around the comparison itself: start, introduction, and this browser's comparisons."""

import streamlit as st

from explorer.datasets.catalogue import dataset_label, fit_spec
from explorer.jobs.capacity import usable_cores
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.machine_speed import Slowdown
from explorer.language import N_, _, ngettext
from explorer.model import SpecError, assemble
from explorer.model.variants import SHORTCUTS
from explorer.outputs import formatting
from explorer.runs.estimates import comparison_range
from explorer.runs.records import TrainingComparison
from explorer.ui.common.address_bar import show_warnings
from explorer.ui.common.fitted_networks import fitted_sentence
from explorer.ui.common.networks import network_label, network_spec
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.services import Services, errors_kept, from_store
from explorer.ui.common.setting_labels import setting_label
from explorer.ui.common.texts import text_of
from explorer.ui.labs.shared import predict, prediction_sheet
from explorer.ui.measuring import time_ranges
from explorer.ui.train import question, share
from explorer.ui.train.first_comparison import create
from explorer.ui.train.live import when
from explorer.ui.train.progress import ALL_ELSEWHERE, TROUBLE
from explorer.ui.train.setup import TrainingSetup
from explorer.ui.train.setup_panel import COMPARISON

RECENT = 8
POLL_SECONDS = 0.5
NO_DURATION = N_("How long it takes is shown after the first steps.")
"""Where nothing can be estimated: on a graphics card, and for settings with an error."""


def check(setup: TrainingSetup) -> SettingsError | None:
    """The error of the comparison in preparation; None where it can start."""
    try:
        setup.checked()
    except SettingsError as error:
        return error
    return None


def _start(setup: TrainingSetup, shared: Services, owner: str) -> None:
    with errors_kept(TROUBLE):
        st.session_state[COMPARISON] = create(setup, shared, owner).id


def title_row(
    setup: TrainingSetup,
    error: SettingsError | None,
    shared: Services | None,
    owner: str,
    comparison: TrainingComparison | None,
) -> None:
    """Draws the page's title, the comparison's name, and the button that starts a training comparison."""
    with st.container(horizontal=True, vertical_alignment="center", key="title"):
        st.markdown("## " + _("Train"), width="stretch")
        prediction_sheet.draw_score()
        if comparison is not None:
            share.share_button(comparison)
            st.button(
                _("New comparison"),
                key="new",
                icon=":material/add:",
                on_click=lambda: st.session_state.pop(COMPARISON, None),
            )
        st.button(
            _("Start training"),
            type="primary",
            key="start",
            icon=":material/play_arrow:",
            disabled=error is not None or shared is None,
            on_click=_start,
            args=(setup, shared, owner),
            help=_("Trains all networks, as many at the same time as this machine has room for."),
        )
    if comparison is not None:
        st.caption(_("{name} · started {when}").format(name=comparison.name, when=when(comparison.created)))


def messages(setup: TrainingSetup, error: SettingsError | None, shared: Services | None) -> None:
    """Draws the warnings of the link and the errors, one sentence each."""
    show_warnings(setup.warnings)
    if error is not None:
        told = _("**{label}**: {message}.").format(label=setting_label(error.field), message=error.message)
        st.error(told, icon=":material/error:")
    trouble = st.session_state.pop(TROUBLE, None) or (shared.launcher.status().trouble if shared else None)
    if trouble:
        st.error(str(trouble), icon=":material/warning:")


def chosen_comparison(shared: Services) -> TrainingComparison | None:
    """The comparison that the address names; None, with a message on the page where there is no such comparison."""
    comparison_id = st.session_state.get(COMPARISON)
    if not comparison_id:
        return None
    try:
        comparison = shared.store.comparison(comparison_id)
    except StoreError as error:
        st.error(str(error), icon=":material/database_off:")
        return None
    if comparison is None:
        st.session_state.pop(COMPARISON, None)
        st.warning(
            _(
                "The link's comparison (`race`) is not on this server, or was deleted; what the link names of its"
                " networks and settings is set up here: start the training to repeat it."
            ),
            icon=":material/link_off:",
        )
    return comparison


def estimate(setup: TrainingSetup, workers: int) -> None:
    """Draws how long the comparison in preparation will take; again when the machine's speed is known."""

    def draw(check: Check) -> None:
        check(time_ranges.is_waiting())
        if not workers:
            st.caption(_(ALL_ELSEWHERE))
            return
        st.caption(duration_text(setup, workers, time_ranges.slowdown()), help=_(time_ranges.ESTIMATE_HELP))

    refreshed(draw, POLL_SECONDS, active=time_ranges.is_waiting())


def duration_text(setup: TrainingSetup, workers: int, slowdown: Slowdown) -> str:
    """How long the comparison will take with at most so many workers, in a sentence."""
    try:
        networks, settings = setup.checked()
    except SettingsError:
        return _(NO_DURATION)
    repeats = setup.repeats * setup.starts
    count = len(networks) * repeats
    workers = min(workers, usable_cores(), count)
    found = comparison_range(networks, settings, repeats, workers, slowdown)
    if found is None:
        return _(NO_DURATION)
    return ngettext(
        "Takes {time} on this machine now: {count} run, {workers} at a time.",
        "Takes {time} on this machine now: {count} runs, {workers} at a time.",
        count,
    ).format(time=time_ranges.range_text(found), count=formatting.whole(count), workers=workers)


def welcome(setup: TrainingSetup, shared: Services | None) -> None:
    """Draws the networks of the comparison in preparation, with an introduction before the first one."""
    if (asked := question.question_of(setup)) is not None:
        st.markdown(text_of("train"))
        predict.draw_question(asked)
    fitted_to = _("Networks, fitted to {dataset}").format(dataset=dataset_label(setup.settings["dataset"]))
    st.markdown(f"### {fitted_to}")
    rows = []
    for name in setup.named_networks:
        try:
            spec = fit_spec(network_spec(name), setup.settings["dataset"])
            cost = assemble(spec).cost
        except (SpecError, SettingsError):
            continue
        rows.append(
            {
                _("Network"): network_label(name),
                _("Layers"): spec.depth,
                _("Parameters"): f"{cost.params:,}",
                _("MACs per image"): formatting.short(cost.macs),
                _("Shortcut"): _(SHORTCUTS[spec.shortcut].label),
            }
        )
    if rows:
        if shared is not None:
            estimate(setup, shared.launcher.status().limit)
        st.dataframe(rows, hide_index=True, key="networks.table")
        if sentence := fitted_sentence(setup.named_networks, setup.settings["dataset"]):
            st.caption(sentence)


def recent_comparisons(shared: Services, owner: str, shown: TrainingComparison | None) -> None:
    """Draws links to the comparisons that this browser started, newest first."""
    comparisons = from_store(lambda: shared.store.comparisons(owner=owner, limit=RECENT)) or []
    others = [comparison for comparison in comparisons if shown is None or comparison.id != shown.id]
    if not others:
        return
    st.markdown("### " + (_("Your other comparisons") if shown else _("Your comparisons")))
    for comparison in others:
        title = _("{name} · {when} · {state}, {ended} of {count} done").format(
            name=comparison.name,
            when=when(comparison.created),
            state=_("running") if comparison.active else _("ended"),
            ended=sum(not run.active for run in comparison.runs),
            count=len(comparison.runs),
        )
        st.button(
            title,
            key=f"race.{comparison.id}",
            type="tertiary",
            icon=":material/show_chart:",
            on_click=st.session_state.__setitem__,
            args=(COMPARISON, comparison.id),
        )
