"""Machines with data folders of their own go on with each other's runs, through S3."""

import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.artifacts.shared import ARTIFACTS_VARIABLE, has_checkpoint, local_checkpoint, share
from explorer.cli.main import main
from explorer.datasets.array_file import dataset_path
from explorer.datasets.array_writer import write_dataset
from explorer.datasets.library import forget_own, is_present, note_owner
from explorer.jobs.paths import DATA_VARIABLE, checkpoint_path
from explorer.runs.fine_tuning import kept_weights
from explorer.runs.launch import housekeeping
from explorer.runs.records import NamedNetwork
from explorer.runs.store.store import Store
from tests.artifacts.conftest import BUCKET
from tests.cli.test_worker import DRAIN_SECONDS, LONG, ROOT, SMALL, assert_whole, seen

OWN = "own_" + "0" * 32
VISITOR = "a" * 32


@pytest.fixture
def place(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place of this test's own, which the environment names."""
    address = f"s3://{BUCKET}/{uuid.uuid4().hex}"
    monkeypatch.setenv(ARTIFACTS_VARIABLE, address)
    monkeypatch.setattr("explorer.artifacts.shared.LOOK_AGAIN_SECONDS", 0.0)
    return address


def make_own_dataset() -> None:
    """Two classes of 8x8 pictures, dark and light."""
    labels = np.arange(40) % 2
    images = (labels[:, None, None, None] * 200 + np.zeros((40, 8, 8, 1))).astype(np.uint8)
    arrays = {"train_images": images, "train_labels": labels, "test_images": images, "test_labels": labels}
    facts = {"label": "mine", "about": "", "channels": 1, "image_size": 8, "classes": ["dark", "light"]}
    counts = {"train_images": 40, "test_images": 40, "mirror": True}
    write_dataset(dataset_path(OWN), {**arrays, "sheet": images[0]}, {"name": OWN, "dataset": facts | counts})
    note_owner(VISITOR, OWN)
    share("datasets", OWN, dataset_path(OWN))


@pytest.fixture
def worker() -> Iterator[Callable[[Store, Path], subprocess.Popen[str]]]:
    """Starts the command on a machine that has nothing in its data folder; ends what a failed test leaves."""
    started = []

    def start(store: Store, folder: Path) -> subprocess.Popen[str]:
        command = ["env", f"{DATA_VARIABLE}={folder}", sys.executable, "-m", "explorer", "worker"]
        out = subprocess.PIPE
        process = subprocess.Popen([*command, "--database", store.url], cwd=ROOT, stdout=out, stderr=out, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def assert_drains(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=DRAIN_SECONDS)[1]
    assert (process.returncode, errors) == (0, "")


def test_a_run_goes_from_machine_to_machine_with_its_data_set_and_checkpoint(
    data_directory: Path,
    tmp_path: Path,
    place: str,
    worker: Callable[[Store, Path], subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_own_dataset()
    store = Store()
    settings = replace(LONG, dataset=OWN, augmentation="none")
    run_id = store.create_comparison([NamedNetwork("n", SMALL)], settings, owner="ann", name="one").runs[0].id
    first = worker(store, tmp_path / "first")
    begun = seen(store, run_id, lambda run: run.step >= 50)
    assert_drains(first)
    back = store.run(run_id)
    assert back is not None
    assert (back.state, back.step >= begun.step) == ("queued", True)
    assert not checkpoint_path(run_id).exists()

    second = worker(store, tmp_path / "second")
    seen(store, run_id, lambda run: run.state == "finished")
    assert_drains(second)
    assert [each.event.step for each in store.events({run_id: 0}, kinds=["started"])] == [0, back.step]
    assert_whole(store, run_id, LONG.steps)

    assert has_checkpoint(run_id)
    assert kept_weights(run_id).spec is not None
    theirs = tmp_path / "second" / "checkpoints" / checkpoint_path(run_id).name
    assert local_checkpoint(run_id).read_bytes() == theirs.read_bytes()
    store.delete([run_id])
    monkeypatch.setattr(housekeeping, "UNDO_SECONDS", -60.0)
    housekeeping.tidy(store)
    assert not has_checkpoint(run_id)
    store.close()


def test_an_own_data_set_is_gone_everywhere_when_it_is_forgotten(
    data_directory: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_own_dataset()
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv(DATA_VARIABLE, str(tmp_path / "second"))
        assert is_present(OWN)
        assert dataset_path(OWN).is_file()
    forget_own(VISITOR, OWN)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "third"))
    assert not is_present(OWN)


@pytest.mark.parametrize("named", [True, False])
def test_a_worker_does_not_start_where_artifacts_cannot_be_written(
    named: bool, data_directory: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "s3://key:hidden@no-such-bucket/prefix"
    if not named:
        monkeypatch.setenv(ARTIFACTS_VARIABLE, wrong)
    assert main(["worker", *(["--artifacts", wrong] if named else [])]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"error: {'artifacts' if named else ARTIFACTS_VARIABLE}: Artifacts cannot be written to s3:")
    assert err.count("\n") == 1
    assert "hidden" not in err
