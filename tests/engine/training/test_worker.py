import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.engine.training.worker import DISK_FULL, explain
from explorer.jobs.child_side import PARENT_GONE
from explorer.jobs.errors import SettingsError, StoreError
from explorer.jobs.paths import checkpoint_path
from explorer.model import ModelSpec, SpecError
from explorer.runs.events import Failed
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

PATIENCE = 90.0
"""Seconds that a busy machine may take for anything here."""
LONG = TrainingSettings(steps=100_000, batch_size=16, evaluate_every=0, diagnose_every=0, device="cpu")


@pytest.fixture
def store(data_directory: Path) -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, LocalLauncher]]:
    """One worker for all the tests that leave it alive or see it replaced: starting one takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESIDUAL_EXPLORER_DATA", str(tmp_path_factory.mktemp("shared")))
        store = Store()
        launcher = LocalLauncher(store, limit=1)
        launcher.start()
        yield store, launcher
        launcher.stop()
        store.close()


@pytest.fixture
def served(shared: tuple[Store, LocalLauncher]) -> Store:
    """A store whose queue is served."""
    return shared[0]


@pytest.fixture
def launcher(shared: tuple[Store, LocalLauncher]) -> LocalLauncher:
    return shared[1]


def queue(store: Store, spec: ModelSpec, settings: TrainingSettings, owner: str = "ann", count: int = 1) -> list[str]:
    named_networks = [NamedNetwork(f"{owner} {index}", spec) for index in range(count)]
    return [run.id for run in store.create_comparison(named_networks, settings, owner=owner, name="race").runs]


def seen(store: Store, run_id: str, what: Callable[[RunRecord], bool]) -> RunRecord:
    """The run once `what` is true of it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        run = store.run(run_id)
        assert run is not None
        if what(run):
            return run
        time.sleep(0.02)
    raise AssertionError(f"waited in vain; the run is {run}")


def in_state(state: str) -> Callable[[RunRecord], bool]:
    return lambda run: run.state == state


def worker_pid(run: RunRecord) -> int:
    assert run.worker is not None
    return int(run.worker.split(":")[1])


def steps_told(store: Store, run_id: str) -> list[int]:
    return [each.event.step for each in store.events({run_id: 0}, kinds=["step"])]


def gone(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.05)
    return False


