"""One worker process as its launcher sees it: started cleanly, woken, ended, and mourned with a reason."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from explorer.jobs.process_identity import Identity

ROOT = Path(__file__).resolve().parents[3]
"""The folder from which `explorer` is imported."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


class WorkerProcess:
    """A process of `explorer.engine.training.worker`. Raises OSError where it cannot be started."""

    def __init__(self, pool: str, environment: Mapping[str, str], logs: Path, *, low_priority: bool) -> None:
        self.ready = False
        self.device = ""
        self._heard = b""
        self._kills_before = _memory_kills()
        logs.mkdir(parents=True, exist_ok=True)
        inherited = {**os.environ, **ONE_THREAD, "PYTORCH_ENABLE_MPS_FALLBACK": "1", **environment}
        inherited["PYTHONPATH"] = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
        identity = Identity.of(0)
        self.log = logs / f"worker-{identity.token}.log"
        command = [sys.executable, "-m", "explorer.engine.training.worker", "--pool", pool, "--token", identity.token]
        with self.log.open("wb") as log:
            # A session of its own keeps a terminal's Ctrl-C from reaching it before its launcher has decided.
            self._process = subprocess.Popen(
                [*command, "--low-priority"] if low_priority else command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=inherited,
                start_new_session=True,
            )
        self.identity = identity._replace(pid=self._process.pid)
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    @property
    def ended(self) -> bool:
        """Whether the process is gone; on the way, hears whether it has become ready."""
        self._listen()
        return self._process.poll() is not None

    def wake(self) -> None:
        """Makes an idle worker look for a run at once."""
        self._say(b"\n")

    def close(self) -> None:
        """Closes its standard input, at which it ends, and forgets the log of one that had nothing to say."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self, seconds: float) -> None:
        """Waits for the end, and after `seconds` brings it about."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        with contextlib.suppress(OSError):
            if self.log.stat().st_size == 0:
                self.log.unlink()

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def exit_message(self) -> str:
        """One sentence on how the process ended; only for one that has."""
        code = self._process.wait()
        if code == -signal.SIGKILL and _memory_kills() > self._kills_before:
            return "The machine ran out of memory and killed the worker (SIGKILL)."
        if code == -signal.SIGKILL:
            return "The worker was killed (SIGKILL), by somebody or because memory ran out."
        if code < 0:
            return f"The worker was ended by {signal.Signals(-code).name}."
        said = self._last_words()
        return f"The worker ended with exit code {code}{f': {said}' if said else '.'}"

    def _say(self, text: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(text)
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        if self.ready or self._process.stdout.closed:
            return
        self._heard += self._process.stdout.read() or b""
        line, ended, _ = self._heard.partition(b"\n")
        if ended:
            self.ready = True
            self.device = str(json.loads(line)["device"])

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return lines[-1][:300] if lines else ""
        return ""


def _memory_kills() -> int:
    """How many processes the kernel has ended so far because memory ran out; 0 where it does not say."""
    kills = 0
    for place in ("/proc/vmstat", "/sys/fs/cgroup/memory.events"):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(place).read_text(encoding="ascii").splitlines():
                name, _, count = line.partition(" ")
                kills += int(count) if name == "oom_kill" else 0
    return kills
