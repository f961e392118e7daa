"""A shared run for a student: a button that starts the own run, its place in the queue, and its own curve."""

import time
from collections.abc import Sequence

import streamlit as st

from explorer.classes.errors import ClassError
from explorer.classes.records import Seat
from explorer.language import N_, _, ngettext, told
from explorer.outputs.formatting import whole
from explorer.runs.records import HELD, STATES, RunRecord
from explorer.shared_runs.conducting import Progress
from explorer.shared_runs.plan import AXES, Plan
from explorer.shared_runs.records import SeatRun, check_may_start, why
from explorer.shared_runs.waiting import Place
from explorer.ui.classroom.changes import draw_trouble
from explorer.ui.common.markdown import escaped
from explorer.ui.common.services import from_store, services
from explorer.ui.measuring.time_ranges import range_text
from explorer.ui.shared_runs import board, chart
from explorer.ui.shared_runs.changes import TROUBLE, change
from explorer.ui.shared_runs.teacher import UNREADABLE, plan_text

RUN = {True: N_("Run my cell of the grid"), False: N_("Run my seed")}
"""The button's label, by whether there is a grid."""
RUN_HELP = N_("Trains on the server, in turn with the other seats. It goes on while a page of this app is open here.")


def draw(seat: Seat) -> None:
    """Draws the class's shared run for a seat, as it is now; the page draws it again every few seconds."""
    view = from_store(lambda: board.view(seat.class_id))
    if view is None:
        return
    with st.container(border=True, key="class.shared"):
        st.markdown("### " + _("Train together"))
        draw_trouble(TROUBLE)
        try:
            plan = view.progress.shared.plan
        except ValueError:
            st.warning(_(UNREADABLE), icon=":material/history:")
            return
        st.caption(plan_text(plan))
        own = [(each, runs) for each, runs in view.progress.seat_runs if each.seat_id == seat.id]
        for each, runs in own[-1:]:
            _draw_own(plan, each, runs, view)
        _draw_buttons(plan, seat, view.progress)


def _draw_own(plan: Plan, own: SeatRun, runs: Sequence[RunRecord], view: board.View) -> None:
    """Draws what the seat's newest run trains, how far each network is, and its curve."""
    st.markdown(share_text(plan, own.number))
    if own.stopped:
        st.info(_("Your last run: {reason}.").format(reason=told(why(own.stopped))), icon=":material/info:")
        return
    for run in runs:
        share = min(1.0, run.step / run.steps) if run.steps else 0.0
        st.progress(share, text=f"{escaped(run.label)}: {state_text(run, view.places.get(run.id))}")
    chart.draw_own(runs, view.curves, "class.shared.own")


def share_text(plan: Plan, number: int) -> str:
    """Which seed a number has, and the values of its cell."""
    share = plan.share(number)
    texts = [_("Your seed is **{seed}**.").format(seed=share.seed)]
    for varied, value in zip(plan.varied, plan.cells[share.cell], strict=True):
        texts.append(_("{setting}: **{value}**.").format(setting=_(AXES[varied.name].label), value=f"{value:g}"))
    return " ".join(texts)


def state_text(run: RunRecord, place: Place | None) -> str:
    """How far a run is: its place and the minutes until its turn, its steps, or how it ended."""
    if run.state == "queued" and place is not None:
        text = (
            _("place {place} of {waiting}")
            if place.seconds is None
            else _("place {place} of {waiting}, {time} to wait")
        )
        minutes = "" if place.seconds is None else range_text(place.seconds)
        return text.format(place=place.place, waiting=place.waiting, time=minutes)
    if run.state in HELD:
        return _("{step} of {steps} steps").format(step=whole(run.step), steps=whole(run.steps))
    reason = f" {told(run.reason)}" if run.reason and run.state in ("failed", "diverged") else ""
    return f"{_(STATES[run.state].label)}{reason}"


def _draw_buttons(plan: Plan, seat: Seat, progress: Progress) -> None:
    """Draws the button that starts the next run, with why it cannot be pressed, or the one that stops the present."""
    over = progress.over(time.time())
    if any(each.seat_id == seat.id and each.id not in over for each, _runs in progress.seat_runs):
        st.button(
            _("Stop my run"),
            key="class.shared.stop",
            icon=":material/stop:",
            help=_("Its curve is not counted any more; you may start it again."),
            on_click=change,
            args=(seat.class_id, lambda: board.conductor().stop_own(seat)),
        )
        return
    started, reason = [each for each, _runs in progress.seat_runs], ""
    try:
        check_may_start(progress.shared, seat.id, started, over)
    except ClassError as error:
        reason = str(error)
    st.button(
        _(RUN[bool(plan.varied)]),
        key="class.shared.run",
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(reason),
        help=_(RUN_HELP),
        on_click=change,
        args=(seat.class_id, lambda: _start(seat, progress.shared.id)),
    )
    had = sum(each.seat_id == seat.id and not each.stopped for each in started)
    left = plan.per_seat - had
    runs_left = ngettext("You have {count} run left.", "You have {count} runs left.", left).format(count=left)
    st.caption(reason or runs_left)


def _start(seat: Seat, shared_id: str) -> None:
    board.conductor().start(seat, shared_id, services().launcher.pool)
