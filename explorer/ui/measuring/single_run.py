"""The one measurement of this visitor on Compare: start, progress, stop."""

import streamlit as st

from explorer.experiments import ExperimentRequest, ExperimentRun, Progress, Refusal, ResultCache

RUN = "compare.run"
POLL_SECONDS = 0.5


def run_of(request: ExperimentRequest) -> ExperimentRun | None:
    """The run of an equal request, running or ended; None where there is none."""
    run = st.session_state.get(RUN)
    return run if isinstance(run, ExperimentRun) and run.request == request else None


def is_busy(request: ExperimentRequest) -> bool:
    """Whether the request is being measured."""
    run = run_of(request)
    return run is not None and not run.is_over


def start(request: ExperimentRequest, kept: ResultCache) -> None:
    """Starts the measurement again, and cancels this visitor's earlier one."""
    before = st.session_state.get(RUN)
    if isinstance(before, ExperimentRun):
        before.cancel()
    kept.delete(request.key)
    # One process: two at the same time would compete for cores and memory, which changes the times.
    st.session_state[RUN] = ExperimentRun(request, ways=1, kept=kept)


def show_run(request: ExperimentRequest) -> None:
    """Draws the progress with a button that stops it, or the error; nothing where it has succeeded."""
    run = run_of(request)
    if run is not None and not run.is_over:
        st.fragment(_progress, run_every=POLL_SECONDS)(run)
    elif run is not None and isinstance(run.latest, Refusal):
        st.error(run.latest.message, icon=":material/error:")


def _progress(run: ExperimentRun) -> None:
    """Drawn again until the run is over."""
    if run.is_over:
        st.rerun()
    latest = run.latest
    share = latest.done / max(latest.total, 1) if isinstance(latest, Progress) else 0.0
    st.progress(share, latest.what if isinstance(latest, Progress) else "Starting…")
    st.button("Stop", key="compare.stop", icon=":material/stop:", on_click=run.cancel)
