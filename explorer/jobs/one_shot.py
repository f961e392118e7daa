"""A short calculation in a process of its own: a module of the engine that reads standard input and prints its answer.

The server never imports torch; what needs it for a moment is asked of such a child. A child gets one thread and an end:
it is killed when its time is over, and when the handle is cancelled.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from explorer.runs.launch.worker_process import ONE_THREAD, ROOT

LONGEST_COMPLAINT = 300


class ChildError(RuntimeError):
    """A child process gave no result; the text says why in one sentence."""


class Ended(NamedTuple):
    """A child that has ended by itself: its exit code, all it printed, and its last words on standard error."""

    code: int
    output: str
    complaint: str


class Child:
    """One running child: `python -m module arguments`, with `text` on its standard input.

    Raises ChildError where it cannot be started.
    """

    def __init__(self, module: str, text: str = "", timeout: float = 120.0, arguments: Sequence[str] = ()) -> None:
        self._deadline = time.monotonic() + timeout
        self._timeout = timeout
        self._said: tuple[str, str] | None = None
        self._files = contextlib.ExitStack()
        # Files instead of pipes: nothing can fill up, so nobody has to listen while it works. `_read` closes them.
        self._output = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self._errors = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        environment = {**os.environ, **ONE_THREAD, "PYTHONIOENCODING": "utf-8"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
        with tempfile.TemporaryFile() as given:
            given.write(text.encode())
            given.seek(0)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module, *arguments],
                    stdin=given,
                    stdout=self._output,
                    stderr=self._errors,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                self._files.close()
                raise ChildError(f"No process could be started for {module} ({error.strerror}).") from error

    @property
    def done(self) -> bool:
        """Whether there is a result, or a reason for there being none."""
        if self._process.poll() is None and time.monotonic() > self._deadline:
            self.cancel()
        return self._process.poll() is not None

    def result(self, seconds: float | None = None) -> Any:
        """The JSON that the child printed, waiting up to `seconds` (by default as long as it may take).

        Raises ChildError if it failed, ran out of time, or is not done after `seconds`.
        """
        ended = self.ended(seconds)
        if ended.code != 0:
            raise ChildError(ended.complaint or f"The process ended with exit code {ended.code}.")
        return json.loads(ended.output)

    def ended(self, seconds: float | None = None) -> Ended:
        """How the child ended, waiting up to `seconds` (by default as long as it may take).

        Raises ChildError if it was ended because its time was over, or is not done after `seconds`.
        """
        left = max(self._deadline - time.monotonic(), 0.0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(left if seconds is None else min(seconds, left))
        if not self.done:
            raise ChildError("It is not done yet.")
        output, errors = self._read()
        if self._process.returncode < 0 and time.monotonic() > self._deadline:
            raise ChildError(f"It took longer than {self._timeout:g} seconds and was ended.")
        lines = errors.strip().splitlines()
        return Ended(self._process.returncode, output, lines[-1][:LONGEST_COMPLAINT] if lines else "")

    def cancel(self) -> None:
        """End the child, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._read()

    def _read(self) -> tuple[str, str]:
        """What an ended child left, kept so that its files can be closed."""
        if self._said is None:
            for file in (self._output, self._errors):
                file.seek(0)
            self._said = (self._output.read().decode(errors="replace"), self._errors.read().decode(errors="replace"))
            self._files.close()
        return self._said
