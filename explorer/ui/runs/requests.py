"""What can be asked of chosen runs that are not over, and the files in which their curves are taken away."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.runs import exports, tensorboard
from explorer.runs.records import RunRecord
from explorer.ui.common.services import Services
from explorer.ui.train.progress import FOR_ONE

ICONS = {"pause": ":material/pause:", "resume": ":material/play_arrow:", "cancel": ":material/stop:"}


Attempt = Callable[[Callable[[], object]], None]
"""Does something with the store, and sees to it that what it cannot do is said."""


def request_buttons(services: Services, chosen: Sequence[RunRecord], attempt: Attempt) -> None:
    """Pause, go on, cancel: each for those of the chosen runs that it concerns, and there only where there are any."""

    def ask(what: str, run_ids: list[str]) -> None:
        # A run that another command had queued is served by this server's workers once somebody lets it go on.
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
    """The chosen runs' curves as files; each is made when its button is clicked."""
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
