"""Children that make data sets: their results, their sentences, and that nothing of them stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.datasets import jobs
from explorer.datasets.array_file import dataset_path, datasets_directory
from explorer.datasets.jobs import OWN, DataJob, DataJobError, DatasetJobs, make_work_folder
from explorer.datasets.library import own_names
from explorer.jobs.process_identity import Identity
from tests.pictures import class_folders, write_zip

SECONDS = 60.0
ANN = "a" * 32


def finished(job: DataJob) -> DataJob:
    assert job.wait(SECONDS)
    assert not job.folder.exists()
    return job


def work_folders() -> list[Path]:
    return list((datasets_directory() / "work").iterdir())


def test_an_upload_becomes_a_data_set_of_its_owner(data_directory: Path, tmp_path: Path) -> None:
    upload = write_zip(tmp_path / "flowers.zip", class_folders() | {"rose/note.png": b"text"}).read_bytes()
    request = {"label": "flowers.zip", "side": None, "owner": ANN, "keep": []}
    job = finished(DataJob(OWN, request, "reading", upload))
    assert job.error == ""
    assert job.result is not None
    assert job.result["report"]["skipped"] == [["rose/note.png", "is no picture that can be read"]]
    assert own_names(ANN) == [job.result["name"]]
    assert job.progress.share == 1.0
    again = finished(DataJob(OWN, request, "reading", upload))
    assert again.result == job.result
    assert [path.name for path in datasets_directory().glob("*.safetensors")] == [dataset_path(job.result["name"]).name]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"source": "/nowhere/x.zip", "label": "x"}, "x.zip is neither a folder nor a ZIP archive."),
        ({"label": "x"}, "The process that read the data broke (KeyError: 'source')."),
    ],
)
def test_what_goes_wrong_is_a_sentence(data_directory: Path, request_: dict[str, object], said: str) -> None:
    job = finished(DataJob(OWN, request_, "reading"))
    assert job.result is None
    assert job.error == said
    assert work_folders() == []


def test_a_cancelled_and_a_killed_job_leave_nothing(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")  # opening it waits for somebody to write, and nobody does
    job = DataJob(OWN, {"source": str(tmp_path / "endless"), "label": "x"}, "reading")
    assert not job.over
    job.cancel()
    assert finished(job).error == "Cancelled; nothing was kept."
    job = DataJob(OWN, {"source": str(tmp_path / "endless"), "label": "x"}, "reading")
    job._process.kill()
    assert "was killed" in finished(job).error
    assert work_folders() == []


def test_a_job_that_takes_too_long_is_ended(
    data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", {OWN: 0.05})
    os.mkfifo(tmp_path / "endless")
    job = finished(DataJob(OWN, {"source": str(tmp_path / "endless"), "label": "x"}, "reading"))
    assert "took too long" in job.error


def test_a_child_ends_with_whoever_asked(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")
    job = DataJob(OWN, {"source": str(tmp_path / "endless"), "label": "x"}, "reading")
    assert job._process.stdin is not None
    job._process.stdin.close()
    finished(job)


def test_what_dead_processes_left_is_swept(data_directory: Path) -> None:
    gone = datasets_directory() / "work" / str(Identity.of(2**22 + 1))
    gone.mkdir(parents=True)
    alive = make_work_folder()
    assert work_folders() == [alive]


def test_a_desk_shares_jobs_and_bounds_them(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")
    request = {"source": str(tmp_path / "endless"), "label": "x"}
    manager = DatasetJobs()
    first = manager.start("a", OWN, request, "reading")
    assert manager.start("a", OWN, request, "reading") is first
    second = manager.start("b", OWN, request, "reading")
    with pytest.raises(DataJobError, match="try again"):
        manager.start("c", OWN, request, "reading")
    manager.forget("a")
    assert manager.job("a") is first
    for job in (first, second):
        job.cancel()
        finished(job)
    manager.forget("a")
    assert manager.job("a") is None
    assert manager.job("b") is second


def test_memory_is_bounded(data_directory: Path, tmp_path: Path) -> None:
    """The limit is the child's own; what it leads to is a sentence."""
    code = (
        "from explorer.datasets.process import answer_one\n"
        "answer_one(lambda request, tell: {'got': len(bytearray(4 * 2**30))}, memory=2 * 2**30)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("{}\n")
        child.stdin.flush()
        assert "more memory than it may" in child.stdout.readline()
