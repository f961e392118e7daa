"""Starts the processes that train. Pages use the protocol `Launcher` only, so a cluster could take its place."""

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from explorer.artifacts.shared import check_artifacts
from explorer.jobs.capacity import gpu_memories, worker_limit
from explorer.jobs.errors import SettingsError, StoreError, text_of
from explorer.jobs.paths import DATA_VARIABLE, DATABASE_VARIABLE, data_directory
from explorer.jobs.process_identity import Identity
from explorer.jobs.worker_settings import gpu_environment
from explorer.language import N_, Text, sentence
from explorer.runs.launch.housekeeping import tidy
from explorer.runs.launch.orphans import OrphanWatch
from explorer.runs.launch.worker_process import WorkerProcess
from explorer.runs.records import RunRecord
from explorer.runs.store.store import SERVER_POOL, Store

TICK_SECONDS = 0.2
CANCEL_GRACE_SECONDS = 0.6
"""How long a worker may take to stop by itself (it checks between two steps) before its process is ended."""
RECOVERY_SECONDS = 5.0
"""Seconds between two searches for runs whose workers are gone."""
TIDY_SECONDS = 600.0
"""Seconds between two searches for files that can be removed."""
KEPT_WARM = 2
"""Workers that wait with everything loaded, so that a training comparison starts at a click."""
LONGEST_PAUSE_SECONDS = 60.0


class LauncherStatus(NamedTuple):
    """The state of the workers: how many are ready or loading, the most there can be, and an error if any."""

    ready: int
    starting: int
    limit: int
    device: str
    trouble: Text
    versions: Mapping[str, str] = MappingProxyType({})
    """Of Python, torch and others, by name, once a worker is ready."""
    refused: bool = False
    """Whether the trouble is a setting of the workers."""


class Launcher(Protocol):
    """Trains the queued runs of one pool, on this machine or elsewhere."""

    @property
    def pool(self) -> str:
        """The name of the pool in which runs are queued."""

    def start(self) -> None:
        """Begins to serve the pool; does nothing if it already does."""

    def wake(self) -> None:
        """Makes idle workers look for a run now."""

    def status(self) -> LauncherStatus:
        """The state of the workers now."""

    def stop(self) -> None:
        """Ends every worker; their runs go back to the queue or are interrupted, each with a checkpoint."""


