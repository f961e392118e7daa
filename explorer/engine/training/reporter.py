"""Between the loop and the store: events are written a few times a second, and each writing brings back what to do."""

import time
from collections.abc import Callable

from explorer.jobs.errors import LostRunError, StoreError
from explorer.jobs.process_identity import Identity
from explorer.runs.events import Event, Failed, Paused, Started
from explorer.runs.records import HELD, STATES, RunRecord
from explorer.runs.store.work_queue import WorkQueue

WRITE_SECONDS = 0.2
"""Time between two writings: the longest delay of a curve, and of a request to stop."""
PATIENCE_SECONDS = 20.0
"""How long writing the end of a run is retried when the store refuses it (a full disk, a long transaction)."""

LAUNCHERS = {True: "Its worker", False: "The command that started it"}
"""What ended, of a launcher that lasts and of one that ends with its command."""


class Reporter:
    """Reports on one run. Raises LostRunError and StoreError from `requested_state` and `tell`, which ends the loop."""

    def __init__(self, queue: WorkQueue, run: RunRecord, worker: str, orphaned: Callable[[], bool]) -> None:
        self._queue = queue
        self._run = run
        self._worker = worker
        self._orphaned = orphaned
        self._state = run.state
        self._pending: list[Event] = []
        self._written = time.monotonic()
        self._step = run.step
        self.outcome: str | None = None

    def requested_state(self) -> str:
        """What the run should do, as its state; a run whose launcher has gone should pause."""
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self._write()
        return "pausing" if self._orphaned() and self._state == "running" else self._state

    def tell(self, event: Event) -> None:
        """Takes an event; the first, and one that ends the run, are written at once."""
        self._pending.append(event)
        self._step = event.step
        ends = event.kind in STATES and event.kind not in HELD
        if ends and isinstance(event, Paused) and self._orphaned():
            self._pending.pop()
            self._write()
            self._hand_back()
        elif ends or isinstance(event, Started) or time.monotonic() - self._written >= WRITE_SECONDS:
            self._write()
        if ends:
            self.outcome = event.kind

    def fail(self, failure: Failed) -> None:
        """Ends the run as failed, and keeps trying for a while where the store refuses."""
        last = Failed(step=self._step, reason=failure.reason, field=failure.field)
        events, until = [*self._pending, last], time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._queue.report(self._run.id, self._worker, events)
                return
            except LostRunError:
                return
            except StoreError:
                if time.monotonic() >= until or self._orphaned():
                    return
                events = [last]  # the less there is to write, the better the chance that it fits
                time.sleep(1.0)

    def _write(self) -> None:
        self._state = self._queue.report(self._run.id, self._worker, self._pending)
        self._pending = []
        self._written = time.monotonic()

    def _hand_back(self) -> None:
        """Returns a run with a fresh checkpoint to the queue because its launcher has ended."""
        lasting = Identity.parse(self._run.pool) is None  # other pools are named after a command, and end with it
        when = "" if lasting else " when resumed"
        reason = f"{LAUNCHERS[lasting]} stopped at step {self._step}; the run goes on from there{when}."
        for run in self._queue.held(self._worker):
            self._queue.abandon(run, reason, again=lasting)
