"""The child's side of a process that `child_process` started: lines of JSON in and out, and an end with its parent.

The parent writes lines to standard input: first the request, if there is one. The child answers on standard output with
`{"done", "total", "what"}` for progress, then `{"result"}` or `{"error"}` with a sentence. A sentence is sent with its
values: the parent tells it in its reader's language.
"""

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from explorer.jobs.codec import from_line, from_plain, to_line
from explorer.jobs.errors import text_of
from explorer.language import Text

Request = TypeVar("Request")

PARENT_GONE = 3
"""Exit code of a child whose parent has gone."""
PROGRESS_SECONDS = 0.1
"""Progress is sent no more often than this."""
NICENESS = 10

SendProgress = Callable[[int, int, Text], None]
"""Takes how much is done, of how much, and what is being done."""


class Parent:
    """The process that started this one. There is one in a child, made before the work begins.

    When standard input ends, the parent has gone: `gone` becomes true, and this process ends `grace_seconds` later.
    Whatever libraries print from now on goes to standard error, so that nothing but `send` writes lines.
    """

    def __init__(self, *, grace_seconds: float = 0.0) -> None:
        self.gone = False
        self._grace_seconds = grace_seconds
        self._received: queue.SimpleQueue[str] = queue.SimpleQueue()
        sys.stdout.flush()
        self._output = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        threading.Thread(target=self._receive, name="lifeline", daemon=True).start()

    def receive(self, seconds: float | None = None) -> str | None:
        """The next line from the parent; None where none comes within `seconds`.

        None too where the parent has gone: lines that it sent before and that nobody has received yet are dropped.
        """
        with contextlib.suppress(queue.Empty):
            line = self._received.get(timeout=seconds)
            return None if self.gone else line
        return None

    def send(self, values: object) -> None:
        """Writes values as one line of JSON; ends this process where the parent does not read it."""
        self.send_line(to_line(values))

    def send_line(self, line: str) -> None:
        """Writes a line that is JSON already; ends this process where the parent does not read it."""
        try:
            print(line, file=self._output, flush=True)
        except OSError:
            os._exit(PARENT_GONE)

    def _receive(self) -> None:
        # The descriptor is read directly: a buffered reader would hold its lock when the interpreter shuts down.
        pending = b""
        while piece := os.read(0, 65536):
            *lines, pending = (pending + piece).split(b"\n")
            for line in lines:
                self._received.put(line.decode("utf-8", errors="replace"))
        self.gone = True
        self._received.put("")
        time.sleep(self._grace_seconds)
        os._exit(PARENT_GONE)


def lower_priority() -> None:
    """Lets the server and other programs use the processor first: on two busy cores this keeps the page quick."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)


def bound_memory(most_bytes: int) -> None:
    """Bounds this process's address space: what needs more raises MemoryError. Does nothing where there is no limit."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))


def bound_growth(most_bytes: int) -> None:
    """Bounds by how much this process's address space may still grow. Does nothing where its present size is not told.

    A library such as torch reserves far more than it uses, by an amount that depends on its build: so the bound counts
    from what is reserved now.
    """
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        bound_memory(pages * os.sysconf("SC_PAGE_SIZE") + most_bytes)


def texts_of(*kinds: type[Exception]) -> Callable[[Exception], Text | None]:
    """A `sentence` for `answer_one`: the text of an exception of these kinds, None for another."""
    return lambda error: text_of(error) if isinstance(error, kinds) else None


def answer_one(
    kind: type[Request], work: Callable[[Request, SendProgress], object], sentence: Callable[[Exception], Text | None]
) -> int:
    """Reads one request of type `kind`, does the work at low priority, sends progress and the result; returns 0.

    `sentence` turns an exception into a sentence for the user, which is sent as the error. Where it returns None, the
    exception is raised.
    """
    parent = Parent()
    lower_priority()
    last = 0.0

    def send_progress(done: int, total: int, what: Text) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            parent.send({"done": done, "total": total, "what": what})

    try:
        request: Request = from_plain(kind, from_line(parent.receive() or ""))
        parent.send({"result": work(request, send_progress)})
    except Exception as error:
        refusal = sentence(error)
        if refusal is None:
            raise
        parent.send({"error": refusal})
    return 0