class LocalLauncher:
    """Warm worker processes on this machine, one network each, watched by a thread.

    A dead worker is replaced, and its run is queued again or marked; a worker that does not stop when asked is ended.
    The processes end by themselves when this one does, however it ends: their standard input closes.
    """

    def __init__(
        self,
        store: Store,
        *,
        pool: str = SERVER_POOL,
        limit: int | None = None,
        warm: int = KEPT_WARM,
        low_priority: bool = True,
        ignore_signals: bool = False,
        chores: Sequence[Callable[[], object]] = (),
    ) -> None:
        """Makes a launcher that has not started yet.

        `limit` bounds the workers (by default `worker_limit`; 0 where all are elsewhere), `warm` of them are kept ready
        without work, and `low_priority` lets the page's server use the processor first. Workers that `ignore_signals`
        end with this process, whatever else asks them to. `chores` are called every few seconds: what others have to do
        about runs while a server lives. They may raise StoreError.

        Raises StoreError where the files of runs cannot be kept.
        """
        check_artifacts()
        self.pool = pool
        self._store = store
        self._limit = worker_limit() if limit is None else limit
        self._warm = min(warm, self._limit)
        self._low_priority = low_priority
        self._ignore_signals = ignore_signals
        self._orphans = OrphanWatch()
        self._refused = False
        self._chores = chores
        self._folder = data_directory()
        self._workers: list[WorkerProcess] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._gpus = 0
        self._failures = 0
        self._not_before = 0.0
        self._next_recovery = 0.0
        self._next_tidying = 0.0
        self._trouble: Text = ""

    def start(self) -> None:
        """Begins to serve the pool; does nothing if it already does."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping.clear()
            self._gpus = len(gpu_memories())
            self._thread = threading.Thread(target=self._watch, name="launcher", daemon=True)
            self._thread.start()
            atexit.register(self.stop)

    def wake(self) -> None:
        """Makes every idle worker look for a run at once."""
        with self._lock:
            for worker in self._workers:
                worker.send("")

    def status(self) -> LauncherStatus:
        """The state of the workers now."""
        with self._lock:
            ready = [worker for worker in self._workers if worker.ready]
            device, versions = (ready[0].device, ready[0].versions) if ready else ("", {})
            starting = len(self._workers) - len(ready)
            return LauncherStatus(
                len(ready), starting, self._limit, device, self._trouble, versions, self._refused and not ready
            )

    def stop(self) -> None:
        """Ends every worker within a few seconds; each of their runs keeps a checkpoint."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)
        atexit.unregister(self.stop)
        with self._lock:
            for worker in self._workers:
                worker.end_input()
            for worker in self._workers:
                worker.end(5 if worker.ready else 0)  # one that is still loading has no run
                with contextlib.suppress(StoreError):  # another launcher finds it later
                    self._settle(worker, N_("Its worker was stopped in the middle of a step."))
            self._workers.clear()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tick()
                self._trouble = "" if not self._failures else self._trouble
            except StoreError as error:
                self._trouble = text_of(error)
            self._stopping.wait(TICK_SECONDS)

    def tick(self) -> None:
        """Checks once for dead workers, workers that ignore a cancellation, orphaned runs, and missing workers."""
        with self._lock:
            for worker in [each for each in self._workers if each.ended]:
                self._reap(worker)
            held = {run.worker: run for run in self._store.work.held()}
            for worker in self._workers:
                if _ignores_cancel(held.get(str(worker.identity))):
                    worker.kill()
            if time.monotonic() >= self._next_recovery:
                self._next_recovery = time.monotonic() + RECOVERY_SECONDS
                self._recover()
                for chore in self._chores:
                    chore()
            if time.monotonic() >= self._next_tidying:
                self._next_tidying = time.monotonic() + TIDY_SECONDS
                tidy(self._store)
            busy = sum(str(worker.identity) in held for worker in self._workers)
            wanted = min(self._limit, max(self._warm, busy + len(self._store.queue(self.pool))))
            while len(self._workers) < wanted and time.monotonic() >= self._not_before:
                self._start_worker()

    def _start_worker(self) -> None:
        environment = {DATABASE_VARIABLE: self._store.url, DATA_VARIABLE: os.fspath(self._folder)}
        flags = {"--low-priority": self._low_priority, "--ignore-signals": self._ignore_signals}
        try:
            environment |= gpu_environment(len(self._workers), self._gpus)
            chosen = [flag for flag, wanted in flags.items() if wanted]
            self._workers.append(WorkerProcess(self.pool, environment, self._folder / "logs", chosen))
        except SettingsError as error:
            self._refused = True
            self._hold_back(text_of(error))
        except OSError as error:
            self._hold_back(sentence("No worker can be started: {reason}.", reason=str(error.strerror)))

    def _reap(self, worker: WorkerProcess) -> None:
        """Removes a worker that has ended: settles its run, and delays the next start if it was never ready."""
        reason = worker.exit_message(N_("The worker"))
        self._settle(worker, str(reason), blame=True)
        self._workers.remove(worker)
        worker.end(0)
        self._refused = bool(worker.refusal)
        if worker.ready:
            self._failures = 0
        elif worker.refusal:
            self._hold_back(worker.refusal)
        else:
            self._hold_back(sentence("Workers end before they are ready. {reason}", reason=reason))

    def _settle(self, worker: WorkerProcess, reason: str, *, blame: bool = False) -> None:
        """Hands on the runs of a worker that has ended."""
        for run in self._store.work.held(str(worker.identity)):
            self._store.work.abandon(run, reason, again=blame or _lasts(run.pool), blame=blame)

    def _hold_back(self, trouble: Text) -> None:
        """Doubles the time before the next start each time a worker fails to start."""
        self._trouble = trouble
        self._failures += 1
        self._not_before = time.monotonic() + min(LONGEST_PAUSE_SECONDS, 2.0 ** (self._failures - 1))

    def _recover(self) -> None:
        """Settles the runs that earlier or other servers and commands left behind."""
        own = {str(worker.identity) for worker in self._workers}
        for run in self._orphans.orphaned(run for run in self._store.work.held() if run.worker not in own):
            reason = N_("Its worker is gone: the server stopped, or the machine was restarted.")
            self._store.work.abandon(run, reason, again=run.pool == self.pool or _lasts(run.pool))
        for pool in self._store.work.waiting_pools():
            starter = Identity.parse(pool)
            if pool != self.pool and starter is not None and starter.missing:
                self._store.work.strand(pool, N_("The command that queued it ended before its turn came."))


def _ignores_cancel(run: RunRecord | None) -> bool:
    """Whether a run was cancelled long enough ago and its worker still has it."""
    if run is None or run.state != "cancelling" or run.requested is None:
        return False
    return time.time() - run.requested > CANCEL_GRACE_SECONDS


def _lasts(pool: str) -> bool:
    """Whether a pool is there for good; others are named after a command, and end with it."""
    return Identity.parse(pool) is None
