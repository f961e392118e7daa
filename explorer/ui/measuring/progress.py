"""The state of a computation that all visitors share, for the panels of Build and of the labs."""

import time
from collections.abc import Callable

import streamlit as st

from explorer.experiments import Answer, ExperimentRequest, Progress, Refusal
from explorer.experiments.estimates import expected_seconds
from explorer.ui.common.visitor import visitor
from explorer.ui.measuring.durations import rounded_seconds
from explorer.ui.measuring.jobs import Job, manager

POLL_SECONDS = 0.5
CANCELLED = "Cancelled."
"""The refusal of a computation that its owner cancelled."""
ERROR_MESSAGE = "measuring.error"


def draw_polled(request: ExperimentRequest, draw: Callable[[Job | None, str], None]) -> None:
    """Calls `draw` with the computation, if there was one, and the visitor; again every 0.5 seconds while it runs."""
    running = _is_running(manager().job(request))
    st.fragment(_polled, run_every=POLL_SECONDS if running else None)(request, draw, visitor(), running)


def _polled(request: ExperimentRequest, draw: Callable[[Job | None, str], None], owner: str, was_running: bool) -> None:
    job = manager().job(request)
    if _is_running(job) != was_running:
        # Only a run of the whole page starts or stops the refresh timer of this part.
        st.rerun()
    draw(job, owner)


def _is_running(job: Job | None) -> bool:
    return job is not None and not job.run.is_over


def find_answer(request: ExperimentRequest, job: Job | None) -> Answer | None:
    """The answer just computed, or the kept one; None if there is none."""
    latest = job.run.latest if job else None
    return latest if isinstance(latest, Answer) else manager().answer(request)


def start(request: ExperimentRequest, owner: str) -> None:
    """Starts the computation. Where the server has no room, `draw_errors` shows why."""
    st.session_state[ERROR_MESSAGE] = manager().start(request, owner)


def draw_errors(job: Job | None) -> None:
    """The message of a computation that could not start, and of one that was refused or cancelled."""
    if message := st.session_state.pop(ERROR_MESSAGE, ""):
        st.error(message, icon=":material/hourglass_disabled:")
    if job is not None and isinstance(job.run.latest, Refusal):
        message = job.run.latest.message
        draw, icon = (st.info, "info") if message == CANCELLED else (st.error, "error")
        draw(message, icon=f":material/{icon}:")


def draw_progress(job: Job, name: str, owner: str) -> None:
    """How far the computation is, the seconds left, and the button that cancels it, for its owner alone.

    `name` begins the widgets' keys.
    """
    latest, elapsed = job.run.latest, time.monotonic() - job.begun
    done, step = 0.0, "Waiting for a free processor"
    if isinstance(latest, Progress):
        done, step = min(1.0, latest.done / max(1, latest.total)), latest.what
    # Early shares of the work say little of the speed: the first step also warms up.
    left = elapsed * (1 - done) / done if done > 0.2 else expected_seconds(job.run.request) - elapsed
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}.progress"):
        st.progress(done, f"{step} · about {rounded_seconds(max(1.0, left))} left", width="stretch")
        if job.owner == owner:
            st.button("Cancel", key=f"{name}.cancel", icon=":material/stop:", on_click=job.run.cancel)
        else:
            st.caption("Another visitor started this; only that visitor can cancel it.")
