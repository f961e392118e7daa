"""The making of a data set as its caller sees it: a child process with progress and an end, which cleans up."""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from explorer.datasets.array_file import datasets_directory
from explorer.datasets.requests import FetchRequest, MadeDataset, OwnImagesRequest, Request
from explorer.jobs.child_process import ChildProcess
from explorer.jobs.codec import from_line, from_plain, to_line
from explorer.jobs.process_identity import Identity

MODULES: Mapping[type[Request], str] = MappingProxyType(
    {FetchRequest: "explorer.engine.data.fetch", OwnImagesRequest: "explorer.datasets.own_images_process"}
)
"""The module that answers each kind of request."""
LONGEST_SECONDS: Mapping[type[Request], float] = MappingProxyType({FetchRequest: 3600.0, OwnImagesRequest: 900.0})
MOST_AT_ONCE = 2
"""Jobs of this process at the same time; a third is refused."""
REMEMBERED_SECONDS = 3600.0
"""How long a job that is over can be looked up."""


class DataJobError(RuntimeError):
    """No data set can be made now; the text says why."""


@dataclass(frozen=True)
class Progress:
    """How far a job is: bytes or images, and in words what is being done."""

    done: int
    total: int
    what: str

    @property
    def share(self) -> float:
        """The finished part, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class DataJob:
    """One child at work. It has a folder of its own for what is unfinished, removed when it ends, however it ends."""

    def __init__(self, request: Request, what: str, upload: bytes | None = None) -> None:
        """Starts the child; `what` is its progress in words until the child sends another.

        An `upload` is written to the job's folder and is the request's source. Raises DataJobError, StoreError.
        """
        self.progress = Progress(0, 0, what)
        self.result: MadeDataset | None = None
        self.error = ""
        self.ended = 0.0
        self._over = threading.Event()
        self.folder = make_work_folder()
        request = replace(request, folder=os.fspath(self.folder))
        try:
            if upload is not None:
                request = replace(request, source=os.fspath(self.folder / "upload.zip"))
                Path(request.source).write_bytes(upload)
            self.process = ChildProcess(("-m", MODULES[type(request)]))
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise DataJobError(f"No process could be started to read the data ({error.strerror}).") from error
        self._timer = threading.Timer(LONGEST_SECONDS[type(request)], self._take_too_long)
        self._timer.daemon = True
        self._timer.start()
        self.process.send(to_line(request))
        threading.Thread(target=self._follow, name="data job", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether there is a result, or an error in words."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for the end, at most so long. Returns whether the job is over."""
        return self._over.wait(seconds)

    def cancel(self) -> None:
        """Ends the job; what it had fetched is removed."""
        self._kill("Cancelled; nothing was kept.")

    def _take_too_long(self) -> None:
        self._kill("This took too long and was ended; nothing was kept.")

    def _kill(self, reason: str) -> None:
        if not self.over:
            self.error = self.error or reason
        self.process.kill()

    def _follow(self) -> None:
        """Runs in a thread: takes the child's lines until it ends, then cleans up."""
        for line in self.process.lines():
            with contextlib.suppress(ValueError, KeyError):
                self._take_line(from_line(line))
        self._timer.cancel()
        exit_message = self.process.exit_message("The process that read the data")
        if self.result is None and not self.error:
            self.error = f"{exit_message} Nothing was kept." if self.process.was_killed else exit_message
        shutil.rmtree(self.folder, ignore_errors=True)
        self.ended = time.monotonic()
        self._over.set()

    def _take_line(self, line: Mapping[str, Any]) -> None:
        if "result" in line:
            # Cancelling at the last moment does not undo what was finished before it.
            self.result, self.error = from_plain(MadeDataset, line["result"]), ""
        elif "error" in line:
            self.error = self.error or line["error"]
        else:
            self.progress = from_plain(Progress, line)


def make_work_folder() -> Path:
    """An empty folder for unfinished work; removes those that dead processes have left. Raises StoreError."""
    place = datasets_directory() / "work"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        owner = Identity.parse(old.name)
        if owner is not None and owner.gone:
            shutil.rmtree(old, ignore_errors=True)
    folder = place / str(Identity.of(os.getpid()))
    folder.mkdir()
    return folder


class DatasetJobs:
    """All jobs of a server, each under a key: equal requests share one job."""

    def __init__(self) -> None:
        self._jobs: dict[str, DataJob] = {}
        self._lock = threading.Lock()

    def start(self, key: str, request: Request, what: str, upload: bytes | None = None) -> DataJob:
        """The job under `key`, started if there is none at work. Raises DataJobError where too many are at work."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.over:
                return job
            if sum(not other.over for other in self._jobs.values()) >= MOST_AT_ONCE:
                raise DataJobError("Other data sets are being read just now; try again in a moment.")
            self._jobs = {other: job for other, job in self._jobs.items() if not job.over or _is_fresh(job)}
            self._jobs[key] = DataJob(request, what, upload)
            return self._jobs[key]

    def job(self, key: str) -> DataJob | None:
        """The job under `key`, at work or over; None where there is none."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: str) -> None:
        """Removes a job that is over."""
        with self._lock:
            if key in self._jobs and self._jobs[key].over:
                del self._jobs[key]


def _is_fresh(job: DataJob) -> bool:
    return time.monotonic() - job.ended < REMEMBERED_SECONDS
