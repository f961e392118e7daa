"""Shared runs as they go on: seats start and stop, the teacher stops, and whoever has left makes room for others."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from explorer.classes.errors import ClassError
from explorer.classes.records import ClassRoom, Seat
from explorer.classes.store.store import ClassStore
from explorer.classes.store.teaching import Teaching
from explorer.jobs.errors import SettingsError
from explorer.language import N_
from explorer.model import SpecError
from explorer.runs.records import STATES, RunRecord, TrainingComparison
from explorer.runs.store.store import Store
from explorer.shared_runs.bounds import LEFT_AFTER_SECONDS
from explorer.shared_runs.plan import Plan
from explorer.shared_runs.records import (
    CLASS_OVER,
    LEFT,
    LOST,
    STOPPED_BY_SEAT,
    STOPPED_BY_TEACHER,
    SeatRun,
    SharedRun,
    owner_of,
    seat_of,
)
from explorer.shared_runs.store.store import SharedRunStore

NOT_OVER = tuple(name for name, facts in STATES.items() if not facts.over)
MOST_ACTIVE = 100_000


@dataclass(frozen=True)
class Progress:
    """A shared run at one moment: what seats have started, each with its runs, in the order in which they started."""

    shared: SharedRun
    seat_runs: Sequence[tuple[SeatRun, Sequence[RunRecord]]]

    @property
    def runs(self) -> Sequence[RunRecord]:
        """All runs of those that were not stopped."""
        return [run for seat_run, runs in self.seat_runs if not seat_run.stopped for run in runs]

    def over(self, now: float) -> Collection[int]:
        """The ids of the seats' runs that are over."""
        return {seat_run.id for seat_run, runs in self.seat_runs if seat_run.is_over(runs, now)}


class Conductor:
    """Shared runs over the stores of classes, shared runs and runs. Its methods raise StoreError too."""

    def __init__(self, classes: ClassStore, shared: SharedRunStore, runs: Store) -> None:
        self._classes, self._shared, self._runs = classes, shared, runs
        # While no server ran, no browser could say that it was there.
        self._since = time.time()

    def define(self, teacher: Teaching, plan: Plan) -> SharedRun:
        """Opens a shared run for the class, and stops the one before. Raises ClassError where it cannot be trained."""
        plan.check()
        if (room := self._classes.rooms().get(teacher.class_id)) is None or room.is_over:
            raise ClassError(N_("This class is over: open a new one."))
        self.stop(teacher)
        return self._shared.define(teacher, plan)

    def newest(self, class_id: str) -> Progress | None:
        """The newest shared run of a class; None before the first one."""
        shared = self._shared.newest(class_id)
        return self.progress(shared) if shared else None

    def progress(self, shared: SharedRun) -> Progress:
        """A shared run as it is now."""
        started = self._shared.started(shared.id)
        runs = {each.id: each.runs for each in self._runs.comparisons_of([each.comparison_id for each in started])}
        return Progress(shared, [(each, runs.get(each.comparison_id, ())) for each in started])

    def start(self, seat: Seat, shared_id: str, pool: str) -> SeatRun:
        """Queues the next share for a seat. Raises ClassError, with the reason, where it may not start one now."""
        if (room := self._classes.rooms().get(seat.class_id)) is None or room.is_over:
            raise ClassError(N_("This class is over: no run can be started."))
        now, progress = time.time(), self.newest(seat.class_id)
        over = progress.over(now) if progress else ()
        if progress:
            lost = [each.id for each, runs in progress.seat_runs if each.id in over and not runs]
            self._shared.note_stopped(lost, LOST)
        self._shared.note_seen(seat.id, now)
        shared, seat_run = self._shared.start(seat, shared_id, over)
        try:
            self._queue(shared, seat_run, pool)
        except (SpecError, SettingsError) as error:
            self._shared.note_stopped([seat_run.id], LOST)
            raise ClassError(error.told) from error
        return seat_run

    def _queue(self, shared: SharedRun, seat_run: SeatRun, pool: str) -> TrainingComparison:
        share = shared.plan.share(seat_run.number)
        return self._runs.create_comparison(
            [network for network, _settings in share.trained],
            share.trained[0][1],
            owner=owner_of(shared.id, seat_run.seat_id),
            name=f"Shared run of a class, seed {share.seed}",
            pool=pool,
            comparison_id=seat_run.comparison_id,
        )

    def stop_own(self, seat: Seat) -> None:
        """Stops the run that a seat has under way."""
        if (progress := self.newest(seat.class_id)) is not None:
            self._stop(
                progress, [each.id for each, _ in progress.seat_runs if each.seat_id == seat.id], STOPPED_BY_SEAT
            )

    def stop(self, teacher: Teaching, seat_run_ids: Collection[int] | None = None) -> None:
        """Stops some runs of the class's newest shared run, or all of them: then no seat can start another one."""
        if (progress := self.newest(teacher.class_id)) is None:
            return
        if seat_run_ids is None:
            self._shared.close(teacher, progress.shared.id)
            seat_run_ids = [each.id for each, _ in progress.seat_runs]
        self._stop(progress, seat_run_ids, STOPPED_BY_TEACHER)

    def reopen(self, teacher: Teaching) -> None:
        """Lets seats start runs in the newest shared run again."""
        if (shared := self._shared.newest(teacher.class_id)) is not None:
            self._shared.close(teacher, shared.id, closed=False)

    def tend(self, now: float | None = None) -> None:
        """Stops the runs of seats that have left and of classes that are over; deletes those of classes that are gone.

        To be called every few seconds. `now` is in seconds since 1970.
        """
        known = {shared.id: shared for shared in self._shared.all()}
        if not known:
            return
        moment, rooms = time.time() if now is None else now, self._classes.rooms()
        for shared in [each for each in known.values() if each.class_id not in rooms]:
            self._delete(shared)
        active = self._runs.runs(states=NOT_OVER, limit=MOST_ACTIVE)
        seats = {found for run in active if (found := seat_of(run.owner)) is not None}
        seen = self._shared.seen() if seats else {}
        for shared in [each for each in known.values() if each.id in {shared_id for shared_id, _ in seats}]:
            if (room := rooms.get(shared.class_id)) is not None:
                self._stop_absent(self.progress(shared), room, seen, moment)

    def _stop_absent(self, progress: Progress, room: ClassRoom, seen: Mapping[int, float], now: float) -> None:
        started = [each for each, _ in progress.seat_runs]
        # Of one that was stopped between its start and its trainings' way into the queue.
        self._runs.request("cancel", [run.id for each, runs in progress.seat_runs if each.stopped for run in runs])
        if room.is_over:
            self._stop(progress, [each.id for each in started], CLASS_OVER)
            return
        here = {each.id: max(each.started, seen.get(each.seat_id, 0.0), self._since) for each in started}
        self._stop(progress, [each for each, last in here.items() if now - last > LEFT_AFTER_SECONDS], LEFT)

    def _delete(self, shared: SharedRun) -> None:
        self._runs.delete([run.id for _, runs in self.progress(shared).seat_runs for run in runs])
        self._shared.delete(shared.id)

    def _stop(self, progress: Progress, seat_run_ids: Collection[int], reason: str) -> None:
        """Cancels those of the seats' runs that are not over, and notes why."""
        over = progress.over(time.time())
        stopped = [(each, runs) for each, runs in progress.seat_runs if each.id in seat_run_ids and each.id not in over]
        self._shared.note_stopped([each.id for each, _ in stopped], reason)
        self._runs.request("cancel", [run.id for _, runs in stopped for run in runs])
