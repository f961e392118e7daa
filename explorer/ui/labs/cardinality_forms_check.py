"""Comparisons of ResNeXt's three forms: computed in a child process, cached, shared by all visitors."""

from collections import OrderedDict
from threading import Lock

import streamlit as st

from explorer.jobs.equivalence import FormDifferences, start_equivalence
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.outputs.drawing.resnext_forms import BlockSizes

MOST_REMEMBERED = 200
MOST_RUNNING = 2

Outcome = FormDifferences | str
"""The three forms, or an error message."""


class EquivalenceJobs:
    """Comparisons by the sizes of the block; each size is computed once. Safe to use from any thread."""

    def __init__(self) -> None:
        self._outcomes: OrderedDict[BlockSizes, Outcome] = OrderedDict()
        self._running: dict[BlockSizes, OneShot[FormDifferences]] = {}
        self._lock = Lock()

    def start(self, sizes: BlockSizes) -> str:
        """Starts a comparison if it is not running. Returns a message if too many are running, else an empty text."""
        with self._lock:
            self._collect()
            if sizes in self._running:
                return ""
            if len(self._running) >= MOST_RUNNING:
                return "Other comparisons are running. Try again in a few seconds."
            try:
                self._running[sizes] = start_equivalence(sizes.cardinality, sizes.width, sizes.channels)
            except ChildError as error:
                self._keep(sizes, str(error))
        return ""

    def outcome(self, sizes: BlockSizes) -> Outcome | None:
        """The outcome of a comparison; None if there is none yet."""
        with self._lock:
            self._collect()
            return self._outcomes.get(sizes)

    def is_running(self, sizes: BlockSizes) -> bool:
        """Whether a comparison is running."""
        with self._lock:
            self._collect()
            return sizes in self._running

    def _collect(self) -> None:
        for sizes, handle in [(sizes, handle) for sizes, handle in self._running.items() if handle.done]:
            del self._running[sizes]
            try:
                self._keep(sizes, handle.result())
            except ChildError as error:
                self._keep(sizes, str(error))

    def _keep(self, sizes: BlockSizes, outcome: Outcome) -> None:
        self._outcomes[sizes] = outcome
        while len(self._outcomes) > MOST_REMEMBERED:
            self._outcomes.popitem(last=False)


@st.cache_resource(show_spinner=False)
def equivalence_jobs() -> EquivalenceJobs:
    """The comparisons of this server."""
    return EquivalenceJobs()
