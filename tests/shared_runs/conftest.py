"""Fixtures of the tests of shared runs: a class with its teacher and seats, a small plan, and the three stores."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.classes.records import ClassRoom, Seat
from explorer.classes.store.store import ClassStore
from explorer.classes.store.teaching import Teaching
from explorer.model import ModelSpec
from explorer.runs.events import Evaluation, Event, Finished, Started, Step
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import SERVER_POOL, Store
from explorer.shared_runs.conducting import Conductor, Progress
from explorer.shared_runs.plan import Plan
from explorer.shared_runs.records import SeatRun
from explorer.shared_runs.store.store import SharedRunStore

TINY = ModelSpec(block="basic", stage_blocks=(1, 1), stage_widths=(4, 8), stem="cifar", stem_width=4, image_size=8)
SETTINGS = TrainingSettings(steps=20, batch_size=16, evaluate_every=10, diagnose_every=0, seed=5)
NETWORK = NamedNetwork("Tiny", TINY)
PLAN = Plan((NETWORK,), SETTINGS)
STARTED = Started(0, "cpu", "A CPU", "fp32", 20, 16, 1, 1, 1)


def step(number: int, loss: float) -> Step:
    return Step(step=number, train_loss=loss, train_error=50.0, learning_rate=0.02, seconds=number / 10)


def whole_run(loss: float) -> list[Event]:
    """The events of a run of 20 steps that ends at a loss."""
    finished = Finished(20, loss, 2.5, 2.0, 0.2, 0.0, 1e3)
    return [STARTED, step(10, 2 * loss), step(20, loss), Evaluation(20, 0.2, 2.5, 2.0), finished]


@dataclass
class Lab:
    """A class that trains together."""

    classes: ClassStore
    shared: SharedRunStore
    runs: Store
    conductor: Conductor
    room: ClassRoom
    teacher: Teaching
    seats: list[Seat]

    def newest(self) -> Progress:
        found = self.conductor.newest(self.room.id)
        assert found is not None
        return found

    def start(self, seat: int) -> SeatRun:
        return self.conductor.start(self.seats[seat], self.newest().shared.id, SERVER_POOL)

    def claim(self) -> RunRecord | None:
        return self.runs.work.claim("w", SERVER_POOL)

    def train_next(self, loss: float = 1.0) -> RunRecord:
        """Takes the next run of the queue to its end."""
        run = self.claim()
        assert run is not None
        self.runs.work.report(run.id, "w", whole_run(loss))
        return run

    def states(self) -> list[str]:
        return [run.state for _, runs in self.newest().seat_runs for run in runs]


@pytest.fixture
def lab(data_directory: Path) -> Iterator[Lab]:
    classes, shared, runs = ClassStore(), SharedRunStore(), Store()
    room, key = classes.open_class()
    teacher = classes.teaching(key)
    assert teacher is not None
    seats = [classes.join(room.code, f"browser {number}") for number in range(3)]
    yield Lab(classes, shared, runs, Conductor(classes, shared, runs), room, teacher, seats)
    for store in (classes, runs):
        store.close()
    shared.close_connections()
