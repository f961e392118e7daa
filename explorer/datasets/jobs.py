"""The making of a data set as its caller sees it: a child process with progress, an end, and nothing left half-done."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.datasets.array_file import datasets_directory
from explorer.jobs.process_identity import Identity
from explorer.runs.launch.worker_process import ONE_THREAD, ROOT

FETCH, OWN = "explorer.engine.data.fetch", "explorer.datasets.own_images_process"
"""The modules that download or convert a known data set, and that read somebody's own pictures."""
LONGEST_SECONDS = {FETCH: 3600.0, OWN: 900.0}
MOST_AT_ONCE = 2
"""Jobs of this process at the same time; a third is refused."""


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
        """From 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class DataJob:
    """One child at work. It has a folder of its own for what is unfinished, removed when it ends, however it ends."""

    def __init__(self, module: str, request: Mapping[str, Any], what: str, upload: bytes | None = None) -> None:
        """Starts `python -m module`; `what` is said until the child says more.

        An `upload` is laid into the job's folder and is the request's source. Raises DataJobError, StoreError.
        """
        self.progress = Progress(0, 0, what)
        self.result: dict[str, Any] | None = None
        self.error = ""
        self.ended = 0.0
        self._over = threading.Event()
        self.folder = make_work_folder()
        request = {**request, "folder": os.fspath(self.folder)}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (read when the child has died)
        environment = {**os.environ, **ONE_THREAD}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
        try:
            if upload is not None:
                request["source"] = os.fspath(self.folder / "upload.zip")
                Path(request["source"]).write_bytes(upload)
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors.fileno(),
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise DataJobError(f"No process could be started to read the data ({error.strerror}).") from error
        self._timer = threading.Timer(LONGEST_SECONDS[module], self._take_too_long)
        self._timer.daemon = True
        self._timer.start()
        self._ask(request)
        threading.Thread(target=self._listen, name="data job", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether there is a result, or an error in words."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for the end, at most so long, and says whether it has come."""
        return self._over.wait(seconds)

    def cancel(self) -> None:
        """Ends the job; what it had fetched is removed."""
        self._kill("Cancelled; nothing was kept.")

    def _ask(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def _take_too_long(self) -> None:
        self._kill("This took too long and was ended; nothing was kept.")

    def _kill(self, reason: str) -> None:
        if not self.over:
            self.error = self.error or reason
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            with contextlib.suppress(ValueError):
                self._hear(json.loads(text))
        code = self._process.wait()
        self._timer.cancel()
        if self.result is None and not self.error:
            self.error = self._exit_message(code)
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.ended = time.monotonic()
        self._over.set()

    def _hear(self, line: Mapping[str, Any]) -> None:
        if "result" in line:
            # Who cancels at the last moment gets what was finished before it.
            self.result, self.error = line["result"], ""
        elif "error" in line:
            self.error = self.error or line["error"]
        else:
            self.progress = Progress(line["done"], line["total"], line["what"])

    def _exit_message(self, code: int) -> str:
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        if code < 0:
            return "The process that read the data was killed, perhaps because memory ran out; nothing was kept."
        return f"The process that read the data broke ({said[-1][:200] if said else f'exit code {code}'})."


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
    """All jobs of a server, each under a key: who asks for what another has asked for already shares the job."""

    def __init__(self) -> None:
        self._jobs: dict[str, DataJob] = {}
        self._lock = threading.Lock()

    def start(
        self, key: str, module: str, request: Mapping[str, Any], what: str, upload: bytes | None = None
    ) -> DataJob:
        """The job under `key`, started if there is none at work. Raises DataJobError where too many are at work."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.over:
                return job
            if sum(not other.over for other in self._jobs.values()) >= MOST_AT_ONCE:
                raise DataJobError("Other data sets are being read just now; try again in a moment.")
            self._jobs = {other: job for other, job in self._jobs.items() if not job.over or _is_fresh(job)}
            self._jobs[key] = DataJob(module, request, what, upload)
            return self._jobs[key]

    def job(self, key: str) -> DataJob | None:
        """The job under `key`, at work or over; None where there is none."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: str) -> None:
        """Lets go of a job that is over."""
        with self._lock:
            if key in self._jobs and self._jobs[key].over:
                del self._jobs[key]


def _is_fresh(job: DataJob) -> bool:
    return time.monotonic() - job.ended < 3600
