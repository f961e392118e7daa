"""The panel of an experiment on a lab's page: run button, progress, picture, download, error message."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from explorer.experiments import CATALOGUE, Answer, ExperimentRequest, ExperimentResult, Progress, Refusal
from explorer.experiments.estimates import expected_seconds
from explorer.jobs.errors import SettingsError
from explorer.model import SpecError
from explorer.ui.common.visitor import visitor
from explorer.ui.labs.shared.downloads import csv_button
from explorer.ui.labs.shared.predict import Question, is_answered
from explorer.ui.measuring.durations import rounded_seconds
from explorer.ui.measuring.jobs import Job, manager

POLL_SECONDS = 0.7
ERROR_MESSAGE = "labs.error"


@dataclass(frozen=True)
class Experiment:
    """A request and how its result is shown.

    `draw` puts a result on the page, also an unfinished one. The picture is hidden until `question`, if there is one,
    is answered. `frame` gives the table for the download; without it the experiment's own table is downloaded.
    """

    name: str
    request: ExperimentRequest
    draw: Callable[[Any], None]
    question: Question | None = None
    frame: Callable[[Any], pd.DataFrame] | None = None

    def table(self, result: ExperimentResult) -> pd.DataFrame:
        """The table that is downloaded."""
        return self.frame(result) if self.frame else result_table(result)


def result_table(result: ExperimentResult) -> pd.DataFrame:
    """The table of a result that the description of its experiment declares."""
    table = CATALOGUE[result.kind].table
    return pd.DataFrame(table.rows(result), columns=list(table.columns))


Made = TypeVar("Made")


def try_to_make(make: Callable[[], Made]) -> Made | None:
    """What `make` returns; None and an error message on the page if it raises SettingsError or SpecError."""
    try:
        return make()
    except (SettingsError, SpecError) as error:
        st.error(f"**{error.field.replace('_', ' ').capitalize()}**: {error.message}", icon=":material/error:")
        return None


def draw_panel(experiment: Experiment) -> None:
    """The panel of one experiment. While the experiment runs, the panel draws itself again every 0.7 seconds."""
    job = manager().job(experiment.request)
    running = job is not None and not job.run.is_over
    st.fragment(_panel, run_every=POLL_SECONDS if running else None)(experiment, visitor(), running)


def _panel(experiment: Experiment, owner: str, was_running: bool) -> None:
    job = manager().job(experiment.request)
    if was_running and job is not None and job.run.is_over:
        st.rerun()
    answer = _answer(experiment.request, job)
    if job is not None and not job.run.is_over:
        _progress(experiment, job, owner)
        so_far = getattr(job.run.latest, "so_far", None)
        if so_far is not None:
            _picture(experiment, so_far)
        return
    _buttons(experiment, owner, answer, job)
    if answer is not None:
        _picture(experiment, answer.result)


def _answer(request: ExperimentRequest, job: Job | None) -> Answer | None:
    """The answer just computed, or the kept one; None if there is none."""
    latest = job.run.latest if job else None
    return latest if isinstance(latest, Answer) else manager().answer(request)


def _start(request: ExperimentRequest, owner: str) -> None:
    st.session_state[ERROR_MESSAGE] = manager().start(request, owner)


def _buttons(experiment: Experiment, owner: str, answer: Answer | None, job: Job | None) -> None:
    request = experiment.request
    with st.container(horizontal=True, vertical_alignment="center", key=f"{experiment.name}.buttons"):
        if answer is None:
            if st.button(
                f"Run, about {rounded_seconds(expected_seconds(request))}",
                type="primary",
                icon=":material/play_arrow:",
                key=f"{experiment.name}.run",
            ):
                _start(request, owner)
                st.rerun()
        else:
            duration = rounded_seconds(answer.seconds)
            st.caption(f"Computed here in {duration} and kept; this page's address opens it again.")
            file_name = f"{experiment.name}-{request.key[:8]}.csv"
            csv_button(lambda: experiment.table(answer.result), file_name, f"{experiment.name}.csv")
    if message := st.session_state.pop(ERROR_MESSAGE, ""):
        st.error(message, icon=":material/hourglass_disabled:")
    if answer is None and job is not None and isinstance(job.run.latest, Refusal):
        st.error(job.run.latest.message, icon=":material/error:")


def _progress(experiment: Experiment, job: Job, owner: str) -> None:
    latest = job.run.latest
    elapsed = time.monotonic() - job.begun
    done, step = 0.0, "Waiting for a free processor"
    if isinstance(latest, Progress):
        done, step = min(1.0, latest.done / max(1, latest.total)), latest.what
    expected = expected_seconds(experiment.request)
    left = elapsed * (1 - done) / done if done > 0.15 else max(expected - elapsed, 1.0)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{experiment.name}.progress"):
        st.progress(done, f"{step} · about {rounded_seconds(left)} left", width="stretch")
        if job.owner == owner:
            st.button("Cancel", key=f"{experiment.name}.cancel", icon=":material/stop:", on_click=job.run.cancel)
        else:
            st.caption("Another visitor started this; only that visitor can cancel it.")


def _picture(experiment: Experiment, result: Any) -> None:
    if experiment.question is not None and not is_answered(experiment.question):
        st.info("The picture is ready. Answer the question above to see it.", icon=":material/visibility_off:")
        return
    experiment.draw(result)
