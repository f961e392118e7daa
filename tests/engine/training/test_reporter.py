from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.engine.training import reporter as reporter_module
from explorer.engine.training.reporter import Reporter
from explorer.jobs.errors import LostRunError, StoreError
from explorer.jobs.process_identity import Identity
from explorer.model import preset
from explorer.runs.events import Event, Failed, Finished, Paused, Started, Step
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from explorer.runs.store.work_queue import WorkQueue

STARTED = Started(0, "cpu", "A CPU", "fp32", 200, 64, 1, 1, 1)
FINISHED = Finished(
    step=200, train_loss=0.1, test_error=2.5, seconds=9.0, test_loss=0.2, train_error=0.0, images_per_second=1e3
)


def step(number: int) -> Step:
    return Step(step=number, train_loss=1.0, train_error=50.0, learning_rate=0.02, seconds=1.0)


@pytest.fixture
def store(data_directory: Path) -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


def claim(store: Store, pool: str = "server") -> RunRecord:
    network = NamedNetwork("a", preset("cifar_resnet20"))
    store.create_comparison([network], TrainingSettings(), owner="ann", name="race", pool=pool)
    run = store.work.claim("w", pool)
    assert run is not None
    return run


def events(store: Store, run: RunRecord) -> list[Event]:
    return [stored.event for stored in store.events({run.id: 0})]


def state(store: Store, run: RunRecord) -> str:
    found = store.run(run.id)
    assert found is not None
    return found.state


def test_events_are_written_together_and_the_first_and_last_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter_module, "WRITE_SECONDS", 1e9)
    run = claim(store)
    reporter = Reporter(store.work, run, "w", lambda: False)
    reporter.tell(STARTED)
    assert events(store, run) == [STARTED]
    reporter.tell(step(10))
    reporter.tell(step(20))
    assert reporter.requested_state() == "running"
    assert events(store, run) == [STARTED]
    reporter.tell(FINISHED)
    assert events(store, run) == [STARTED, step(10), step(20), FINISHED]
    assert reporter.outcome == state(store, run) == "finished"


def test_a_wish_is_heard_at_the_next_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter_module, "WRITE_SECONDS", 0.0)
    run = claim(store)
    reporter = Reporter(store.work, run, "w", lambda: False)
    assert reporter.requested_state() == "running"
    store.request("cancel", [run.id])
    assert reporter.requested_state() == "cancelling"


@pytest.mark.parametrize(
    ("pool", "after"),
    [("server", "queued"), pytest.param(str(Identity.of(1)), "interrupted", id="one process's own pool")],
)
def test_a_run_is_handed_back_when_the_launcher_has_gone(store: Store, pool: str, after: str) -> None:
    run = claim(store, pool)
    reporter = Reporter(store.work, run, "w", lambda: True)
    reporter.tell(STARTED)
    assert reporter.requested_state() == "pausing"
    reporter.tell(step(30))
    reporter.tell(Paused(step=30))
    found = store.run(run.id)
    assert found is not None
    assert (found.state, found.worker, found.attempts, found.step) == (after, None, 0, 30)
    assert "step 30" in found.reason
    assert [event.kind for event in events(store, run)] == ["started", "step", "interrupted"]


def test_a_person_s_cancel_stands_even_if_the_launcher_goes(store: Store) -> None:
    run = claim(store)
    gone = False
    reporter = Reporter(store.work, run, "w", lambda: gone)
    reporter.tell(STARTED)
    store.request("cancel", [run.id])
    gone = True
    reporter.tell(Paused(step=3))
    assert state(store, run) == "cancelled"


class Refusing(WorkQueue):
    """A store that refuses some writings, as a full disk does."""

    def __init__(self, inner: WorkQueue, refusals: int) -> None:
        self.inner, self.refusals, self.sizes = inner, refusals, list[int]()

    def report(self, run_id: str, worker: str, events: object) -> str:
        self.sizes.append(len(events))
        if self.refusals:
            self.refusals -= 1
            raise StoreError("The disk is full.")
        return self.inner.report(run_id, worker, events)


def test_a_failure_is_told_as_soon_as_the_store_takes_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    run = claim(store)
    queue = Refusing(store.work, 3)
    reporter = Reporter(queue, run, "w", lambda: False)
    with pytest.raises(StoreError):
        reporter.tell(STARTED)
    failed = Failed(step=0, reason="The disk is full.")
    reporter.fail(failed)
    assert queue.sizes == [1, 2, 1, 1]
    assert events(store, run) == [failed]
    assert state(store, run) == "failed"


def test_a_lost_run_is_let_go(store: Store) -> None:
    run = claim(store)
    store.work.abandon(run, "taken away", again=False)
    reporter = Reporter(store.work, run, "w", lambda: False)
    with pytest.raises(LostRunError):
        reporter.tell(STARTED)
    reporter.fail(Failed(step=0, reason="It broke."))
    assert state(store, run) == "interrupted"
