import multiprocessing
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from explorer.jobs.errors import LostRunError
from explorer.runs.events import Cancelled, Diverged, Failed, Finished, Interrupted, Paused, Started, Step
from explorer.runs.records import RunRecord
from explorer.runs.store.store import Store
from explorer.runs.store.work_queue import MOST_ATTEMPTS
from tests.runs.conftest import QueueComparison

STARTED = Started(0, "cpu", "A CPU", "fp32", 200, 64, 1, 1, 1, versions={"torch": "2.11"})
STEP = Step(step=50, train_loss=1.0, train_error=50.0, learning_rate=0.02, seconds=4.0)
FINISHED = Finished(
    step=200, train_loss=0.1, test_error=2.5, seconds=9.0, test_loss=0.2, train_error=0.0, images_per_second=1e3
)


def claimed(store: Store, worker: str = "w") -> RunRecord:
    run = store.work.claim(worker, "server")
    assert run is not None
    return run


def reread(store: Store, run: RunRecord) -> RunRecord:
    found = store.run(run.id)
    assert found is not None
    return found


def test_a_run_is_claimed_once_and_in_order(store: Store, queue_comparison: QueueComparison) -> None:
    comparison = queue_comparison(count=2)
    assert store.queue() == [run.id for run in comparison.runs]
    first = claimed(store, "a")
    assert (first.id, first.state, first.worker, first.attempts) == (comparison.runs[0].id, "running", "a", 1)
    assert store.queue() == [comparison.runs[1].id]
    assert claimed(store, "b").id == comparison.runs[1].id
    assert store.work.claim("c", "server") is None


