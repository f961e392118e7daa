"""The job manager that all visitors share: running experiments by request, and stored results.

Equal requests share one run: thirty students who press the same button start one computation.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.experiments import WARM, Answer, ExperimentRequest, ExperimentRun, ResultCache
from explorer.experiments.client import MOST_WAYS
from explorer.jobs.capacity import usable_cores
from explorer.language import _

MOST_AT_WORK = 24
"""The most running or waiting computations of all visitors together."""
MOST_REMEMBERED = 200


@dataclass(frozen=True)
class Job:
    """A computation, when it began (seconds of the monotonic clock), and who may cancel it."""

    run: ExperimentRun
    begun: float
    owner: str


class JobManager:
    """Starts and finds computations. Safe to use from any thread."""

    def __init__(self, kept: ResultCache, begin: Callable[..., ExperimentRun] = ExperimentRun) -> None:
        self.kept = kept
        self._begin = begin
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def answer(self, request: ExperimentRequest) -> Answer | None:
        """The stored answer to an equal request; None where there is none."""
        return self.kept.get(request)

    def job(self, request: ExperimentRequest) -> Job | None:
        """The computation of an equal request, running or ended; None where there was none."""
        with self._lock:
            return self._jobs.get(request.key)

    def start(self, request: ExperimentRequest, owner: str) -> str:
        """Starts the computation unless it is running. Returns an error message where there is no room, else empty."""
        with self._lock:
            known = self._jobs.get(request.key)
            if known and not known.run.is_over:
                return ""
            if sum(not job.run.is_over for job in self._jobs.values()) >= MOST_AT_WORK:
                return _("Too many computations are waiting on this server; try again in a minute.")
            self._jobs.pop(request.key, None)
            self._jobs[request.key] = Job(self._begin(request, kept=self.kept), time.monotonic(), owner)
            over = [key for key, job in self._jobs.items() if job.run.is_over]
            for key in over[: max(0, len(self._jobs) - MOST_REMEMBERED)]:
                del self._jobs[key]
        return ""

    def prepare(self) -> None:
        """Starts processes that load torch ahead, so that the first click does not wait for it."""
        WARM.prepare(min(MOST_WAYS, usable_cores()))


def make_manager() -> JobManager:
    """The job manager of a real server; tests replace this function."""
    return JobManager(ResultCache())


@st.cache_resource(show_spinner=False)
def manager() -> JobManager:
    """The job manager of this server."""
    return make_manager()
