"""The run store for workers and launchers: take the next run, report on it, settle the runs of dead workers."""

import json
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from explorer.database.database import Database
from explorer.jobs.errors import LostRunError
from explorer.runs.events import Event, Failed, Interrupted, Started, Step
from explorer.runs.records import HELD, HOST, STATES, RunRecord, Waiting, fair_order
from explorer.runs.store.schema import COMPARISONS, EVENTS, RUNS

JOINED = RUNS.join(COMPARISONS, COMPARISONS.c.id == RUNS.c.comparison_id)
RECORDS: sa.Select[Any] = sa.select(
    *(column.label(column.key) for column in RUNS.c if column.key != "since"),
    COMPARISONS.c.owner,
    COMPARISONS.c.name.label("comparison_name"),
).select_from(JOINED)
"""Selects what `record` reads."""

REPEATED = ("step", "evaluation", "diagnostics")
"""Kinds of events that a run tells again when it goes on from an earlier checkpoint."""

MOST_ATTEMPTS = 2
"""How many workers may die over one run before it counts as failed."""


def record(row: sa.Row[Any]) -> RunRecord:
    """The frozen record of a row of RECORDS."""
    return RunRecord(**row._mapping)


def waiting_order(connection: sa.Connection, pool: str) -> Sequence[str]:
    """Ids of the waiting runs of a pool in the order in which its workers will take them."""
    queued = sa.select(RUNS.c.id, COMPARISONS.c.owner, RUNS.c.since, RUNS.c.position).select_from(JOINED)
    waiting = [Waiting(*row) for row in connection.execute(queued.where(*_waiting_in(pool)))]
    if not waiting:
        return ()
    load = sa.func.sum(sa.case((RUNS.c.state.in_(HELD), 1), else_=0))
    served = sa.select(COMPARISONS.c.owner, load, sa.func.max(RUNS.c.started)).select_from(JOINED)
    rows = connection.execute(served.where(RUNS.c.pool == pool).group_by(COMPARISONS.c.owner)).all()
    return fair_order(waiting, {row[0]: row[1] for row in rows}, {row[0]: row[2] or 0.0 for row in rows})


def _waiting_in(pool: str) -> tuple[sa.ColumnElement[bool], ...]:
    return RUNS.c.state == "queued", RUNS.c.pool == pool, RUNS.c.deleted.is_(None)