def test_claims_go_round_the_owners(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison("ann", 3)
    queue_comparison("bob", 2)
    forecast = store.queue()
    order = []
    for index in range(5):
        run = claimed(store, f"w{index}")
        order.append(run.owner)
        assert run.id == forecast[index]
        store.work.report(run.id, f"w{index}", [FINISHED])
    assert order == ["ann", "bob", "ann", "bob", "ann"]


def test_a_pool_is_served_by_its_own_workers(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison(pool="elsewhere")
    assert store.work.claim("w", "server") is None
    assert store.queue() == []
    assert store.work.waiting_pools() == ["elsewhere"]
    assert store.work.claim("w", "elsewhere") is not None


def test_a_run_that_another_worker_took_meanwhile_is_left(
    store: Store, queue_comparison: QueueComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server database allows, and SQLite's lock does not: the order was read before the other's claim."""
    queue_comparison(count=2)
    first = claimed(store, "a")
    monkeypatch.setattr("explorer.runs.store.work_queue.waiting_order", lambda *_: [first.id])
    assert store.work.claim("b", "server") is None
    assert reread(store, first).worker == "a"


def claim_all(folder: str, worker: str, claims: "multiprocessing.Queue[str]") -> None:
    import os

    os.environ["RESIDUAL_EXPLORER_DATA"] = folder
    store = Store()
    while (run := store.work.claim(worker, "server")) is not None:
        claims.put(run.id)


def test_no_two_processes_get_the_same_run(
    store: Store, queue_comparison: QueueComparison, data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page that was tested before in this process is the main module, which every new process would run first.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    comparison = queue_comparison(count=40)
    context = multiprocessing.get_context("spawn")
    claims: multiprocessing.Queue[str] = context.Queue()
    workers = [context.Process(target=claim_all, args=(str(data_directory), f"w{n}", claims)) for n in range(3)]
    for worker in workers:
        worker.start()
    got = [claims.get(timeout=60) for _ in comparison.runs]
    for worker in workers:
        worker.join(timeout=60)
    assert sorted(got) == sorted(run.id for run in comparison.runs)


def test_progress_is_kept_with_the_run(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = claimed(store)
    before = run.heartbeat
    assert store.work.report(run.id, "w", [STARTED, STEP]) == "running"
    now = reread(store, run)
    assert (now.step, now.seconds, now.device, now.versions) == (50, 4.0, "A CPU", {"torch": "2.11"})
    assert now.seconds_left == pytest.approx(12.0)
    assert before is not None
    assert now.heartbeat is not None
    assert now.heartbeat >= before


@pytest.mark.parametrize(
    "last",
    [
        FINISHED,
        Diverged(step=7, reason="The loss is none.", seconds=1.0),
        Failed(step=3, reason="It broke.", field="device"),
        Cancelled(step=9),
        Paused(step=9),
    ],
)
def test_the_last_event_ends_the_work(store: Store, queue_comparison: QueueComparison, last: Finished) -> None:
    queue_comparison()
    run = claimed(store)
    assert store.work.report(run.id, "w", [STARTED, last]) == last.kind
    now = reread(store, run)
    assert (now.state, now.worker, now.step) == (last.kind, None, last.step)
    assert now.reason == getattr(last, "reason", "")
    assert now.seconds_left is None
    if last.kind == "paused":
        assert now.result is None
        assert now.ended is None
    else:
        assert now.result == last
        assert now.ended is not None
    assert store.events({run.id: 0})[-1].event == last


def test_a_wish_reaches_the_worker_with_its_next_report(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = claimed(store)
    store.request("pause", [run.id])
    assert store.work.report(run.id, "w", [STEP]) == "pausing"
    store.request("resume", [run.id])
    assert store.work.report(run.id, "w", []) == "running"
    store.request("cancel", [run.id])
    assert store.work.report(run.id, "w", []) == "cancelling"


def test_a_worker_that_lost_its_run_changes_nothing(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = claimed(store, "old")
    store.work.abandon(run, "gone", again=True)
    claimed(store, "new")
    with pytest.raises(LostRunError):
        store.work.report(run.id, "old", [FINISHED])
    assert reread(store, run).state == "running"
    assert [each.event.kind for each in store.events({run.id: 0})] == ["interrupted"]


def test_a_paused_run_goes_on_with_another_worker(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = claimed(store)
    store.work.report(run.id, "w", [STEP, Paused(step=50)])
    assert store.work.claim("v", "server") is None
    store.request("resume", [run.id])
    again = claimed(store, "v")
    assert (again.id, again.step, again.attempts) == (run.id, 50, 1)


def test_a_run_whose_worker_dies_waits_for_another_and_fails_the_second_time(
    store: Store, queue_comparison: QueueComparison
) -> None:
    queue_comparison()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        run = claimed(store, f"w{attempt}")
        state = store.work.abandon(run, f"Death {attempt}.", again=True, blame=True)
        assert state == ("queued" if attempt < MOST_ATTEMPTS else "failed")
    now = reread(store, run)
    assert (now.state, now.reason, now.worker) == ("failed", "Death 2.", None)
    assert now.result == Failed(step=0, reason="Death 2.")
    kinds = [each.event for each in store.events({run.id: 0})]
    assert kinds == [Interrupted(step=0, reason="Death 1."), Failed(step=0, reason="Death 2.")]


def test_a_server_that_stops_is_not_held_against_a_run(store: Store, queue_comparison: QueueComparison) -> None:
    first, _ = queue_comparison(count=2).runs
    for number in range(5):
        assert store.queue()[0] == first.id
        assert store.work.abandon(claimed(store, f"w{number}"), "The server stopped.", again=True) == "queued"


@pytest.mark.parametrize(("requested_state", "state"), [("cancel", "cancelled"), ("pause", "paused")])
def test_what_was_asked_of_a_dead_worker_counts_as_done(
    store: Store, queue_comparison: QueueComparison, requested_state: str, state: str
) -> None:
    queue_comparison()
    run = claimed(store)
    store.request(requested_state, [run.id])
    assert store.work.abandon(reread(store, run), "It died.", again=True, blame=True) == state
    assert reread(store, run).state == state


def test_nobody_s_run_is_interrupted_until_somebody_resumes_it(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison(pool="laptop:1:abc")
    run = store.work.claim("w", "laptop:1:abc")
    assert run is not None
    assert store.work.abandon(run, "The command ended.", again=False) == "interrupted"
    store.request("resume", [run.id], pool="server")
    assert store.queue() == [run.id]
    queue_comparison(pool="laptop:1:abc")
    assert store.work.strand("laptop:1:abc", "The command ended.") == 1
    assert sorted(each.state for each in store.runs()) == ["interrupted", "queued"]


def test_accounting_for_the_dead_twice_changes_nothing(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison()
    run = claimed(store)
    store.work.abandon(run, "gone", again=True)
    claimed(store, "other")
    store.work.abandon(run, "gone", again=True)
    assert reread(store, run).worker == "other"
    assert len(store.events({run.id: 0})) == 1


def test_a_run_waits_again_at_the_end_of_the_line(store: Store, queue_comparison: QueueComparison) -> None:
    queue_comparison(count=2)
    first = claimed(store)
    store.work.report(first.id, "w", [Paused(step=1)])
    time.sleep(0.01)
    store.request("resume", [first.id])
    assert store.queue()[-1] == first.id
