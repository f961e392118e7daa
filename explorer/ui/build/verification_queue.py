"""Background checks of specifications against torch: one at a time on this server, outcomes remembered for all."""

from collections import OrderedDict
from threading import Lock

import streamlit as st

from explorer.jobs.one_shot import ChildError
from explorer.jobs.verification import VerificationHandle, VerificationResult, start_verification
from explorer.model import ModelSpec

MOST_REMEMBERED = 200
MOST_WAITING = 20


class VerificationJobs:
    """Takes orders for checks and hands out results. One child works at a time, so that training keeps its cores."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._results: OrderedDict[ModelSpec, VerificationResult] = OrderedDict()
        self._waiting: list[ModelSpec] = []
        self._working: VerificationHandle | None = None

    def order(self, spec: ModelSpec) -> bool:
        """Ask for a check; False where too many are waiting already."""
        with self._lock:
            known = spec in self._results or spec in self._waiting
            if not known and not (self._working and self._working.spec == spec):
                if len(self._waiting) >= MOST_WAITING:
                    return False
                self._waiting.append(spec)
        self._move()
        return True

    def result(self, spec: ModelSpec) -> VerificationResult | None:
        """The outcome; None while there is none."""
        self._move()
        with self._lock:
            return self._results.get(spec)

    def ahead(self, spec: ModelSpec) -> int | None:
        """How many checks come before this one: 0 while it is made, None where none was ordered."""
        with self._lock:
            if self._working is not None and self._working.spec == spec:
                return 0
            return self._waiting.index(spec) + 1 if spec in self._waiting else None

    def _move(self) -> None:
        """Collect what is done and begin what waits."""
        with self._lock:
            if self._working is not None and self._working.done:
                self._keep(self._working.spec, self._working.result())
                self._working = None
            while self._working is None and self._waiting:
                spec = self._waiting.pop(0)
                try:
                    self._working = start_verification(spec)
                except ChildError as error:
                    self._keep(spec, VerificationResult(not_checked=str(error)))

    def _keep(self, spec: ModelSpec, result: VerificationResult) -> None:
        self._results[spec] = result
        while len(self._results) > MOST_REMEMBERED:
            self._results.popitem(last=False)


@st.cache_resource(show_spinner=False)
def verification_jobs() -> VerificationJobs:
    """The one desk of this server."""
    return VerificationJobs()
