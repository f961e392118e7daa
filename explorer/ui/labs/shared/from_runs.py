"""The links from the Runs page to the labs that use finished runs."""

from collections.abc import Sequence

import streamlit as st

from explorer.experiments import CATALOGUE
from explorer.experiments.description import LabPart
from explorer.runs.records import RunRecord
from explorer.ui.common.paths import PAGES
from explorer.ui.labs.shared import finished_runs
from explorer.ui.labs.shared.fields import RUNS


def lab_parts() -> list[LabPart]:
    """The parts of labs that use finished runs, in the order of the catalogue."""
    return [each.lab for each in CATALOGUE.values() if each.lab is not None]


def labs_popover(chosen: Sequence[RunRecord]) -> None:
    """A button for each lab that uses trained weights, and the results that are kept with the chosen runs."""
    finished = [run for run in chosen if run.state == "finished" and run.deleted is None]
    with st.popover("Labs", icon=":material/science:", key="runs.labs", disabled=not finished):
        if not finished:
            return
        for lab in lab_parts():
            taken = finished[: lab.most_runs]
            networks = taken[0].label if len(taken) == 1 else f"{len(taken)} runs"
            help_text = f"Uses the trained weights of {networks}."
            if st.button(lab.button, key=f"runs.labs.{lab.lab}.{lab.part}", help=help_text):
                query = {"lab": lab.lab, "part": lab.part, RUNS.name: ",".join(run.id for run in taken)}
                st.switch_page(str(PAGES / "labs.py"), query_params=query)
        finished_runs.draw_kept_results(finished, "runs.labs")
