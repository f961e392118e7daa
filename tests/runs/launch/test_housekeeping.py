"""Deletions become final, with all that belongs to a run, and what is kept stays within bounds."""

import os
import time
from pathlib import Path

import pytest

from explorer.experiments.result_cache import ResultCache
from explorer.jobs.paths import checkpoint_path
from explorer.runs.events import Finished, Paused
from explorer.runs.launch import housekeeping
from explorer.runs.launch.housekeeping import STRAY_SECONDS, UNDO_SECONDS, tidy
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.store.store import Store
from tests.runs.conftest import QueueComparison

WEEK = 7 * 24 * 3600.0
RESULT = Finished(
    step=1, train_loss=0.1, test_error=2.0, seconds=3.0, test_loss=0.2, train_error=1.0, images_per_second=9.0
)


def weights(run_id: str, size: int = 1000, age: float = 0.0) -> Path:
    path = checkpoint_path(run_id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() - age,) * 2)
    return path


def finish(store: Store, count: int) -> None:
    for _ in range(count):
        run = store.work.claim("w", "server")
        assert run is not None
        store.work.report(run.id, "w", [RESULT])


def test_a_deletion_is_final_after_its_time_and_takes_everything_along(
    store: Store, queue_comparison: QueueComparison
) -> None:
    gone, kept = (run.id for run in queue_comparison(count=2).runs)
    finish(store, 2)
    files = {run_id: weights(run_id) for run_id in (gone, kept)}
    notes = ResultCache().folder / "runs" / gone
    notes.mkdir(parents=True)
    (notes / "lesion.jsonl").write_text("found out\n")
    store.delete([gone])
    assert tidy(store, time.time() + UNDO_SECONDS - 60).runs == ()
    assert store.run(gone) is not None
    assert files[gone].exists()
    assert tidy(store, time.time() + UNDO_SECONDS + 60).runs == (gone,)
    assert store.run(gone) is None
    assert not files[gone].exists()
    assert not notes.exists()
    assert store.events({gone: 0}) == []
    assert files[kept].exists()
    assert store.run(kept) is not None


def test_a_run_that_was_brought_back_stays(store: Store, queue_comparison: QueueComparison) -> None:
    run_id = queue_comparison().runs[0].id
    finish(store, 1)
    path = weights(run_id)
    store.delete([run_id])
    store.undelete([run_id])
    assert tidy(store, time.time() + 10 * UNDO_SECONDS).runs == ()
    assert path.exists()


def test_the_oldest_weights_make_room_but_never_those_of_a_run_that_may_go_on(
    store: Store, queue_comparison: QueueComparison
) -> None:
    paused, *over = (run.id for run in queue_comparison(count=4).runs)
    run = store.work.claim("w", "server")
    assert run is not None
    assert run.id == paused
    store.work.report(paused, "w", [Paused(step=1)])
    finish(store, 3)
    ages = {run_id: weights(run_id, age=100.0 - index) for index, run_id in enumerate([paused, *over])}
    assert tidy(store, kept_bytes=4000).weights == ()
    assert tidy(store, kept_bytes=2500).weights == tuple(over[:2])
    assert [path.exists() for path in ages.values()] == [True, False, False, True]
    assert store.run(over[0]) is not None


def test_weights_and_logs_that_nobody_knows_go_when_they_are_old(store: Store, data_directory: Path) -> None:
    old, new = weights("0" * 32, age=2 * WEEK), weights("1" * 32)
    logs = data_directory / "logs"
    logs.mkdir()
    for name, age in (("worker-a.log", STRAY_SECONDS + 60), ("worker-b.log", 0.0)):
        (logs / name).write_text("said something\n")
        os.utime(logs / name, (time.time() - age,) * 2)
    tidied = tidy(store)
    assert (tidied.weights, tidied.logs) == ((old.stem,), ("worker-a",))
    assert new.exists()
    assert [path.name for path in logs.iterdir()] == ["worker-b.log"]


def test_a_file_that_cannot_be_removed_is_tried_again(
    store: Store, queue_comparison: QueueComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = queue_comparison().runs[0].id
    finish(store, 1)
    path = weights(run_id, age=2 * WEEK)
    store.delete([run_id])
    with monkeypatch.context() as stuck:
        stuck.setattr(housekeeping, "_remove", lambda _: ())
        assert tidy(store, time.time() + UNDO_SECONDS + 60).runs == (run_id,)
    assert path.exists()
    assert tidy(store).weights == (run_id,)
    assert not path.exists()


def test_a_launcher_tidies_up(store: Store, queue_comparison: QueueComparison, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queue_comparison().runs[0].id
    finish(store, 1)
    path = weights(run_id)
    store.delete([run_id])
    monkeypatch.setattr(housekeeping, "UNDO_SECONDS", -60.0)
    launcher = LocalLauncher(store, limit=1, warm=0)
    launcher.tick()
    assert store.run(run_id) is None
    assert not path.exists()
