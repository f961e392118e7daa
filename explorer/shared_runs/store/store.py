"""The store of shared runs. A teacher's operations take the `Teaching` that a teacher's key gives, a seat's its `Seat`.

Every method raises StoreError, with one sentence, where the database cannot be read or written.
"""

import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from explorer.classes.errors import ClassError
from explorer.classes.records import Seat
from explorer.classes.store.teaching import Teaching
from explorer.database.database import Database
from explorer.jobs.paths import database_url
from explorer.language import N_, sentence
from explorer.shared_runs.bounds import MOST_SHARED
from explorer.shared_runs.plan import Plan
from explorer.shared_runs.records import SeatRun, SharedRun, check_may_start, next_number
from explorer.shared_runs.store.schema import PRESENCE, SCHEMA, SEAT_RUNS, SHARED


class SharedRunStore:
    """Shared runs in the database at `url`, by default that of runs and classes. Safe to share between threads."""

    def __init__(self, url: str | None = None) -> None:
        self._database = Database(url or database_url(), SCHEMA)

    def define(self, teacher: Teaching, plan: Plan) -> SharedRun:
        """Opens a shared run of the teacher's class, and closes the ones before. Raises ClassError for too many."""
        with self._database.writing() as connection:
            own = SHARED.c.class_id == teacher.class_id
            positions = list(connection.execute(sa.select(SHARED.c.position).where(own)).scalars())
            if len(positions) >= MOST_SHARED:
                raise ClassError(
                    sentence("This class has had {count} shared runs, which is as many as it takes.", count=MOST_SHARED)
                )
            now = time.time()
            connection.execute(sa.update(SHARED).where(own, SHARED.c.closed.is_(None)).values(closed=now))
            values = {"id": uuid.uuid4().hex, "class_id": teacher.class_id, "position": 1 + max(positions, default=0)}
            connection.execute(sa.insert(SHARED).values(**values, created=now, plan_json=plan.to_json()))
            return _shared(connection.execute(sa.select(SHARED).where(SHARED.c.id == values["id"])).one())

    def close(self, teacher: Teaching, shared_id: str, *, closed: bool = True) -> None:
        """Lets no seat start another run, or lets them again."""
        own = SHARED.c.id == shared_id, SHARED.c.class_id == teacher.class_id
        with self._database.writing() as connection:
            connection.execute(sa.update(SHARED).where(*own).values(closed=time.time() if closed else None))

    def newest(self, class_id: str) -> SharedRun | None:
        """The shared run of a class that was defined last; None before the first one."""
        newest = sa.select(SHARED).where(SHARED.c.class_id == class_id).order_by(SHARED.c.position.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(newest).first()
        return _shared(row) if row else None

    def all(self) -> list[SharedRun]:
        """The shared runs of all classes."""
        with self._database.reading() as connection:
            return [_shared(row) for row in connection.execute(sa.select(SHARED))]

    def start(self, seat: Seat, shared_id: str, over: Collection[int]) -> tuple[SharedRun, SeatRun]:
        """Deals a seat its next share, which is then its run; `over` are the ids of the runs that are over.

        Raises ClassError as `check_may_start`, and where the shared run is gone.
        """
        with self._database.writing() as connection:
            # On a server's database the lock keeps two seats from being dealt the same number.
            wanted = sa.select(SHARED).where(SHARED.c.id == shared_id, SHARED.c.class_id == seat.class_id)
            row = connection.execute(wanted.with_for_update()).first()
            if row is None:
                raise ClassError(N_("This shared run is gone: look at the page of your class again."))
            started = _started(connection, shared_id)
            check_may_start(_shared(row), seat.id, started, over)
            values = {"shared_id": shared_id, "seat_id": seat.id, "number": next_number(started)}
            values |= {"comparison_id": uuid.uuid4().hex, "started": time.time()}
            connection.execute(sa.insert(SEAT_RUNS).values(values))
            new = sa.select(SEAT_RUNS).where(SEAT_RUNS.c.comparison_id == values["comparison_id"])
            return _shared(row), _seat_run(connection.execute(new).one())

    def started(self, shared_id: str) -> list[SeatRun]:
        """The runs that seats have started, in their order."""
        with self._database.reading() as connection:
            return _started(connection, shared_id)

    def note_stopped(self, seat_run_ids: Iterable[int], reason: str) -> None:
        """Stores why runs were stopped; a reason that is stored already stays."""
        with self._database.writing() as connection:
            stopped = SEAT_RUNS.c.id.in_(list(seat_run_ids)), SEAT_RUNS.c.stopped == ""
            connection.execute(sa.update(SEAT_RUNS).where(*stopped).values(stopped=reason))

    def note_seen(self, seat_id: int, now: float) -> None:
        """Stores that a seat's browser shows a page."""
        with self._database.writing() as connection:
            own = PRESENCE.c.seat_id == seat_id
            if not connection.execute(sa.update(PRESENCE).where(own).values(seen=now)).rowcount:
                connection.execute(sa.insert(PRESENCE).values(seat_id=seat_id, seen=now))

    def seen(self) -> Mapping[int, float]:
        """When each seat's browser showed a page the last time, in seconds since 1970."""
        with self._database.reading() as connection:
            return {row.seat_id: row.seen for row in connection.execute(sa.select(PRESENCE))}

    def delete(self, shared_id: str) -> None:
        """Deletes a shared run with what was dealt; the runs themselves are in another store."""
        with self._database.writing() as connection:
            seats = sa.select(SEAT_RUNS.c.seat_id).where(SEAT_RUNS.c.shared_id == shared_id)
            connection.execute(sa.delete(PRESENCE).where(PRESENCE.c.seat_id.in_(seats)))
            connection.execute(sa.delete(SEAT_RUNS).where(SEAT_RUNS.c.shared_id == shared_id))
            connection.execute(sa.delete(SHARED).where(SHARED.c.id == shared_id))

    def close_connections(self) -> None:
        """Closes the database connections."""
        self._database.close()


def _shared(row: sa.Row[Any]) -> SharedRun:
    return SharedRun(**row._mapping)


def _seat_run(row: sa.Row[Any]) -> SeatRun:
    return SeatRun(**row._mapping)


def _started(connection: sa.Connection, shared_id: str) -> list[SeatRun]:
    own = sa.select(SEAT_RUNS).where(SEAT_RUNS.c.shared_id == shared_id).order_by(SEAT_RUNS.c.id)
    return [_seat_run(row) for row in connection.execute(own)]
