"""One child process as its parent sees it: started, written to, read, ended, and a sentence on how it ended.

The parent keeps the child's standard input open. The child ends when that input ends (see `child_side`), so that no
child outlives the process that started it, however that one ends.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO

from explorer.language import Sentence, Text, as_sentence, sentence

ROOT = Path(__file__).resolve().parents[2]
"""The folder from which `explorer` is imported."""
ONE_THREAD: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
)
"""Environment of a process that computes with one thread: several processes share the cores."""
LONGEST_ERROR = 300
"""Characters of a child's last line on standard error that a message repeats."""
ERROR_BYTES_READ = 4000
"""Bytes at the end of the child's standard error in which its last line is looked for."""


class ChildProcess:
    """A Python process with one thread, in a session of its own. Raises OSError where it cannot be started.

    `command` is what follows the name of the interpreter: `("-m", module)`. Standard output goes to `output`, by
    default a pipe that `lines` reads; standard error to `errors`, by default a temporary file, closed with the child.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] = MappingProxyType({}),
        output: IO[bytes] | None = None,
        errors: IO[bytes] | None = None,
    ) -> None:
        self._memory_kills = _memory_kills()
        self._last_error = ""
        # Open for the child's whole life and read when it has ended, which no context manager can express.
        self._errors = errors or tempfile.TemporaryFile()  # noqa: SIM115
        path = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
        fallback = {"PYTORCH_ENABLE_MPS_FALLBACK": "1", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": path}
        try:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.PIPE,
                stdout=output or subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, **ONE_THREAD, **fallback, **environment},
                # In the terminal's session, Ctrl-C would end the child before its parent has decided what to do.
                start_new_session=True,
            )
        except OSError:
            self._errors.close()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL ended the process: its parent, a person, or the kernel where memory ran out."""
        return self._process.returncode == -signal.SIGKILL

    def send(self, line: str) -> None:
        """Writes one line to the child's standard input; does nothing where the child has ended."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def lines(self) -> Iterator[str]:
        """Each line that the child writes to the pipe, as it is written, until the child ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield line.decode("utf-8", errors="replace")

    def end_input(self) -> None:
        """Closes the child's standard input; the child ends by itself."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits for the end, at most `seconds` if given. Returns whether the child has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.alive

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Waits for the end of a child that is ending, and closes its pipes and its error file."""
        self.end_input()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if not self._errors.closed:
            end = self._errors.seek(0, os.SEEK_END)
            self._errors.seek(max(0, end - ERROR_BYTES_READ))
            lines = self._errors.read().decode("utf-8", errors="replace").strip().splitlines()
            self._last_error = lines[-1][:LONGEST_ERROR] if lines else ""
            self._errors.close()

    def exit_message(self, subject: Text) -> Sentence:
        """One sentence on how `subject`, which is this process, has ended. Closes the child."""
        self.close()
        if self.was_killed and _memory_kills() > self._memory_kills:
            return sentence(
                "{subject} was killed (SIGKILL): the machine ran out of memory.", subject=as_sentence(subject)
            )
        return exit_sentence(subject, self._process.returncode, self._last_error)


def exit_sentence(subject: Text, code: int, last_error: str = "") -> Sentence:
    """How a process ended, by its exit code, which is a signal's number below zero, and its last line of errors."""
    name = as_sentence(subject)
    if code == -signal.SIGKILL:
        return sentence("{subject} was killed (SIGKILL), by a person or because memory ran out.", subject=name)
    if code < 0:
        return sentence("{subject} was ended by {signal}.", subject=name, signal=signal.Signals(-code).name)
    if last_error:
        return sentence("{subject} ended with exit code {code}: {error}", subject=name, code=code, error=last_error)
    return sentence("{subject} ended with exit code {code}.", subject=name, code=code)


def _memory_kills() -> int:
    """How many processes the kernel has ended so far because memory ran out; 0 where it does not say."""
    kills = 0
    for place in ("/proc/vmstat", "/sys/fs/cgroup/memory.events"):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(place).read_text(encoding="ascii").splitlines():
                name, _, count = line.partition(" ")
                kills += int(count) if name == "oom_kill" else 0
    return kills
