"""The numbers beside ResNeXt's three forms: asked of a child process, shared by all visitors, remembered."""

from collections import OrderedDict
from threading import Lock

import streamlit as st

from explorer.jobs.equivalence import EquivalenceHandle, FormDifference, start_equivalence
from explorer.jobs.one_shot import ChildError
from explorer.outputs.drawing.resnext_forms import BlockSizes

MOST_REMEMBERED = 200
MOST_AT_WORK = 2

Outcome = tuple[FormDifference, ...] | str
"""The three forms, or a sentence on why there are no numbers."""


class EquivalenceJobs:
    """Comparisons by the block's sizes. Equal sizes have equal outcomes, so each is made once. Safe in any thread."""

    def __init__(self) -> None:
        self._outcomes: OrderedDict[BlockSizes, Outcome] = OrderedDict()
        self._working: dict[BlockSizes, EquivalenceHandle] = {}
        self._lock = Lock()

    def order(self, sizes: BlockSizes) -> str:
        """Begins a comparison, unless it is under way. Returns a sentence where there is no room, else nothing."""
        with self._lock:
            self._collect()
            if sizes in self._working:
                return ""
            if len(self._working) >= MOST_AT_WORK:
                return "Other comparisons are under way; try again in a few seconds."
            try:
                self._working[sizes] = start_equivalence(sizes.cardinality, sizes.width, sizes.channels)
            except ChildError as error:
                self._keep(sizes, str(error))
        return ""

    def outcome(self, sizes: BlockSizes) -> Outcome | None:
        """What came of it; None while there is nothing."""
        with self._lock:
            self._collect()
            return self._outcomes.get(sizes)

    def is_at_work(self, sizes: BlockSizes) -> bool:
        """Whether a comparison is under way."""
        with self._lock:
            self._collect()
            return sizes in self._working

    def _collect(self) -> None:
        for sizes, handle in [(sizes, handle) for sizes, handle in self._working.items() if handle.done]:
            del self._working[sizes]
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
    """The one desk of this server."""
    return EquivalenceJobs()
