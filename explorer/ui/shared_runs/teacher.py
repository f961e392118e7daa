"""A shared run for its teacher and the projector: how it goes, the class's curves, and what can be stopped."""

from collections import Counter

import streamlit as st

from explorer.classes.records import ClassState
from explorer.classes.store.teaching import Teaching
from explorer.datasets.catalogue import dataset_label
from explorer.language import N_, _, pgettext, told
from explorer.outputs.formatting import whole
from explorer.runs.records import STATES, RunRecord
from explorer.shared_runs.band import count
from explorer.shared_runs.conducting import Progress
from explorer.shared_runs.csv_export import curves_as_csv
from explorer.shared_runs.plan import AXES, Plan
from explorer.shared_runs.records import SeatRun, why
from explorer.ui.classroom.changes import draw_trouble
from explorer.ui.common.downloads import download_button
from explorer.ui.common.markdown import escaped
from explorer.ui.common.services import from_store, services
from explorer.ui.shared_runs import board, chart, definition, results
from explorer.ui.shared_runs.changes import TROUBLE, change
from explorer.ui.train.curves.curves import QUANTITIES

POLL_SECONDS = 2.0
MOST_LISTED = 60
"""Runs under way that are listed one by one."""
NOT_BEGUN = N_(
    "Nobody has started a run yet. Students see this shared run on their page *Class*, with a button that starts"
    " theirs."
)
WAITS = N_("The first runs wait or begin; their curves appear here by themselves.")
UNREADABLE = N_("This shared run was defined by another version of the program and cannot be shown. Open a new one.")
STOP_ALL_HELP = N_("Stops every run under way; no student can start another one until you let them.")
KEPT = N_("The runs are deleted with the class. They are in no visitor's list on the page Runs.")


def draw(teacher: Teaching, state: ClassState) -> None:
    """Draws the class's shared run, and the form for one where the class is not over."""
    view = from_store(lambda: board.view(teacher.class_id))
    draw_trouble(TROUBLE)
    if view is not None:
        with st.container(border=True, key="class.shared"):
            st.fragment(_draw_live, run_every=None if state.room.is_over else POLL_SECONDS)(teacher)
            _draw_controls(teacher, view.progress, is_over=state.room.is_over)
    if not state.room.is_over:
        definition.draw_form(teacher, state)


def _draw_live(teacher: Teaching) -> None:
    view = from_store(lambda: board.view(teacher.class_id))
    if view is None:
        return
    try:
        plan = view.progress.shared.plan
    except ValueError:
        st.warning(_(UNREADABLE), icon=":material/history:")
        return
    st.markdown("### " + _("Shared run"))
    st.caption(plan_text(plan))
    _draw_progress(view.progress)
    runs = view.progress.runs
    if not runs:
        st.info(_(NOT_BEGUN), icon=":material/hourglass_empty:")
    elif not any(view.curves.of(run.id, "train_loss") for run in runs):
        st.info(_(WAITS), icon=":material/hourglass_empty:")
    else:
        quantity, log = _draw_choices()
        chart.draw_class(runs, view.curves, plan.settings.steps, quantity, log=log)
    if runs:
        results.draw_table(runs)
    _draw_single(teacher, view.progress)


def plan_text(plan: Plan) -> str:
    """What is trained, in a line: networks, steps, data, and the grid."""
    networks = ", ".join(escaped(network.label) for network in plan.networks)
    text = _("{networks}; {steps} steps on {dataset}.")
    texts = [
        text.format(networks=networks, steps=whole(plan.settings.steps), dataset=dataset_label(plan.settings.dataset))
    ]
    for varied in plan.varied:
        values = ", ".join(f"{value:g}" for value in varied.values)
        texts.append(_("{setting}: {values}.").format(setting=_(AXES[varied.name].label), values=values))
    return " ".join(texts)


def _draw_progress(progress: Progress) -> None:
    """Draws how many runs are in which state, and how many ended early and why."""
    counted = count(progress.runs)
    seats = len({each.seat_id for each, _runs in progress.seat_runs if not each.stopped})
    text = _("{finished} finished · {running} running · {waiting} waiting · {seats} seats take part")
    st.markdown(f"#### {text.format(**counted._asdict(), seats=seats)}")
    if counted.diverged:
        st.caption(_("Diverged: {count}. Their curves end early.").format(count=counted.diverged))
    for reason, number in Counter(each.stopped for each, _runs in progress.seat_runs if each.stopped).items():
        text = _("{count} × {reason}. These seeds are dealt again, and no band counts them.")
        st.caption(text.format(count=number, reason=told(why(reason))))


def _draw_choices() -> tuple[str, bool]:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        quantity = st.segmented_control(
            _("Quantity"),
            list(QUANTITIES),
            default="train_loss",
            format_func=lambda name: _(QUANTITIES[name].label),
            required=True,
            key="class.shared.quantity",
            help=_("What the curves show."),
        )
        log = st.toggle(_("Log scale"), key="class.shared.log", help=_("Equal distances are equal ratios."))
    return quantity or "train_loss", log


def _draw_single(teacher: Teaching, progress: Progress) -> None:
    """Draws the runs under way one by one, each with a button that stops it; they name nobody."""
    under_way = [(each, run) for each, runs in progress.seat_runs if not each.stopped for run in runs if run.active]
    if not under_way:
        return
    with st.expander(_("Single runs"), icon=":material/list:"):
        for each, run in under_way[:MOST_LISTED]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_single_text(run), width="stretch")
                _draw_stop(teacher, each, run)


def _single_text(run: RunRecord) -> str:
    text = _("{network}, seed {seed}: {state}, {step} of {steps} steps")
    numbers = {"seed": run.seed, "step": whole(run.step), "steps": whole(run.steps)}
    return text.format(network=escaped(run.label), state=_(STATES[run.state].label), **numbers)


def _draw_stop(teacher: Teaching, each: SeatRun, run: RunRecord) -> None:
    st.button(
        pgettext("a run", "Stop"),
        key=f"class.shared.stop.{run.id}",
        type="tertiary",
        help=_("Stops this seat's run; the seat may start another one."),
        on_click=change,
        args=(teacher.class_id, lambda: board.conductor().stop(teacher, [each.id])),
    )


def _draw_controls(teacher: Teaching, progress: Progress, *, is_over: bool) -> None:
    with st.container(horizontal=True):
        if not is_over:
            _draw_gate(teacher, progress)
        download_button(
            _("Curves as CSV"),
            lambda: _file_of(teacher.class_id),
            f"shared-run-{progress.shared.position}.csv",
            "class.shared.csv",
            help=_("Every point of every run so far. The file names nobody."),
        )
    st.caption(_(KEPT))


def _file_of(class_id: str) -> str:
    """The curves as they are when the button is pressed: since it was drawn, runs have gone on."""
    progress = board.conductor().newest(class_id)
    return curves_as_csv(services().store, progress) if progress else ""


def _draw_gate(teacher: Teaching, progress: Progress) -> None:
    """Draws the button that stops all, or the one that lets the class go on."""
    conductor, class_id = board.conductor(), teacher.class_id
    if progress.shared.is_open:
        st.button(
            _("Stop all"),
            key="class.shared.stop",
            icon=":material/stop:",
            help=_(STOP_ALL_HELP),
            on_click=change,
            args=(class_id, lambda: conductor.stop(teacher)),
        )
    else:
        st.button(
            _("Let the class start runs again"),
            key="class.shared.reopen",
            icon=":material/play_arrow:",
            help=_("Students can start the runs that they have left."),
            on_click=change,
            args=(class_id, lambda: conductor.reopen(teacher)),
        )
