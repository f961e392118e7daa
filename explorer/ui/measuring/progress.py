"""The state of a computation that all visitors share: progress, time left, cancellation, messages, result."""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.experiments import Answer, ExperimentRequest, Progress, Refusal
from explorer.language import N_, _, told
from explorer.ui.classroom import gate
from explorer.ui.common.refresh import Check, refreshed
from explorer.ui.common.visitor import visitor
from explorer.ui.measuring.jobs import Job, manager
from explorer.ui.measuring.time_ranges import is_waiting, range_left, range_text, request_range

POLL_SECONDS = 0.5
CANCELLED = N_("Cancelled.")
"""The refusal of a computation that its owner cancelled."""
NOT_YOURS = N_("Another visitor started this; only that visitor can cancel it.")
ERROR_MESSAGE, LAST = "measuring.error", "measuring.last"
"""Keys of the message of a computation that could not start, and of the request of the last measurement."""


def show_job(
    request: ExperimentRequest, name: str, draw_button: Callable[[Answer | None], None], draw: Callable[[Any], None]
) -> None:
    """Draws a computation's progress, or its button and messages; then its result, as far as there is one.

    `draw_button` gets the answer that is known, `draw` the result, also an unfinished one, or None. All is drawn again
    every 0.5 seconds while the computation runs. `name` begins the widgets' keys.
    """

    def draw_job(check: Check) -> None:
        job = manager().job(request)
        check(is_running(request) or is_waiting())
        if job is not None and not job.run.is_over:
            _draw_progress(job, name)
            draw(getattr(job.run.latest, "so_far", None))
            return
        latest = job.run.latest if job else None
        answer = latest if isinstance(latest, Answer) else manager().answer(request)
        draw_button(answer)
        _draw_messages(latest)
        draw(answer.result if answer else None)

    refreshed(draw_job, POLL_SECONDS, active=is_running(request) or is_waiting())


def is_running(request: ExperimentRequest) -> bool:
    """Whether an equal request is being computed, or waits for a free processor."""
    job = manager().job(request)
    return job is not None and not job.run.is_over


def start(request: ExperimentRequest) -> None:
    """Starts the computation. Where the server has no room, or the visitor may not, `show_job` shows why."""
    st.session_state[ERROR_MESSAGE] = gate.refusal() or manager().start(request, visitor())


def measure_again(request: ExperimentRequest) -> None:
    """Starts a measurement anew. Cancels this visitor's last one, since each would make the other's times longer."""
    if message := gate.refusal():
        st.session_state[ERROR_MESSAGE] = message
        return
    last = st.session_state.get(LAST)
    job = manager().job(last) if last else None
    if job is not None and job.owner == visitor() and not job.run.is_over:
        job.run.cancel()
    st.session_state[LAST] = request
    manager().kept.delete(request)
    start(request)


def rounded_seconds(seconds: float) -> str:
    """`under 1 s`, `5 s`, `10.0 min`."""
    if seconds < 1:
        return _("under 1 s")
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def _draw_messages(latest: object) -> None:
    """The message of a computation that could not start, and of one that was refused or cancelled."""
    if message := st.session_state.pop(ERROR_MESSAGE, ""):
        st.error(message, icon=":material/hourglass_disabled:")
    if isinstance(latest, Refusal):
        draw, icon = (st.info, "info") if latest.message == CANCELLED else (st.error, "error")
        draw(told(latest.message), icon=f":material/{icon}:")


def _draw_progress(job: Job, name: str) -> None:
    """How far the computation is, the seconds left, and the button that cancels it, for its owner alone."""
    latest, elapsed = job.run.latest, time.monotonic() - job.begun
    done, step = 0.0, _("Waiting for a free processor")
    if isinstance(latest, Progress):
        done, step = min(1.0, latest.done / max(1, latest.total)), told(latest.what)
    left = range_left(request_range(job.run.request), elapsed, done)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}.progress"):
        st.progress(done, _("{step} · {time} left").format(step=step, time=range_text(left)), width="stretch")
        if job.owner == visitor():
            st.button(_("Cancel"), key=f"{name}.cancel", icon=":material/stop:", on_click=job.run.cancel)
        else:
            st.caption(_(NOT_YOURS))
