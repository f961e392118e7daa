"""The panel of an experiment on a lab's page: run button, progress, picture, download, error message."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from explorer.experiments import CATALOGUE, Answer, ExperimentRequest, ExperimentResult
from explorer.experiments.estimates import expected_seconds
from explorer.jobs.errors import SettingsError
from explorer.model import SpecError
from explorer.ui.labs.shared.downloads import csv_button
from explorer.ui.labs.shared.predict import Question, is_answered
from explorer.ui.measuring.durations import rounded_seconds
from explorer.ui.measuring.jobs import Job
from explorer.ui.measuring.progress import draw_errors, draw_polled, draw_progress, find_answer, start


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
    """The panel of one experiment. While the experiment runs, the panel draws itself again."""

    def draw(job: Job | None, owner: str) -> None:
        if job is not None and not job.run.is_over:
            draw_progress(job, experiment.name, owner)
            result = getattr(job.run.latest, "so_far", None)
        else:
            answer = find_answer(experiment.request, job)
            _buttons(experiment, owner, answer)
            draw_errors(job)
            result = answer.result if answer else None
        if result is not None:
            _picture(experiment, result)

    draw_polled(experiment.request, draw)


def _buttons(experiment: Experiment, owner: str, answer: Answer | None) -> None:
    request, name = experiment.request, experiment.name
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}.buttons"):
        if answer is None:
            label = f"Run, about {rounded_seconds(expected_seconds(request))}"
            if st.button(label, type="primary", icon=":material/play_arrow:", key=f"{name}.run"):
                start(request, owner)
                st.rerun()
        else:
            duration = rounded_seconds(answer.seconds)
            st.caption(f"Computed here in {duration} and kept; this page's address opens it again.")
            csv_button(lambda: experiment.table(answer.result), f"{name}-{request.key[:8]}.csv", f"{name}.csv")


def _picture(experiment: Experiment, result: Any) -> None:
    if experiment.question is not None and not is_answered(experiment.question):
        st.info("The picture is ready. Answer the question above to see it.", icon=":material/visibility_off:")
        return
    experiment.draw(result)
