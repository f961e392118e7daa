"""A calculation in a process of its own: a module that reads one request and writes progress and one result, as JSON.

The server never imports torch; a child does what needs torch for a moment, or more memory than the server may take. The
child is ended when its time is over or when it is cancelled, and ends by itself with this process.
"""

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from explorer.jobs.child_process import ChildProcess
from explorer.jobs.codec import from_line, from_plain, to_line
from explorer.language import N_, Text, as_sentence, sentence

T = TypeVar("T")


class ChildError(RuntimeError):
    """A child process gave no result; the text says why in one sentence."""


@dataclass(frozen=True)
class Progress:
    """How far the work is: bytes or images, and what is being done."""

    done: int
    total: int
    what: Text

    @property
    def share(self) -> float:
        """The finished part, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


class OneShot(Generic[T]):
    """One running child, `python -m module`, that answers `request` with a value of type `kind`.

    `answer` is None until the child has answered, `error` a sentence where it ends without an answer. Safe to use from
    any thread. Raises ChildError where the child cannot be started.
    """

    name = N_("The process")
    not_done = N_("It is not done yet.")
    cancelled = N_("It was cancelled.")
    too_long = N_("It took longer than {seconds:g} seconds and was ended.")

    def __init__(self, module: str, request: object, kind: type[T], seconds: float = 120.0, what: Text = "") -> None:
        """Starts the child; `what` is its progress until the child sends another."""
        self.progress = Progress(0, 0, what)
        self.answer: T | None = None
        self.error: Text = ""
        self._kind = kind
        self._over = threading.Event()
        try:
            self.process = ChildProcess(("-m", module))
        except OSError as error:
            told = sentence("No process could be started for {module} ({error}).", module=module, error=error.strerror)
            raise ChildError(told) from error
        self._timer = threading.Timer(seconds, self._kill, [sentence(self.too_long, seconds=seconds)])
        self._timer.daemon = True
        self._timer.start()
        self.process.send(to_line(request))
        threading.Thread(target=self._run, name="one shot", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether there is an answer, or a reason for there being none."""
        return self._over.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for the end, at most `seconds` if given. Returns whether the work is done."""
        return self._over.wait(seconds)

    def result(self, seconds: float | None = None) -> T:
        """The child's answer, waiting up to `seconds` (by default as long as it may take).

        Raises ChildError if it failed, ran out of time, was cancelled, or is not done after `seconds`.
        """
        if not self.wait(seconds):
            raise ChildError(sentence(self.not_done))
        if self.answer is None:
            raise ChildError(as_sentence(self.error))
        return self.answer

    def cancel(self) -> None:
        """Ends the child, if it still runs."""
        self._kill(self.cancelled)

    def _kill(self, reason: Text) -> None:
        if not self.done:
            self.error = self.error or reason
        self.process.kill()

    def _run(self) -> None:
        """Runs in a thread: takes the child's lines until it ends."""
        for line in self.process.lines():
            with contextlib.suppress(ValueError, LookupError):
                self._take_line(from_line(line))
        self._timer.cancel()
        exit_message = self._end()
        if self.answer is None:
            self.error = self.error or exit_message
        self._over.set()

    def _end(self) -> Text:
        """Closes a child that has ended, and returns a sentence on how it ended."""
        return self.process.exit_message(self.name)

    def _take_line(self, line: Mapping[str, Any]) -> None:
        if "result" in line:
            # Cancelling at the last moment does not undo what was finished before it.
            self.answer, self.error = from_plain(self._kind, line["result"]), ""
        elif "error" in line:
            self.error = self.error or from_plain(Text, line["error"])
        else:
            self.progress = from_plain(Progress, line)
