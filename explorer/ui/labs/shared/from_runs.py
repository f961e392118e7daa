"""The links from the Runs page to the labs that use finished runs."""

from collections.abc import Sequence

import streamlit as st

from explorer.runs.records import RunRecord
from explorer.ui.common.paths import PAGES
from explorer.ui.labs.shared import finished_runs
from explorer.ui.labs.shared.controls import RUNS

WAYS = {
    "Signal and gradient": ("signal", "blocks", 4),
    "Drop and swap blocks": ("lesion", "damage", 4),
    "Paths that carry gradient": ("lesion", "paths", 4),
    "Loss landscape": ("landscape", "slices", 2),
    "Look inside": ("inside", "maps", 1),
}
"""Lab, part, and the most runs that it uses together, by the label of the button."""


def labs_popover(chosen: Sequence[RunRecord]) -> None:
    """A button for each lab that uses trained weights, and the results that are kept with the chosen runs."""
    finished = [run for run in chosen if run.state == "finished" and run.deleted is None]
    with st.popover("Labs", icon=":material/science:", key="runs.labs", disabled=not finished):
        if not finished:
            return
        for label, (lab, part, most) in WAYS.items():
            taken = finished[:most]
            networks = taken[0].label if len(taken) == 1 else f"{len(taken)} runs"
            if st.button(label, key=f"runs.labs.{lab}.{part}", help=f"Uses the trained weights of {networks}."):
                query = {"lab": lab, "part": part, RUNS: ",".join(run.id for run in taken)}
                st.switch_page(str(PAGES / "labs.py"), query_params=query)
        finished_runs.draw_kept_results(finished, "runs.labs")
