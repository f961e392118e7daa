"""Pause, resume and cancel for the chosen runs, and their curves as files."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.runs import exports, tensorboard
from explorer.runs.records import RunRecord
from explorer.ui.common.services import Services
from explorer.ui.train.progress import FOR_ONE

ICONS = {"pause": ":material/pause:", "resume": ":material/play_arrow:", "cancel": ":material/stop:"}


Attempt = Callable[[Callable[[], object]], None]
"""Calls a function that uses the store, and shows its error on the page."""


def request_buttons(services: Services, chosen: Sequence[RunRecord], attempt: Attempt) -> None:
    """Draws pause, resume and cancel, each only where it applies to some of the chosen runs."""

    def ask(what: str, run_ids: list[str]) -> None:
        # A run that another command queued is trained by this server's workers once it is resumed here.
        services.store.request(what, run_ids, services.launcher.pool if what == "resume" else None)
        services.launcher.wake()

    for what, (label, states) in FOR_ONE.items():
        run_ids = [run.id for run in chosen if run.state in states]
        if run_ids:
            st.button(
                label if len(run_ids) == len(chosen) else f"{label} ({len(run_ids)})",
                key=f"runs.{what}",
                icon=ICONS[what],
                on_click=lambda what=what, run_ids=run_ids: attempt(lambda: ask(what, run_ids)),
            )


def file_buttons(services: Services, chosen: Sequence[RunRecord]) -> None:
    """Draws the downloads of the chosen runs' curves; a file is made when its button is clicked."""
    with st.popover("Curves as files", icon=":material/download:", key="runs.files"):
        st.download_button(
            "Table (CSV)",
            lambda: exports.curves_as_csv(services.store, chosen),
            file_name="runs.csv",
            mime="text/csv",
            key="runs.csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "TensorBoard (ZIP)",
            lambda: tensorboard.curves_as_event_files(services.store, chosen),
            file_name="runs-tensorboard.zip",
            mime="application/zip",
            key="runs.tensorboard",
            icon=":material/stacked_line_chart:",
            on_click="ignore",
            help="A folder for each run, with its event file. Unpack it and run `tensorboard --logdir` on the folder.",
        )
