"""A short calculation in a process of its own: a module that reads one request and writes one result, as JSON.

The server never imports torch; a child does what needs torch for a moment. The child is ended when its time is over or
when it is cancelled, and ends by itself with this process.
"""

import contextlib
import tempfile
import time
from typing import Generic, TypeVar

from explorer.jobs.child_process import ChildProcess
from explorer.jobs.codec import from_line, from_plain, to_line

T = TypeVar("T")


class ChildError(RuntimeError):
    """A child process gave no result; the text says why in one sentence."""


class OneShot(Generic[T]):
    """One running child, `python -m module`, that answers `request` with a value of type `kind`.

    Raises ChildError where it cannot be started.
    """

    def __init__(self, module: str, request: object, kind: type[T], seconds: float = 120.0) -> None:
        self._kind = kind
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._error = ""
        self._result: T | None = None
        # A file instead of a pipe: it cannot fill up, so nothing has to read while the child works.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  (closed when it has been read)
        try:
            self.process = ChildProcess(("-m", module), output=self._output)
        except OSError as error:
            self._output.close()
            raise ChildError(f"No process could be started for {module} ({error.strerror}).") from error
        self.process.send(to_line(request))

    @property
    def done(self) -> bool:
        """Whether there is a result, or a reason for there being none."""
        if self.process.alive and time.monotonic() > self._deadline:
            self._end(f"It took longer than {self._seconds:g} seconds and was ended.")
        return not self.process.alive

    def result(self, seconds: float | None = None) -> T:
        """The child's answer, waiting up to `seconds` (by default as long as it may take).

        Raises ChildError if it failed, ran out of time, was cancelled, or is not done after `seconds`.
        """
        left = max(self._deadline - time.monotonic(), 0.0)
        self.process.wait(left if seconds is None else min(seconds, left))
        if not self.done:
            raise ChildError("It is not done yet.")
        self._read()
        if self._result is None:
            raise ChildError(self._error)
        return self._result

    def cancel(self) -> None:
        """Ends the child, if it still runs."""
        self._end("It was cancelled.")

    def _end(self, reason: str) -> None:
        if self.process.alive:
            self._error = self._error or reason
            self.process.kill()
            self.process.wait()
        self._read()

    def _read(self) -> None:
        """Takes what an ended child wrote, once, and closes its files."""
        if self._output.closed:
            return
        self._output.seek(0)
        lines = self._output.read().decode("utf-8", errors="replace").splitlines()
        self._output.close()
        exit_message = self.process.exit_message("The process")
        with contextlib.suppress(ValueError, LookupError):
            answer = from_line(lines[-1])
            if "result" in answer:
                self._result = from_plain(self._kind, answer["result"])
            else:
                self._error = self._error or str(answer["error"])
        self._error = self._error or exit_message