def test_a_worker_trains_one_run_after_another(
    served: Store, launcher: LocalLauncher, tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    good, other = queue(served, tiny_spec, tiny_settings, count=2)
    missing = "mps" if sys.platform != "darwin" else "cuda"
    bad = queue(served, tiny_spec, replace(tiny_settings, device=missing))[0]
    after = queue(served, tiny_spec, tiny_settings)[0]
    runs = [seen(served, run_id, lambda run: not run.active) for run_id in (good, other, bad, after)]
    assert [run.state for run in runs] == ["finished", "finished", "failed", "finished"]
    assert runs[2].result == Failed(step=0, reason=runs[2].reason, field="device")
    assert missing in runs[2].reason
    assert runs[0].versions["torch"] == torch.__version__
    assert runs[0].step == 25
    assert checkpoint_path(good).exists()
    assert launcher.status().trouble == ""
    assert launcher.status().ready == 1
    assert launcher.status().device


def test_pause_resume_and_cancel(served: Store, launcher: LocalLauncher, tiny_spec: ModelSpec) -> None:
    run_id = queue(served, tiny_spec, LONG)[0]
    seen(served, run_id, lambda run: run.step >= 20)
    served.request("pause", [run_id])
    paused = seen(served, run_id, in_state("paused"))
    assert checkpoint_path(run_id).exists()
    served.request("resume", [run_id])
    launcher.wake()
    seen(served, run_id, lambda run: run.step > paused.step + 20)
    openings = served.events({run_id: 0}, kinds=["started"])
    assert [each.event.step for each in openings] == [0, paused.step]
    assert steps_told(served, run_id) == sorted(set(steps_told(served, run_id)))
    served.request("cancel", [run_id])
    assert seen(served, run_id, in_state("cancelled")).result is not None
    assert seen(served, run_id, lambda _: not checkpoint_path(run_id).exists())


def test_a_killed_worker_is_replaced_and_its_run_goes_on(
    served: Store, launcher: LocalLauncher, tiny_spec: ModelSpec
) -> None:
    run_id = queue(served, tiny_spec, LONG)[0]
    seen(served, run_id, lambda run: run.step >= 20)
    served.request("pause", [run_id])
    checkpoint = seen(served, run_id, in_state("paused")).step
    served.request("resume", [run_id])
    first = worker_pid(seen(served, run_id, lambda run: run.step > checkpoint + 20))
    os.kill(first, signal.SIGKILL)
    again = seen(served, run_id, lambda run: run.worker is not None and worker_pid(run) != first and run.attempts == 2)
    events = [each.event for each in served.events({run_id: 0})]
    (interrupted,) = [event for event in events if event.kind == "interrupted"]
    assert "SIGKILL" in interrupted.reason
    seen(served, run_id, lambda run: run.step > checkpoint + 20)
    assert [event.step for event in events if event.kind == "started"][:2] == [0, checkpoint]
    os.kill(worker_pid(again), signal.SIGTERM)
    dead = seen(served, run_id, in_state("failed"))
    assert "SIGTERM" in dead.reason


def test_a_worker_that_cannot_look_up_is_ended_when_cancelled(
    served: Store, launcher: LocalLauncher, tiny_spec: ModelSpec
) -> None:
    run_id = queue(served, tiny_spec, LONG)[0]
    pid = worker_pid(seen(served, run_id, lambda run: run.step >= 10))
    os.kill(pid, signal.SIGSTOP)  # like a worker in an endless step
    served.request("cancel", [run_id])
    seen(served, run_id, in_state("cancelled"))
    assert gone(pid)


def test_workers_end_with_their_launcher_and_the_run_goes_back(store: Store, tiny_spec: ModelSpec) -> None:
    launcher = LocalLauncher(store, limit=1)
    launcher.start()
    run_id = queue(store, tiny_spec, LONG)[0]
    running = seen(store, run_id, lambda run: run.step >= 20)
    launcher.stop()
    back = store.run(run_id)
    assert back is not None
    assert (back.state, back.worker, back.attempts) == ("queued", None, 0)
    assert "Its worker stopped" in back.reason
    assert gone(worker_pid(running))
    second = LocalLauncher(store, limit=1)
    second.start()
    try:
        went_on = seen(store, run_id, lambda run: run.step > back.step)
        assert went_on.state == "running"
        assert [each.event.step for each in store.events({run_id: 0}, kinds=["started"])] == [0, back.step]
    finally:
        second.stop()


SERVER = """
import sys, time
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.store.store import Store
launcher = LocalLauncher(Store(), limit=1)
launcher.start()
time.sleep(600)
"""


def test_a_killed_server_takes_its_workers_along_and_the_next_goes_on(store: Store, tiny_spec: ModelSpec) -> None:
    run_id, waiting = queue(store, tiny_spec, LONG, count=2)
    server = subprocess.Popen([sys.executable, "-c", SERVER], cwd=Path(__file__).parents[3])
    running = seen(store, run_id, lambda run: run.step >= 20)
    server.kill()
    server.wait()
    assert gone(worker_pid(running))
    assert in_state("queued")(store.run(run_id))
    second = LocalLauncher(store, limit=1)
    second.start()
    try:
        seen(store, run_id, lambda run: run.step > running.step and run.worker not in (None, running.worker))
        left = store.run(waiting)
        assert left is not None
        assert left.state == "queued"
    finally:
        second.stop()


def test_two_owners_share_one_worker(
    served: Store, launcher: LocalLauncher, tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    short = replace(tiny_settings, steps=5)
    ahead = queue(served, tiny_spec, LONG)[0]
    seen(served, ahead, in_state("running"))
    mine = queue(served, tiny_spec, short, owner="dora", count=3)
    yours = queue(served, tiny_spec, short, owner="emil", count=2)
    served.request("cancel", [ahead])
    for run_id in mine + yours:
        seen(served, run_id, in_state("finished"))
    order = sorted((run for run in served.runs() if run.id in mine + yours), key=lambda run: run.started or 0)
    assert [run.owner for run in order] == ["dora", "emil", "dora", "emil", "dora"]


def test_workers_that_cannot_start_are_not_tried_without_end(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trouble = "torch is broken here"
    (tmp_path / "torch.py").write_text(f"raise ImportError({trouble!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("explorer.jobs.child_process.ROOT", tmp_path)
    launcher = LocalLauncher(store, limit=1)
    launcher.start()
    try:
        until = time.monotonic() + PATIENCE
        while not launcher.status().trouble and time.monotonic() < until:
            time.sleep(0.05)
        assert "exit code 1" in str(launcher.status().trouble)
        assert trouble in str(launcher.status().trouble)
    finally:
        launcher.stop()


def test_the_process_speaks_one_line_and_ends_with_its_input(data_directory: Path) -> None:
    command = [sys.executable, "-m", "explorer.engine.training.worker", "--pool", "server", "--token", "abc"]
    process = subprocess.Popen(
        command, cwd=Path(__file__).parents[3], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["ready"] is True
    rest, errors = process.communicate(b"\n")
    assert (rest, errors) == (b"", b"")
    assert process.returncode in {0, PARENT_GONE}  # the latter where it was still warming up when its time was over


@pytest.mark.parametrize(
    ("error", "field", "reason"),
    [
        (SpecError("stem", "too small."), "stem", "stem: too small."),
        (SettingsError("device", "no such."), "device", "device: no such"),
        (MemoryError(), "batch_size", "16"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "batch_size", "16"),
        (torch.OutOfMemoryError("CUDA out of memory"), "batch_size", "16"),
        (OSError(errno.ENOSPC, "No space left on device"), "", DISK_FULL),
        (StoreError("The disk is full: nothing more."), "", "The disk is full: nothing more."),
        (ZeroDivisionError("division by zero\nand more"), "", "ZeroDivisionError: division by zero"),
    ],
)
def test_every_failure_is_a_sentence(
    store: Store, tiny_spec: ModelSpec, error: Exception, field: str, reason: str
) -> None:
    run = store.run(queue(store, tiny_spec, LONG)[0])
    assert run is not None
    failure = explain(error, run)
    assert failure.field == field
    assert reason in failure.reason, "what was said, or how large the batches were"
    assert "\n" not in failure.reason
