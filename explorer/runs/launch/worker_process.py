"""One worker process as its launcher sees it: started, woken, ended, and a sentence on how it ended."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from explorer.jobs.child_process import ChildProcess
from explorer.jobs.codec import from_line, from_plain
from explorer.jobs.process_identity import Identity
from explorer.language import Text

MODULE = "explorer.engine.training.worker"


class WorkerProcess(ChildProcess):
    """A process of `MODULE`, with a log file of its own in `logs`. Raises OSError where it cannot be started."""

    def __init__(self, pool: str, environment: Mapping[str, str], logs: Path, flags: Sequence[str] = ()) -> None:
        self.ready = False
        self.device = ""
        self.versions: Mapping[str, str] = {}
        self.refusal: Text = ""
        """A sentence where the worker cannot start with its settings."""
        logs.mkdir(parents=True, exist_ok=True)
        identity = Identity.of(0)
        self.log = logs / f"worker-{identity.token}.log"
        command = ["-m", MODULE, "--pool", pool, "--token", identity.token, *flags]
        super().__init__(command, environment=environment, errors=self.log.open("w+b"))
        self.identity = identity._replace(pid=self.pid)
        self._reader = threading.Thread(target=self._read, name="worker output", daemon=True)
        self._reader.start()

    @property
    def ended(self) -> bool:
        """Whether the process has ended; `ready` and `device` are final then."""
        if self.alive:
            return False
        self._reader.join()
        return True

    def end(self, seconds: float) -> None:
        """Waits for the end, and ends the worker after `seconds`. Removes an empty log."""
        if not self.wait(seconds):
            self.kill()
            self.wait()
        self._reader.join()
        self.close()
        with contextlib.suppress(OSError):
            if self.log.stat().st_size == 0:
                self.log.unlink()

    def _read(self) -> None:
        """Runs in a thread: the one line that a worker writes says what it is, once it is ready, or why it is not."""
        for line in self.lines():
            with contextlib.suppress(ValueError, KeyError):
                said = from_line(line)
                if refusal := said.get("error"):
                    self.refusal = from_plain(Text, refusal)
                    continue
                self.device, self.versions = str(said["device"]), from_plain(Mapping[str, str], said["versions"])
                self.ready = True
