"""Children that make data sets: their results, their sentences, and that nothing of them stays."""

import os
from pathlib import Path

import pytest

from explorer.datasets import jobs
from explorer.datasets.archive import NO_ARCHIVE
from explorer.datasets.array_file import dataset_path, datasets_directory
from explorer.datasets.decode import UNREADABLE
from explorer.datasets.image_report import SkippedFile
from explorer.datasets.jobs import DataJob, DataJobError, DatasetJobs, make_work_folder
from explorer.datasets.library import MEMORY_FULL, own_names
from explorer.datasets.requests import OwnImagesRequest
from explorer.jobs.child_process import ChildProcess, exit_sentence
from explorer.jobs.codec import from_line, to_line
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
    request = OwnImagesRequest("flowers.zip", owner=ANN)
    job = finished(DataJob(request, "reading", upload))
    assert job.error == ""
    assert job.answer is not None
    assert job.answer.report is not None
    assert job.answer.report.skipped == (SkippedFile("rose/note.png", UNREADABLE),)
    assert own_names(ANN) == [job.answer.name]
    assert job.progress.share == 1.0
    again = finished(DataJob(request, "reading", upload))
    assert again.answer == job.answer
    assert [path.name for path in datasets_directory().glob("*.safetensors")] == [dataset_path(job.answer.name).name]


def test_what_goes_wrong_is_a_sentence(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = finished(DataJob(OwnImagesRequest("x", source="/nowhere/x.zip"), "reading"))
    assert (job.answer, str(job.error)) == (None, f"{NO_ARCHIVE.format(name='x.zip')}.")
    monkeypatch.setattr(jobs, "MODULES", {OwnImagesRequest: "explorer.no_such_module"})
    job = finished(DataJob(OwnImagesRequest("x"), "reading"))
    assert job.answer is None
    assert str(job.error).startswith(str(exit_sentence(DataJob.name, 1)).removesuffix("."))
    assert "explorer.no_such_module" in str(job.error)
    assert work_folders() == []


def test_a_cancelled_and_a_killed_job_leave_nothing(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")  # opening it waits for somebody to write, and nobody does
    job = DataJob(OwnImagesRequest("x", source=str(tmp_path / "endless")), "reading")
    assert not job.done
    job.cancel()
    assert finished(job).error == DataJob.cancelled
    job = DataJob(OwnImagesRequest("x", source=str(tmp_path / "endless")), "reading")
    job.process.kill()
    assert "SIGKILL" in str(finished(job).error)
    assert str(job.error).endswith("Nothing was kept.")
    assert work_folders() == []


def test_a_job_that_takes_too_long_is_ended(
    data_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LONGEST_SECONDS", {OwnImagesRequest: 0.05})
    os.mkfifo(tmp_path / "endless")
    job = finished(DataJob(OwnImagesRequest("x", source=str(tmp_path / "endless")), "reading"))
    assert str(job.error) == DataJob.too_long


def test_a_child_ends_with_whoever_asked(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")
    job = DataJob(OwnImagesRequest("x", source=str(tmp_path / "endless")), "reading")
    job.process.end_input()
    finished(job)


def test_what_dead_processes_left_is_swept(data_directory: Path) -> None:
    gone = datasets_directory() / "work" / str(Identity.of(2**22 + 1))
    gone.mkdir(parents=True)
    alive = make_work_folder()
    assert work_folders() == [alive]


def test_equal_keys_share_a_job_and_jobs_are_bounded(data_directory: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless")
    request = OwnImagesRequest("x", source=str(tmp_path / "endless"))
    manager = DatasetJobs()
    first = manager.start("a", request, "reading")
    assert manager.start("a", request, "reading") is first
    second = manager.start("b", request, "reading")
    with pytest.raises(DataJobError, match=jobs.TOO_MANY):
        manager.start("c", request, "reading")
    manager.forget("a")
    assert manager.job("a") is first
    for job in (first, second):
        job.cancel()
        finished(job)
    manager.forget("a")
    assert manager.job("a") is None
    assert manager.job("b") is second


def test_memory_is_bounded(data_directory: Path) -> None:
    """The limit is the child's own; what it leads to is a sentence."""
    code = (
        "from explorer.datasets.library import refusal\n"
        "from explorer.datasets.requests import OwnImagesRequest\n"
        "from explorer.jobs.child_side import answer_one, bound_memory\n"
        "bound_memory(2 * 2**30)\n"
        "answer_one(OwnImagesRequest, lambda request, send_progress: len(bytearray(4 * 2**30)), refusal)"
    )
    child = ChildProcess(("-c", code))
    child.send(to_line(OwnImagesRequest("x")))
    assert from_line(next(child.lines())) == {"error": MEMORY_FULL}
    assert child.exit_message("It") == exit_sentence("It", 0)
