"""The command `worker` as real processes: on another machine, drained, killed, and with wrong options."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.cli.main import main
from explorer.jobs.paths import DATABASE_VARIABLE, checkpoint_path
from explorer.jobs.worker_settings import DEVICE_VARIABLE, THREADS_VARIABLE
from explorer.model import preset
from explorer.runs.launch import orphans
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.records import NamedNetwork, RunRecord
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds that a busy machine may take for anything here."""
DRAIN_SECONDS = 30.0
FAR = "far-away"
RENAMED = (
    "import os, socket, sys;socket.sethostname(sys.argv[1]); os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
)
ELSEWHERE = ("unshare", "--uts", "--pid", "--fork", "--kill-child", sys.executable, "-c", RENAMED, FAR)
"""What makes a command one of another machine: its name differs, and its process numbers count on their own."""
SMALL = replace(preset("cifar_resnet20"), stage_blocks=(1, 1), stage_widths=(4, 8), stem_width=4)
SHORT = TrainingSettings(steps=30, batch_size=16, evaluate_every=0, diagnose_every=0)
LONG = replace(SHORT, steps=1500)


class FarWorker:
    """`python -m explorer worker` on a machine of another name."""

    def __init__(self, *options: str) -> None:
        command = [*ELSEWHERE, "-m", "explorer", "worker", *options]
        out = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, text=True)

    def send(self, number: int) -> None:
        """A signal for the command itself; SIGKILL ends all of its machine."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), number)


@pytest.fixture
def store(data_directory: Path) -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def far_worker() -> Iterator[Callable[..., FarWorker]]:
    """Starts workers elsewhere; ends what a failed test leaves."""
    started = []

    def start(*options: str) -> FarWorker:
        started.append(FarWorker(*options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.send(signal.SIGKILL)
            each.process.communicate()


def queue(store: Store, settings: TrainingSettings) -> str:
    return store.create_comparison([NamedNetwork("small", SMALL)], settings, owner="ann", name="one").runs[0].id


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


def assert_whole(store: Store, run_id: str, steps: int) -> None:
    """Every step's loss is there once, and the run has ended once."""
    events = [each.event for each in store.events({run_id: 0})]
    told = [range(event.step - len(event.losses) + 1, event.step + 1) for event in events if event.kind == "step"]
    assert [step for part in told for step in part] == list(range(1, steps + 1))
    assert [event.kind for event in events].count("finished") == 1


@pytest.mark.skipif(
    sys.platform != "linux" or subprocess.run([*ELSEWHERE, "-c", ""], check=False, capture_output=True).returncode != 0,
    reason="another machine's name and process numbers need Linux and the right to unshare them",
)
def test_workers_on_another_machine_finish_give_back_and_die(
    store: Store, far_worker: Callable[..., FarWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, long = queue(store, SHORT), queue(store, LONG)
    watcher = LocalLauncher(store, limit=0)
    worker = far_worker("--database", store.url, "--threads", "2")
    done = seen(store, first, lambda run: run.state == "finished")
    assert done.host == FAR
    assert_whole(store, first, SHORT.steps)
    begun = seen(store, long, lambda run: run.step >= 50)
    assert (begun.host, (begun.worker or "").split(":")[0]) == (FAR, FAR)
    watcher.tick()  # the worker's process number is none of this machine's
    worker.send(signal.SIGTERM)
    output = worker.process.communicate(timeout=DRAIN_SECONDS)[0]
    assert worker.process.returncode == 0, output
    assert f"Ready: pool server, {FAR}, process 1, " in output
    back = store.run(long)
    assert back is not None
    assert (back.state, back.worker, back.attempts) == ("queued", None, 0), back.reason
    assert back.step >= begun.step
    assert checkpoint_path(long).exists()

    second = far_worker()
    seen(store, long, lambda run: run.state == "finished")
    assert_whole(store, long, LONG.steps)
    assert [each.event.step for each in store.events({long: 0}, kinds=["started"])] == [0, back.step]

    third = queue(store, LONG)
    seen(store, third, lambda run: run.step >= 50)
    second.send(signal.SIGKILL)
    second.process.communicate()
    monkeypatch.setattr(orphans, "STALE_SECONDS", 8.0)
    monkeypatch.setattr("explorer.runs.launch.local.RECOVERY_SECONDS", 1.0)
    watcher = LocalLauncher(store, limit=1)
    watcher.start()
    try:
        time.sleep(4)
        assert store.states([third]) == {third: "running"}
        seen(store, third, lambda run: run.state == "finished")
    finally:
        watcher.stop()
    assert_whole(store, third, LONG.steps)


@pytest.mark.parametrize(
    ("options", "field", "word"),
    [
        (("--device", "gpu"), "device", "'gpu'"),
        (("--threads", "0"), "threads", "'0'"),
        (("--threads", "many"), "threads", "'many'"),
        (("--pool", "host:1:a"), "pool", "'host:1:a'"),
        (("--pool", ""), "pool", "''"),
        (("--database", "nonsense"), "database", "address"),
        (("--database", "sqlite:////proc/none/runs.sqlite3"), "database", "run store"),
    ],
)
def test_a_wrong_option_is_one_line_that_names_it(
    options: tuple[str, ...],
    field: str,
    word: str,
    data_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for variable in (DATABASE_VARIABLE, DEVICE_VARIABLE, THREADS_VARIABLE):
        monkeypatch.setenv(variable, "")  # the options set them: put back after the test
        monkeypatch.delenv(variable)
    assert main(["worker", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {field}: ")
    assert word in err
    assert err.count("\n") == 1


def test_a_device_that_the_machine_lacks_is_one_line(data_directory: Path) -> None:
    missing = "mps" if sys.platform != "darwin" else "cuda"
    command = [sys.executable, "-m", "explorer", "worker", "--device", missing]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"error: device: this machine has no {missing} device")
    assert ended.stderr.count("\n") == 1
