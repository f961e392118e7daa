"""What a worker loses when it is killed, and when the disk is full: nothing that was finished."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from explorer.engine.training.worker import DISK_FULL
from explorer.jobs.paths import checkpoint_path, data_directory
from explorer.model import ModelSpec
from explorer.runs.events import Finished, Step
from explorer.runs.launch.local import LocalLauncher
from explorer.runs.settings import TrainingSettings
from explorer.runs.store.store import Store
from tests.engine.training.test_worker import in_state, queue, seen, worker_pid

FULL = """
import errno, os, pathlib
put = pathlib.Path.replace
def replace(self, target):
    if (pathlib.Path(os.environ["RESIDUAL_EXPLORER_DATA"]) / "full").exists():
        raise OSError(errno.ENOSPC, "No space left on device")
    return put(self, target)
pathlib.Path.replace = replace
"""
"""What a worker runs first: no checkpoint finds room while there is a file called `full`."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, LocalLauncher]]:
    with pytest.MonkeyPatch.context() as patch:
        first = tmp_path_factory.mktemp("first")
        (first / "sitecustomize.py").write_text(FULL)
        patch.setenv("PYTHONPATH", str(first))
        patch.setenv("RESIDUAL_EXPLORER_DATA", str(tmp_path_factory.mktemp("losses")))
        store = Store()
        launcher = LocalLauncher(store, limit=1)
        launcher.start()
        yield store, launcher
        launcher.stop()
        store.close()


def curve(store: Store, run_id: str) -> list[float]:
    events = [each.event for each in store.events({run_id: 0}, kinds=["step"])]
    return [loss for event in events if isinstance(event, Step) for loss in event.losses]


def result(store: Store, run_id: str) -> Finished:
    run = seen(store, run_id, in_state("finished"))
    assert isinstance(run.result, Finished)
    return run.result


def test_a_run_that_was_killed_ends_as_if_it_had_never_been(
    shared: tuple[Store, LocalLauncher], tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    store, launcher = shared
    spec = replace(tiny_spec, drop_path=0.2)  # draws random numbers at every step
    settings = replace(tiny_settings, steps=700, evaluate_every=0, diagnose_every=0, schedule="cosine")
    killed, unbroken = queue(store, spec, settings)[0], queue(store, spec, settings)[0]
    store.request("pause", [unbroken])
    seen(store, killed, lambda run: run.step >= 20)
    store.request("pause", [killed])
    checkpoint = seen(store, killed, in_state("paused")).step
    store.request("resume", [killed])
    launcher.wake()
    lost = seen(store, killed, lambda run: run.step > checkpoint + 20)
    assert lost.state == "running"
    os.kill(worker_pid(lost), signal.SIGKILL)
    broken = result(store, killed)
    openings = [each.event.step for each in store.events({killed: 0}, kinds=["started"])]
    assert openings == [0, checkpoint, checkpoint]
    store.request("resume", [unbroken])
    launcher.wake()
    whole = result(store, unbroken)
    assert curve(store, killed) == curve(store, unbroken)
    assert len(curve(store, killed)) == 700
    figures = ("train_loss", "train_error", "test_loss", "test_error")
    assert [getattr(broken, name) for name in figures] == [getattr(whole, name) for name in figures]
    # Not the files' sizes: the seconds in their heads are texts of different lengths.
    kept, expected = (load_file(checkpoint_path(run_id)) for run_id in (killed, unbroken))
    assert kept.keys() == expected.keys()
    assert [name for name in expected if not torch.equal(kept[name], expected[name])] == []


def test_a_full_disk_ends_a_run_with_a_sentence_and_loses_no_result(
    shared: tuple[Store, LocalLauncher], tiny_spec: ModelSpec, tiny_settings: TrainingSettings
) -> None:
    store, launcher = shared
    before = queue(store, tiny_spec, tiny_settings)[0]
    kept, weights = result(store, before), checkpoint_path(before).read_bytes()
    full = data_directory() / "full"
    full.touch()
    run_id = queue(store, tiny_spec, tiny_settings)[0]
    failed = seen(store, run_id, lambda run: not run.active)
    assert (failed.state, failed.reason) == ("failed", DISK_FULL)
    assert len(curve(store, run_id)) == tiny_settings.steps, "what was trained is there to be seen"
    assert result(store, before) == kept
    assert checkpoint_path(before).read_bytes() == weights
    assert not list(checkpoint_path(run_id).parent.glob("*.part"))
    full.unlink()  # there is room again
    store.request("resume", [run_id])
    launcher.wake()
    assert result(store, run_id).train_loss == kept.train_loss
    assert launcher.status().trouble == ""
