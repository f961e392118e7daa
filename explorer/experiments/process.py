"""The processes that answer requests for experiments: started cleanly, or taken from those kept warm."""

import contextlib
import threading
from collections.abc import Iterator

from explorer.experiments.protocol import Line, read_line
from explorer.experiments.request import ExperimentRequest
from explorer.jobs.child_process import ChildProcess

COMMAND = ("-m", "explorer.engine.experiments")


class ExperimentProcess:
    """A process of `explorer.engine.experiments`, which answers one request. Raises OSError if it cannot start."""

    def __init__(self) -> None:
        self.process = ChildProcess(COMMAND)

    def ask(self, request: ExperimentRequest) -> Iterator[Line]:
        """Everything that the process writes in answer to a request, until it ends; lines of others are left out."""
        self.process.send(request.to_json())
        for text in self.process.lines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                yield read_line(text)

    def kill(self) -> None:
        """Ends the process at once."""
        self.process.kill()

    def close(self) -> str:
        """Waits for the end of a process that is ending, and returns a sentence on how it ended."""
        message = self.process.exit_message("The computation")
        return f"{message} A smaller network may work." if self.process.was_killed else message


class WarmProcesses:
    """Processes that have loaded everything and wait for a request, so that a click need not wait for them."""

    def __init__(self) -> None:
        self._waiting: list[ExperimentProcess] = []
        self._lock = threading.Lock()

    def prepare(self, count: int = 1) -> None:
        """Sees to it that `count` processes wait; does nothing where none can be started."""
        with self._lock, contextlib.suppress(OSError):
            self._reap()
            while len(self._waiting) < count:
                self._waiting.append(ExperimentProcess())

    def take(self) -> ExperimentProcess:
        """A process, warm if there is one. Raises OSError where none can be started."""
        with self._lock:
            self._reap()
            return self._waiting.pop() if self._waiting else ExperimentProcess()

    def dismiss(self) -> None:
        """Ends those that wait."""
        with self._lock:
            for each in self._waiting:
                each.kill()
            for each in self._waiting:
                each.close()
            self._waiting = []

    def _reap(self) -> None:
        """Closes those that have died while they waited."""
        dead = [each for each in self._waiting if not each.process.alive]
        for each in dead:
            each.close()
        self._waiting = [each for each in self._waiting if each not in dead]


WARM = WarmProcesses()
"""Those of this server; `WARM.prepare()` when a lab is opened."""