class WorkQueue:
    """The operations of workers and launchers on runs; made by `Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, worker: str, pool: str) -> RunRecord | None:
        """Gives the next waiting run of a pool to `worker` alone. Returns it, None where nothing waits."""
        with self._database.reading() as connection:
            if not connection.execute(sa.select(RUNS.c.id).where(*_waiting_in(pool)).limit(1)).first():
                return None
        with self._database.writing() as connection:
            for run_id in waiting_order(connection, pool):
                now = time.time()
                # The condition on the state decides where two workers reach this line at the same time.
                claimed = connection.execute(
                    sa.update(RUNS)
                    .where(RUNS.c.id == run_id, RUNS.c.state == "queued")
                    .values(
                        state="running",
                        worker=worker,
                        attempts=RUNS.c.attempts + 1,
                        started=sa.func.coalesce(RUNS.c.started, now),
                        heartbeat=now,
                        requested=None,
                    )
                )
                if claimed.rowcount:
                    return record(connection.execute(RECORDS.where(RUNS.c.id == run_id)).one())
        return None

    def report(self, run_id: str, worker: str, events: Sequence[Event]) -> str:
        """Stores events in one transaction. Returns the run's state, which the training loop follows.

        An event whose kind names a state in which no worker holds the run (`finished`, `paused`, ...) ends the work.
        Raises LostRunError where the run is not this worker's any more; then nothing is stored.
        """
        with self._database.writing() as connection:
            owned = sa.and_(RUNS.c.id == run_id, RUNS.c.worker == worker, RUNS.c.state.in_(HELD))
            changes: dict[str, object] = {"heartbeat": time.time()}
            for event in events:
                changes |= _changes(event)
            if not connection.execute(sa.update(RUNS).where(owned).values(changes)).rowcount:
                raise LostRunError(f"Run {run_id} is no longer in this worker's hands.")
            _append(connection, run_id, events)
            return str(connection.execute(sa.select(RUNS.c.state).where(RUNS.c.id == run_id)).scalar_one())

    def held(self, worker: str | None = None) -> list[RunRecord]:
        """The runs that workers hold; only those of `worker` if it is given."""
        query = RECORDS.where(RUNS.c.state.in_(HELD))
        if worker is not None:
            query = query.where(RUNS.c.worker == worker)
        with self._database.reading() as connection:
            return [record(row) for row in connection.execute(query)]

    def waiting_pools(self) -> list[str]:
        """The pools in which runs wait."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(RUNS.c.pool).where(RUNS.c.state == "queued").distinct()).scalars())

    def abandon(self, run: RunRecord, reason: str, *, again: bool, blame: bool = False) -> str:
        """Settles a run whose worker is gone. Returns the run's new state.

        What was asked of it (cancel, pause) counts as done. Otherwise it waits for another worker if `again`, and else
        is interrupted until a user resumes it; where the run may be to `blame` and this was its second worker, it
        counts as failed. `reason` is stored with the run.
        """
        if run.state in ("cancelling", "pausing"):
            state = {"cancelling": "cancelled", "pausing": "paused"}[run.state]
        elif blame and run.attempts >= MOST_ATTEMPTS:
            state = "failed"
        else:
            state = "queued" if again else "interrupted"
        now = time.time()
        event = (Failed if state == "failed" else Interrupted)(step=run.step, reason=reason)
        # The time since which it waits stays, and with it its place in the queue.
        changes: dict[str, object] = {"state": state, "worker": None, "reason": reason}
        changes |= {} if blame else {"attempts": max(0, run.attempts - 1)}
        changes |= {"ended": now} if STATES[state].over else {}
        changes |= {"result_json": event.to_json()} if state == "failed" else {}
        still = sa.and_(RUNS.c.id == run.id, RUNS.c.state == run.state, RUNS.c.worker == run.worker)
        with self._database.writing() as connection:
            if connection.execute(sa.update(RUNS).where(still).values(changes)).rowcount:
                _append(connection, run.id, [event])
        return state

    def strand(self, pool: str, reason: str) -> int:
        """Interrupts the runs that wait in a pool without workers. Returns their number."""
        stranded = sa.update(RUNS).where(RUNS.c.pool == pool, RUNS.c.state == "queued")
        with self._database.writing() as connection:
            return connection.execute(stranded.values(state="interrupted", reason=reason)).rowcount


def _changes(event: Event) -> dict[str, object]:
    """What an event changes in the row of its run."""
    changes: dict[str, object] = {"step": event.step}
    if isinstance(event, Started):
        changes |= {
            "device": event.device_name,
            "versions_json": json.dumps({**event.versions, HOST: event.host}),
            "reason": "",
        }
    elif isinstance(event, Step):
        changes |= {"seconds": event.seconds}
    if event.kind in STATES and event.kind not in HELD:
        changes |= {"state": event.kind, "worker": None, "reason": getattr(event, "reason", ""), "attempts": 0}
        if STATES[event.kind].over:
            changes |= {"ended": time.time(), "result_json": event.to_json()}
    return changes


def _append(connection: sa.Connection, run_id: str, events: Sequence[Event]) -> None:
    for event in events:
        if isinstance(event, Started):
            repeated = sa.and_(EVENTS.c.run_id == run_id, EVENTS.c.kind.in_(REPEATED), EVENTS.c.step > event.step)
            connection.execute(sa.delete(EVENTS).where(repeated))
    rows = [{"run_id": run_id, "step": each.step, "kind": each.kind, "body": each.to_json()} for each in events]
    if rows:
        connection.execute(sa.insert(EVENTS), rows)
