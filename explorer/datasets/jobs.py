"""The making of a data set as its caller sees it: a child process with progress and an end, which cleans up."""

import os
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from explorer.datasets.array_file import datasets_directory
from explorer.datasets.requests import FetchRequest, MadeDataset, OwnImagesRequest, Request
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.jobs.process_identity import Identity
from explorer.language import N_, Text, sentence

MODULES: Mapping[type[Request], str] = MappingProxyType(
    {FetchRequest: "explorer.engine.data.fetch", OwnImagesRequest: "explorer.datasets.own_images_process"}
)
"""The module that answers each kind of request."""
LONGEST_SECONDS: Mapping[type[Request], float] = MappingProxyType({FetchRequest: 3600.0, OwnImagesRequest: 900.0})
MOST_AT_ONCE = 2
"""Jobs of this process at the same time; a third is refused."""
REMEMBERED_SECONDS = 3600.0
"""How long a job that is over can be looked up."""
TOO_MANY = N_("Other data sets are being read just now; try again in a moment.")


class DataJobError(RuntimeError):
    """No data set can be made now; the text says why."""


class DataJob(OneShot[MadeDataset]):
    """One child at work. It has a folder of its own for what is unfinished, removed when it ends, however it ends."""

    name = N_("The process that read the data")
    cancelled = N_("Cancelled; nothing was kept.")
    too_long = N_("This took too long and was ended; nothing was kept.")

    def __init__(self, request: Request, what: Text, upload: bytes | None = None) -> None:
        """Starts the child; `what` is its progress until the child sends another.

        An `upload` is written to the job's folder and is the request's source. Raises DataJobError, StoreError.
        """
        self.ended = 0.0
        self.folder = make_work_folder()
        request = replace(request, folder=os.fspath(self.folder))
        try:
            if upload is not None:
                request = replace(request, source=os.fspath(self.folder / "upload.zip"))
                Path(request.source).write_bytes(upload)
            super().__init__(MODULES[type(request)], request, MadeDataset, _longest_seconds(request), what)
        except (OSError, ChildError) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            reason = getattr(error.__cause__ or error, "strerror", error)
            told = sentence("No process could be started to read the data ({reason}).", reason=str(reason))
            raise DataJobError(told) from error

    def _end(self) -> Text:
        message = super()._end()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.ended = time.monotonic()
        return sentence("{message} Nothing was kept.", message=message) if self.process.was_killed else message


def _longest_seconds(request: Request) -> float:
    """A terminal's own job may take as long as it takes: whoever started it can end it."""
    patient = isinstance(request, OwnImagesRequest) and request.bounds == "machine"
    return threading.TIMEOUT_MAX if patient else LONGEST_SECONDS[type(request)]


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

    def start(self, key: str, request: Request, what: Text, upload: bytes | None = None) -> DataJob:
        """The job under `key`, started if there is none at work. Raises DataJobError where too many are at work."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.done:
                return job
            if sum(not other.done for other in self._jobs.values()) >= MOST_AT_ONCE:
                raise DataJobError(sentence(TOO_MANY))
            self._jobs = {other: job for other, job in self._jobs.items() if not job.done or _is_fresh(job)}
            self._jobs[key] = DataJob(request, what, upload)
            return self._jobs[key]

    def job(self, key: str) -> DataJob | None:
        """The job under `key`, at work or over; None where there is none."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: str) -> None:
        """Removes a job that is over."""
        with self._lock:
            if key in self._jobs and self._jobs[key].done:
                del self._jobs[key]


def _is_fresh(job: DataJob) -> bool:
    return time.monotonic() - job.ended < REMEMBERED_SECONDS
