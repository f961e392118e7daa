"""The shared runs of this server's classes, each read once a second at most, however many browsers ask."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from explorer.runs.records import ACTIVE, OVER
from explorer.runs.store.store import Store
from explorer.shared_runs.band import Curves
from explorer.shared_runs.conducting import Conductor, Progress
from explorer.shared_runs.store.store import SharedRunStore
from explorer.shared_runs.waiting import Place, measured, places
from explorer.ui.classroom.board import Board, class_store
from explorer.ui.common.services import Services, services
from explorer.ui.measuring import time_ranges
from explorer.ui.shared_runs.presence import shared_store

MOST_CLASSES = 50
"""Classes whose curves are kept in memory; the one that was looked at longest ago is dropped first."""
MOST_ASKED = 100
"""Runs whose new events are asked for in one question."""
KINDS = ("started", "step", "evaluation")
MOST_ACTIVE = 10_000


@dataclass(frozen=True)
class View:
    """A class's newest shared run as pages show it: its runs, their curves, and the places of those that wait."""

    progress: Progress
    curves: Curves
    places: Mapping[str, Place]


@dataclass
class _Known:
    """What was read of a shared run: its curves, the last event of each run, and the runs of which all has come."""

    shared_id: str
    curves: Curves = field(default_factory=Curves)
    last: dict[str, int] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)


class _Reader:
    """Reads the newest shared runs of classes, and keeps their curves: of each run only new events are read."""

    def __init__(self, shared: SharedRunStore) -> None:
        self._shared = shared
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, class_id: str) -> View | None:
        """The class's newest shared run as it is now; None without one. Raises StoreError.

        The services, and with them the workers, are only asked for where there is one: most classes just vote.
        """
        newest = self._shared.newest(class_id)
        if newest is None:
            return None
        known, progress = self._known_of(class_id, newest.id), conductor().progress(newest)
        _read_events(known, progress, services().store)
        return View(progress, known.curves, _places(progress, services()))

    def _known_of(self, class_id: str, shared_id: str) -> _Known:
        with self._lock:
            known = self._known.get(class_id)
            if known is None or known.shared_id != shared_id:
                known = self._known[class_id] = _Known(shared_id)
            self._known.move_to_end(class_id)
            while len(self._known) > MOST_CLASSES:
                self._known.popitem(last=False)
            return known


def _read_events(known: _Known, progress: Progress, store: Store) -> None:
    wanted = [run for run in progress.runs if run.id not in known.complete and (run.step or run.state != "queued")]
    for first in range(0, len(wanted), MOST_ASKED):
        asked = {run.id: known.last.get(run.id, 0) for run in wanted[first : first + MOST_ASKED]}
        for stored in store.events(asked, KINDS):
            known.curves.add(stored.run_id, stored.event)
            known.last[stored.run_id] = stored.id
    # The states were read before the events, so of a run that was over then, all events have come.
    known.complete |= {run.id for run in wanted if run.state in OVER}


def _places(progress: Progress, shared: Services) -> Mapping[str, Place]:
    if not any(run.state == "queued" for run in progress.runs):
        return {}
    active = {run.id: run for run in shared.store.runs(states=ACTIVE, limit=MOST_ACTIVE)}
    workers, slowdown = max(1, shared.launcher.status().limit), time_ranges.slowdown()
    return places(shared.store.queue(shared.launcher.pool), active, measured(progress.runs), workers, slowdown)


@st.cache_resource(show_spinner=False)
def shared_board(url: str) -> Board[View]:
    """The views of this server's shared runs."""
    return Board(_Reader(shared_store(url)), most=MOST_CLASSES)


def conductor() -> Conductor:
    """Shared runs over this server's stores. Raises StoreError."""
    return Conductor(class_store(), shared_store(class_store().url), services().store)


def view(class_id: str) -> View | None:
    """A class's newest shared run; None without one. Raises StoreError."""
    return shared_board(class_store().url).state(class_id)


def forget(class_id: str) -> None:
    """Has the next look at this class read it anew, since it was just changed here."""
    shared_board(class_store().url).forget(class_id)
