"""The jobs that make data sets, as the page shows them: started, followed, cancelled, and why one gave nothing."""

import streamlit as st

from explorer.datasets.jobs import DataJob, DataJobError, DatasetJobs
from explorer.datasets.requests import Request
from explorer.jobs.errors import StoreError
from explorer.language import Text, _, told
from explorer.ui.common.markdown import escaped
from explorer.ui.common.refresh import Check
from explorer.ui.common.visitor import visitor

POLL_SECONDS = 0.5
TROUBLE = "data.trouble"


@st.cache_resource(show_spinner=False)
def dataset_jobs() -> DatasetJobs:
    """The data set jobs of this server, which all visitors share."""
    return DatasetJobs()


def own_key() -> str:
    """The key of the job that reads this visitor's own images."""
    return f"own {visitor()}"


def show_error(key: str, job: DataJob | None) -> None:
    """Shows why there is no data set: the job's error, or why it could not be started."""
    asked, message = st.session_state.pop(TROUBLE, ("", ""))
    if asked != key:
        message = told(job.error) if job is not None and job.done else ""
    if message:
        st.error(escaped(message), icon=":material/error:")


def start_job(key: str, request: Request, what: Text, upload: bytes | None = None) -> None:
    """Starts a job, or stores a message for the visitor on why that is not possible."""
    dataset_jobs().forget(key)
    try:
        dataset_jobs().start(key, request, what, upload)
    except (DataJobError, StoreError, OSError) as error:
        note_trouble(key, str(error))


def show_progress(key: str, check: Check) -> None:
    """Draws how far a job is, with a button to cancel it, and ends the refreshing when it is over."""
    job = dataset_jobs().job(key)
    if job is None or job.done:
        check(False)
        return
    st.progress(job.progress.share, told(job.progress.what))
    st.button(_("Cancel"), key="data.cancel", icon=":material/close:", on_click=job.cancel, width="stretch")


def note_trouble(key: str, message: str) -> None:
    """Keeps a message for the visitor on why a job is not possible."""
    st.session_state[TROUBLE] = (key, message)
