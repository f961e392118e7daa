"""Asks a probe in a process of its own and hears how it goes; the asking process never loads torch."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from explorer.runs.probes.kept import KeptResults
from explorer.runs.probes.lines import Answer, Line, Refusal, read_line
from explorer.runs.probes.request import ProbeRequest

ROOT = Path(__file__).resolve().parents[3]
"""The folder from which `explorer` is imported."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
LONGEST_SECONDS = 600.0
"""A probe that takes longer is ended."""


class ProbeRun:
    """One request under way in a process of its own. Safe to ask from any thread; never blocks but in `lines`.

    `latest` is the last `Progress`, `Answer` or `Refusal`, None before the first; after an `Answer` or `Refusal` the
    run `is_over`. A crash, a time-out and a cancellation are refusals with a sentence. Answers are kept in `kept`, and
    a request that has one there starts nothing.
    """

    def __init__(
        self, request: ProbeRequest, *, seconds: float = LONGEST_SECONDS, kept: KeptResults | None = None
    ) -> None:
        self.request = request
        self.latest: Line | None = None
        self._news: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._kept = kept
        self._why = ""
        self._process: subprocess.Popen[bytes] | None = None
        known = kept.get(request) if kept is not None else None
        if known is not None:
            self._tell(known)
            return
        self._errors = tempfile.TemporaryFile()
        try:
            self._process = _start(self._errors.fileno())
        except OSError as error:
            self._tell(Refusal(f"No process can be started for this ({error.strerror})."))
            return
        self._timer = threading.Timer(seconds, self._end, [f"This took more than {seconds:g} seconds and was ended."])
        self._timer.daemon = True
        self._timer.start()
        threading.Thread(target=self._listen, name="probe", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be told."""
        return isinstance(self.latest, (Answer, Refusal))

    def lines(self) -> Iterator[Line]:
        """Everything told, as it is told; ends with the `Answer` or the `Refusal`. For one reader."""
        while True:
            line = self._news.get()
            yield line
            if isinstance(line, (Answer, Refusal)):
                return

    def cancel(self) -> None:
        """Ends the work at once; the run ends with a refusal that says so, unless it was over already."""
        self._end("Cancelled.")

    def wait(self, seconds: float | None = None) -> Line | None:
        """Waits for the end, at most so long, and returns what was told last."""
        limit = None if seconds is None else time.monotonic() + seconds
        while not self.is_over and (limit is None or time.monotonic() < limit):
            time.sleep(0.02)
        return self.latest

    def _end(self, why: str) -> None:
        if self._process is not None and not self.is_over:
            self._why = self._why or why
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _tell(self, line: Line) -> None:
        self.latest = line
        self._news.put(line)

    def _listen(self) -> None:
        """Runs in a thread: hears the process to its end, and mourns one that ended without an answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{self.request.to_json()}\n".encode())
            self._process.stdin.flush()
        last: Line | None = None
        for text in self._process.stdout:
            try:
                last = read_line(text.decode("utf-8", errors="replace"))
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(last, (Answer, Refusal)):
                break
            self._tell(last)
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        code = self._process.wait()
        self._timer.cancel()
        if isinstance(last, Answer) and self._kept is not None:
            self._kept.put(self.request, last)
        self._tell(last if isinstance(last, (Answer, Refusal)) else Refusal(self._why or self._epitaph(code)))
        self._errors.close()

    def _epitaph(self, code: int) -> str:
        if code == -signal.SIGKILL:
            return "The computation was killed, by somebody or because memory ran out; a smaller network may do."
        if code < 0:
            return f"The computation was ended by {signal.Signals(-code).name}."
        self._errors.seek(0)
        said = self._errors.read()[-4000:].decode("utf-8", errors="replace").strip().splitlines()
        return f"The computation ended with exit code {code}{f': {said[-1][:300]}' if said else '.'}"


def _start(errors: int) -> subprocess.Popen[bytes]:
    inherited = {**os.environ, **ONE_THREAD, "PYTORCH_ENABLE_MPS_FALLBACK": "1"}
    inherited["PYTHONPATH"] = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
    # A session of its own keeps a terminal's Ctrl-C from reaching it; it ends when its standard input does.
    return subprocess.Popen(
        [sys.executable, "-m", "explorer.engine.probes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=inherited,
        start_new_session=True,
    )
