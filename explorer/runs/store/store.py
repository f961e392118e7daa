"""The run store for pages and the command line: start comparisons, read them, pause and cancel runs.

Workers and launchers use `work_queue.WorkQueue` on the same database. These modules hold the only SQL of the project.
"""

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from explorer.database.database import Database
from explorer.datasets.catalogue import NO_DATASET
from explorer.jobs.errors import StoreError
from explorer.jobs.paths import database_url
from explorer.runs.events import event_from_dict
from explorer.runs.fine_tuning import with_usual_start
from explorer.runs.limits import turns
from explorer.runs.records import REQUESTS, NamedNetwork, RunRecord, StoredEvent, TrainingComparison
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.rows import LONGEST_NAME, grouped, new_comparison, new_id, new_run
from explorer.runs.store.schema import COMPARISONS, EVENTS, RUNS, SCHEMA
from explorer.runs.store.work_queue import RECORDS, WorkQueue, record, waiting_order

SERVER_POOL = "server"
"""The pool of the web application's workers."""

BETWEEN_TURNS = 1e-5
"""Seconds by which the runs of a comparison seem to have come one after another: who waits longest is served first."""

MOST_ASKED = 500
"""Ids in one question: databases bound the values of a statement."""


class Store:
    """Runs and comparisons in the database at `url` (by default the user's own). Safe to share between threads.

    Every method raises StoreError, with one sentence, where the database cannot be read or written.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url or database_url()
        self._database = Database(self.url, SCHEMA)
        self.work = WorkQueue(self._database)

    def create_comparison(
        self,
        named_networks: Sequence[NamedNetwork],
        settings: TrainingSettings,
        *,
        owner: str,
        name: str,
        seeds: Sequence[int] = (),
        pool: str = SERVER_POOL,
        usual_start: bool = False,
        comparison_id: str = "",
    ) -> TrainingComparison:
        """Queues every network once for each seed (the settings' own by default), all with the same settings.

        With `usual_start` each once more, from its usual start instead of the weights that the settings name.
        `comparison_id` is a new id that the caller has noted already.
        """
        now, comparison_id = time.time(), comparison_id or new_id()
        starts = with_usual_start(named_networks, settings, wanted=usual_start)
        planned = [(*start, seed) for seed in seeds or (settings.seed,) for start in starts]
        rows = []
        places = turns([(network, seed) for network, _, seed in planned], settings)
        for position, ((network, own, seed), turn) in enumerate(zip(planned, places, strict=True)):
            values = new_run(new_id(), comparison_id, network, replace(own, seed=seed), now)
            waiting = {"position": position, "pool": pool, "state": "queued", "since": now + turn * BETWEEN_TURNS}
            rows.append(values | waiting)
        if not rows:
            raise ValueError("a training comparison needs at least one network")
        self._insert(new_comparison(comparison_id, owner, name, now), rows)
        comparison = self.comparison(comparison_id)
        if comparison is None:
            raise StoreError("The comparison was stored and has vanished: the run store is not to be trusted.")
        return comparison

    def keep_weights(
        self,
        run_id: str,
        network: NamedNetwork,
        settings: TrainingSettings,
        *,
        owner: str,
        source: str,
        has_images: bool = True,
    ) -> None:
        """Records weights that were not trained here, but come from `source`, as a finished run of no steps.

        The checkpoint of `run_id` must hold them already. The settings say how they are used, and with which data set;
        without `has_images` that has other classes than the network, and the run is on no data set.
        """
        now, comparison_id, name = time.time(), new_id(), f"Weights from {source}"
        values = new_run(run_id, comparison_id, network, settings, now)
        over = {"position": 0, "pool": SERVER_POOL, "state": "finished", "since": now, "ended": now, "steps": 0}
        over |= {"reason": f"{name}; not trained here."} | ({} if has_images else {"dataset": NO_DATASET})
        self._insert(new_comparison(comparison_id, owner, name, now), [values | over])

    def run(self, run_id: str) -> RunRecord | None:
        """One run, deleted or not; None where there is no such run."""
        found = self._records(RUNS.c.id == run_id, limit=1)
        return found[0] if found else None

    def runs(
        self,
        *,
        owner: str | None = None,
        comparison_id: str | None = None,
        states: Collection[str] = (),
        deleted: bool = False,
        limit: int = 500,
    ) -> list[RunRecord]:
        """Runs that match all conditions, newest comparison first."""
        wanted: list[sa.ColumnElement[bool]] = [RUNS.c.deleted.is_not(None) if deleted else RUNS.c.deleted.is_(None)]
        if owner is not None:
            wanted.append(COMPARISONS.c.owner == owner)
        if comparison_id is not None:
            wanted.append(RUNS.c.comparison_id == comparison_id)
        if states:
            wanted.append(RUNS.c.state.in_(list(states)))
        return self._records(*wanted, limit=limit)

    def comparison(self, comparison_id: str) -> TrainingComparison | None:
        """A training comparison with those of its runs that are not deleted; None where none is left."""
        comparisons = grouped(self.runs(comparison_id=comparison_id))
        return comparisons[0] if comparisons else None

    def comparisons(self, *, owner: str | None = None, limit: int = 50) -> list[TrainingComparison]:
        """The newest comparisons first, at most `limit`."""
        with self._database.reading() as connection:
            chosen = sa.select(COMPARISONS.c.id).order_by(COMPARISONS.c.created.desc()).limit(limit)
            chosen = chosen.where(sa.exists().where(RUNS.c.comparison_id == COMPARISONS.c.id, RUNS.c.deleted.is_(None)))
            if owner is not None:
                chosen = chosen.where(COMPARISONS.c.owner == owner)
            ids = connection.execute(chosen).scalars().all()
        return grouped(self._records(RUNS.c.comparison_id.in_(ids), RUNS.c.deleted.is_(None), limit=limit * 200))

    def comparisons_of(self, comparison_ids: Sequence[str]) -> list[TrainingComparison]:
        """The comparisons with these ids, with those of their runs that are not deleted; unknown ones are left out."""
        found: list[TrainingComparison] = []
        for first in range(0, len(comparison_ids), MOST_ASKED):
            wanted = RUNS.c.comparison_id.in_(comparison_ids[first : first + MOST_ASKED])
            found += grouped(self._records(wanted, RUNS.c.deleted.is_(None), limit=None))
        return found

    def events(self, after: Mapping[str, int], kinds: Collection[str] = ()) -> list[StoredEvent]:
        """The events of each run after the event whose id is given for it (0: from the start), in order.

        A run that went on from a checkpoint repeats its steps: later events replace earlier ones.
        """
        if not after:
            return []
        news = sa.or_(*(sa.and_(EVENTS.c.run_id == run_id, EVENTS.c.id > last) for run_id, last in after.items()))
        query = sa.select(EVENTS.c.id, EVENTS.c.run_id, EVENTS.c.body).where(news).order_by(EVENTS.c.id)
        if kinds:
            query = query.where(EVENTS.c.kind.in_(list(kinds)))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [StoredEvent(row.id, row.run_id, event_from_dict(json.loads(row.body))) for row in rows]

    def queue(self, pool: str = SERVER_POOL) -> list[str]:
        """Ids of the waiting runs in the order in which workers will take them."""
        with self._database.reading() as connection:
            return list(waiting_order(connection, pool))

    def request(self, what: str, run_ids: Iterable[str], pool: str | None = None) -> int:
        """Requests `cancel`, `pause` or `resume`. Returns the number of runs that it changes.

        A run in training follows within a second; `pool` gives resumed runs to the workers of another pool.
        """
        ids, now, touched = list(run_ids), time.time(), 0
        with self._database.writing() as connection:
            for before, after in REQUESTS[what].items():
                changes: dict[str, object] = {"state": after, "requested": now}
                if after == "queued":
                    changes |= {"since": now, "attempts": 0, "reason": "", "ended": None, "result_json": None}
                    changes |= {"pool": pool} if pool else {}
                if after == "cancelled":
                    changes |= {"ended": now}
                touched += connection.execute(
                    sa.update(RUNS).where(RUNS.c.id.in_(ids), RUNS.c.state == before).values(changes)
                ).rowcount
        return touched

    def rename_comparison(self, comparison_id: str, name: str) -> None:
        """Gives a training comparison another name."""
        self._update(COMPARISONS, COMPARISONS.c.id == comparison_id, name=name[:LONGEST_NAME])

    def rename_run(self, run_id: str, label: str) -> None:
        """Gives a run another label."""
        self._update(RUNS, RUNS.c.id == run_id, label=label[:LONGEST_NAME])

    def delete(self, run_ids: Iterable[str]) -> None:
        """Hides and cancels runs; `undelete` brings them back until they are purged."""
        ids = list(run_ids)
        self.request("cancel", ids)
        self._update(RUNS, RUNS.c.id.in_(ids), deleted=time.time())

    def undelete(self, run_ids: Iterable[str]) -> None:
        """Brings deleted runs back; one that was in training stays cancelled."""
        self._update(RUNS, RUNS.c.id.in_(list(run_ids)), deleted=None)

    def purge(self, deleted_before: float) -> list[str]:
        """Removes the runs that were deleted before a time. Returns their ids, so that their files can be removed."""
        with self._database.writing() as connection:
            doomed = sa.select(RUNS.c.id).where(RUNS.c.deleted < deleted_before, RUNS.c.worker.is_(None))
            ids = list(connection.execute(doomed).scalars())
            connection.execute(sa.delete(EVENTS).where(EVENTS.c.run_id.in_(ids)))
            connection.execute(sa.delete(RUNS).where(RUNS.c.id.in_(ids)))
            connection.execute(
                sa.delete(COMPARISONS).where(~sa.exists().where(RUNS.c.comparison_id == COMPARISONS.c.id))
            )
        return ids

    def states(self, run_ids: Sequence[str]) -> dict[str, str]:
        """The state of each of these runs by id, deleted or not; unknown runs are left out."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for first in range(0, len(run_ids), MOST_ASKED):
                asked = RUNS.c.id.in_(run_ids[first : first + MOST_ASKED])
                found |= {
                    row.id: row.state for row in connection.execute(sa.select(RUNS.c.id, RUNS.c.state).where(asked))
                }
        return found

    def close(self) -> None:
        """Closes the database connections."""
        self._database.close()

    def _insert(self, comparison: Mapping[str, object], runs: Sequence[Mapping[str, object]]) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.insert(COMPARISONS).values(comparison))
            connection.execute(sa.insert(RUNS), runs)

    def _records(self, *wanted: sa.ColumnElement[bool], limit: int | None) -> list[RunRecord]:
        order = COMPARISONS.c.created.desc(), COMPARISONS.c.id, RUNS.c.position
        query = RECORDS.where(*wanted).order_by(*order).limit(limit)
        with self._database.reading() as connection:
            return [record(row) for row in connection.execute(query)]

    def _update(self, table: sa.Table, where: sa.ColumnElement[bool], **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.update(table).where(where).values(**values))
