"""A probe's process as its client sees it: started cleanly (or taken from those kept warm), heard, ended, mourned."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from explorer.experiments.protocol import Line, read_line
from explorer.experiments.request import ExperimentRequest

ROOT = Path(__file__).resolve().parents[2]
"""The folder from which `explorer` is imported."""
MODULE = ("-m", "explorer.engine.experiments")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


class Child:
    """A process of `explorer.engine.experiments`, which answers one request. Raises OSError if it cannot start."""

    def __init__(self) -> None:
        # Kept open for the process's whole life, and read when it has died: no context manager's case.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        inherited = {**os.environ, **ONE_THREAD, "PYTORCH_ENABLE_MPS_FALLBACK": "1"}
        inherited["PYTHONPATH"] = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
        # A session of its own keeps a terminal's Ctrl-C from reaching it; it ends when its standard input does.
        self._process = subprocess.Popen(
            [sys.executable, *MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors.fileno(),
            env=inherited,
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def ask(self, request: ExperimentRequest) -> Iterator[Line]:
        """Everything the process says to a request, until it ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{request.to_json()}\n".encode())
            self._process.stdin.flush()
        for text in self._process.stdout:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                yield read_line(text.decode("utf-8", errors="replace"))

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> str:
        """Waits for the end of a process that is ending, and returns a sentence on how it ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read()[-4000:].decode("utf-8", errors="replace").strip().splitlines()
        self._errors.close()
        if code == -signal.SIGKILL:
            return "The computation was killed, by somebody or because memory ran out; a smaller network may do."
        if code < 0:
            return f"The computation was ended by {signal.Signals(-code).name}."
        return f"The computation ended with exit code {code}{f': {said[-1][:300]}' if said else '.'}"


class WarmChildren:
    """Processes that have loaded everything and wait for a request, so that a click need not wait for them."""

    def __init__(self) -> None:
        self._waiting: list[Child] = []
        self._lock = threading.Lock()

    def prepare(self, count: int = 1) -> None:
        """Sees to it that `count` processes wait; does nothing where none can be started."""
        with self._lock, contextlib.suppress(OSError):
            self._reap()
            while len(self._waiting) < count:
                self._waiting.append(Child())

    def take(self) -> Child:
        """A process, warm if there is one. Raises OSError where none can be started."""
        with self._lock:
            self._reap()
            return self._waiting.pop() if self._waiting else Child()

    def dismiss(self) -> None:
        """Ends those that wait."""
        with self._lock:
            for child in self._waiting:
                child.kill()
            for child in self._waiting:
                child.close()
            self._waiting = []

    def _reap(self) -> None:
        """Lets go of those that have died while they waited."""
        alive = [child for child in self._waiting if child.alive]
        for child in self._waiting:
            if child not in alive:
                child.close()
        self._waiting = alive


WARM = WarmChildren()
"""Those of this process; `WARM.prepare()` when a laboratory is opened."""
