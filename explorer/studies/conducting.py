"""Studies as they go on, over the stores of studies and of runs: started, continued, and read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.jobs.errors import StoreError
from explorer.runs.records import OVER, RunRecord
from explorer.runs.store.store import Store
from explorer.studies.records import StudyRecord, key_of, owner_of_runs
from explorer.studies.store.store import StudyStore
from explorer.studies.study import Cell, Study

RESUMABLE = ("paused", "interrupted")


@dataclass(frozen=True)
class Progress:
    """A study at one moment: its cells as their file says, and its runs."""

    record: StudyRecord
    study: Study
    runs: Sequence[RunRecord]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it trains or waits any more."""
        return all(run.state in OVER for run in self.runs)

    @cached_property
    def cells(self) -> Sequence[tuple[Cell, Sequence[RunRecord]]]:
        """Each cell with its runs, one for each seed."""
        by_label: dict[str, list[RunRecord]] = {}
        for run in self.runs:
            by_label.setdefault(run.label, []).append(run)
        return [(cell, by_label.get(cell.label, ())) for cell in self.study.cells]


class Conductor:
    """Studies over the two stores. Its methods raise StoreError too."""

    def __init__(self, studies: StudyStore, runs: Store) -> None:
        self._studies, self._runs = studies, runs

    def start(self, study: Study, toml: str, owner: str, pool: str) -> Progress:
        """Queues what is not queued yet of a study; one that was started before goes on. Raises StudyError.

        What was noted and not queued, since the program was killed between the two, is queued now.
        """
        study.check()
        batches = study.batches
        wanted = [(number, seed) for seed in study.seeds for number in range(len(batches))]
        record = self._studies.note(owner, key_of(study), toml, wanted)
        noted = self._studies.batches(record.id)
        queued = {each.id for each in self._runs.comparisons_of([batch.comparison_id for batch in noted])}
        for batch in (each for each in noted if each.comparison_id not in queued):
            settings = list(batches)[batch.settings]
            try:
                self._runs.create_comparison(
                    batches[settings],
                    replace(settings, seed=batch.seed),
                    owner=owner_of_runs(owner),
                    name=f"{study.title}, seed {batch.seed}",
                    pool=pool,
                    comparison_id=batch.comparison_id,
                )
            except StoreError:
                # Another command of the same study may have queued it in the meantime.
                if not self._runs.comparisons_of([batch.comparison_id]):
                    raise
        return self.progress(record, study)

    def resume(self, progress: Progress, pool: str, *, again: bool = False) -> int:
        """Puts what was paused or interrupted back into the queue, with `again` what failed too. Returns how many."""
        states = (*RESUMABLE, "failed") if again else RESUMABLE
        return self._runs.request("resume", [run.id for run in progress.runs if run.state in states], pool)

    def pause(self, progress: Progress) -> int:
        """Pauses what waits or trains. Returns how many runs that is."""
        return self._runs.request("pause", [run.id for run in progress.runs])

    def find(self, study: Study, owner: str) -> Progress | None:
        """The owner's study with these cells; None where none was started."""
        record = self._studies.find(owner, key_of(study))
        return self.progress(record, study) if record else None

    def progress(self, record: StudyRecord, study: Study) -> Progress:
        """A study as it is now, with every seed that it has, those too that its file does not name any more."""
        ids = [batch.comparison_id for batch in self._studies.batches(record.id)]
        found = {each.id: each.runs for each in self._runs.comparisons_of(ids)}
        return Progress(record, study, [run for one in ids for run in found.get(one, ())])
