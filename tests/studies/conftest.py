"""Fixtures of the tests of studies: a small one as its file, and the stores, in which runs end without a training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.runs.events import Diverged, Event, Failed, Finished
from explorer.runs.records import RunRecord
from explorer.runs.store.store import SERVER_POOL, Store
from explorer.studies.conducting import Conductor, Progress
from explorer.studies.store.store import StudyStore
from explorer.studies.study import Study
from explorer.studies.toml_file import read_study

NETWORK = 'base = {{ preset = "cifar_{kind}20", stage_blocks = [1, 1], stage_widths = [4, 8], stem_width = 4 }}'
TOML = f"""
title = "Small"
seeds = 2
[settings]
steps = 4
batch_size = 16
device = "cpu"
[grid]
learning_rate = [0.01, 0.02]
[[networks]]
name = "Plain"
{NETWORK.format(kind="plain")}
values.stage_blocks = [[1, 1], [2, 2]]
[[networks]]
name = "Residual"
{NETWORK.format(kind="resnet")}
values.stage_blocks = [[1, 1], [2, 2]]
"""


def ended(error: float, loss: float = 1.0) -> Finished:
    return Finished(4, loss, error, 2.0, loss, error / 2, 1e3)


@dataclass
class Lab:
    """A study's stores, and workers that only report an end."""

    studies: StudyStore
    runs: Store
    conductor: Conductor

    def start(self, text: str = TOML, study: Study | None = None) -> Progress:
        return self.conductor.start(study or read_study(text), text, "ann", SERVER_POOL)

    def end_all(self, end_of: Callable[[RunRecord], Event]) -> None:
        while (run := self.runs.work.claim("w", SERVER_POOL)) is not None:
            self.runs.work.report(run.id, "w", [end_of(run)])

    def now(self, progress: Progress) -> Progress:
        return self.conductor.progress(progress.record, progress.study)


@pytest.fixture
def lab(data_directory: Path) -> Iterator[Lab]:
    studies, runs = StudyStore(), Store()
    yield Lab(studies, runs, Conductor(studies, runs))
    studies.close()
    runs.close()


DIVERGED, FAILED = Diverged(2, "The loss is not a number.", 1.0), Failed(2, "It broke.")
