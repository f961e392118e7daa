"""Which runs have lost their workers: by the process's number on this machine, by silence on all others."""

import time
from collections.abc import Iterable

from explorer.jobs.process_identity import Identity
from explorer.runs.records import RunRecord

STALE_SECONDS = 60.0
"""A worker on another machine whose heartbeat has not changed for so long counts as gone."""
MOST_PAUSE_SECONDS = 20.0
"""After a longer time without a look (the database did not answer, say) all silence counts from anew."""


class OrphanWatch:
    """Remembers when each run's heartbeat changed, by this process's clock: clocks of two machines may differ."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str | None, float | None], float] = {}
        self._looked = 0.0

    def orphaned(self, held: Iterable[RunRecord], now: float | None = None) -> list[RunRecord]:
        """Those of the held runs whose workers are gone; to be asked every few seconds. `now` is in seconds."""
        moment = time.monotonic() if now is None else now
        known = self._heard if moment - self._looked <= MOST_PAUSE_SECONDS else {}
        self._looked, self._heard, found = moment, {}, []
        for run in held:
            pulse = run.id, run.worker, run.heartbeat
            self._heard[pulse] = known.get(pulse, moment)
            holder = Identity.parse(run.worker or "")
            if holder is None or holder.gone or moment - self._heard[pulse] > STALE_SECONDS:
                found.append(run)
        return found
