"""The panel of an experiment on a lab's page: run button, progress, picture, download, error message."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from explorer.experiments import CATALOGUE, Answer, ExperimentRequest, ExperimentResult
from explorer.experiments.claims import Claim
from explorer.jobs.errors import SettingsError
from explorer.language import N_, _
from explorer.model import SpecError
from explorer.runs.records import RunRecord
from explorer.ui.common.tables import csv_button
from explorer.ui.labs.shared.claims import draw_claim
from explorer.ui.labs.shared.finished_runs import draw_kept_results
from explorer.ui.labs.shared.predict import Question, draw_seen, is_answered
from explorer.ui.measuring.progress import is_running, rounded_seconds, show_job, start
from explorer.ui.measuring.time_ranges import ESTIMATE_HELP, range_text, request_range

STORED = N_("Stored with the app: computed elsewhere by `python -m scripts.short_trainings`. *Run* computes it here.")
ANSWER_FIRST = N_("The picture is ready. Answer the question above to see it.")


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
        st.error(f"**{_(error.field.replace('_', ' ').capitalize())}**: {error.message}", icon=":material/error:")
        return None


def draw_panel(
    name: str,
    request: ExperimentRequest | None,
    draw: Callable[[Any], None],
    question: Question | None = None,
    *,
    caption: str = "",
    make_table: Callable[[Any], pd.DataFrame] = result_table,
    stored: ExperimentResult | None = None,
    claims: Sequence[Claim] = (),
    runs: Sequence[RunRecord] = (),
) -> None:
    """The panel of one experiment: run button, progress, result, download. Nothing without a request.

    `draw` puts a result on the page, also an unfinished one, with the `caption` below it. Both are hidden until
    `question`, if there is one, is answered, and the download with them; its second question follows a whole result.
    `make_table` gives the table for the download. What is kept with the finished `runs`, whose weights are used, comes
    last. A `stored` result, computed elsewhere, is shown while there is none from here. Below the picture
    stands what the result says of each of the `claims`.
    """
    if request is None:
        return
    shows = question is None or is_answered(question)

    def draw_result(result: Any) -> None:
        shown = stored if result is None else result
        if shown is not None and not shows:
            st.info(_(ANSWER_FIRST), icon=":material/visibility_off:")
        elif shown is not None:
            draw(shown)
            _draw_below(shown, claims, _(STORED) if result is None else caption)
            if question is not None and not is_running(request):
                draw_seen(question, shown)

    show_job(request, name, partial(_draw_buttons, name, request, make_table if shows else None), draw_result)
    if runs and shows:
        draw_kept_results(runs, name)


def _draw_below(shown: ExperimentResult, claims: Sequence[Claim], note: str) -> None:
    for claim in claims:
        draw_claim(claim, shown)
    if note:
        st.caption(note)


def _draw_buttons(
    name: str, request: ExperimentRequest, make_table: Callable[[Any], pd.DataFrame] | None, answer: Answer | None
) -> None:
    """The button that starts the computation; where there is an answer a note, and the download unless it is hidden."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{name}.buttons"):
        if answer is None:
            # A callback: the run that a click causes may be cut short by `refreshed` before it comes to this button.
            st.button(
                _("Run, {duration}").format(duration=range_text(request_range(request))),
                type="primary",
                icon=":material/play_arrow:",
                key=f"{name}.run",
                on_click=start,
                args=(request,),
                help=_(ESTIMATE_HELP),
            )
        else:
            duration = rounded_seconds(answer.seconds)
            st.caption(
                _("Computed here in {duration} and kept; this page's address opens it again.").format(duration=duration)
            )
            if make_table is not None:
                csv_button(lambda: make_table(answer.result), f"{name}-{request.key[:8]}.csv", f"{name}.csv")
