"""Which process has a run: its machine and number, and whether it still exists."""

import contextlib
import hashlib
import os
import socket
import sys
import uuid
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Identity(NamedTuple):
    """A process; `token` distinguishes it from an earlier one with the same number, and says where numbers count."""

    host: str
    pid: int
    token: str

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.token}"

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """A new identity for a process of this machine."""
        return cls(socket.gethostname(), pid, f"{_number_space()}-{uuid.uuid4().hex[:8]}")

    @classmethod
    def parse(cls, text: str) -> "Identity | None":
        """The identity that `str` wrote; None for another text, such as the name of a pool."""
        host, _, rest = text.partition(":")
        pid, _, token = rest.partition(":")
        return cls(host, int(pid), token) if pid.isdigit() and token else None

    @property
    def here(self) -> bool:
        """Whether the process belongs, or belonged, to the machine of this one, by the machine's name."""
        return self.host == socket.gethostname()

    @property
    def gone(self) -> bool:
        """Whether the process has certainly ended; False where this machine cannot know.

        Machines may have the same name, and containers on one machine do not see one another's processes.
        """
        space = self.token.rpartition("-")[0]
        return self.missing and (not space or space == _number_space())

    @property
    def missing(self) -> bool:
        """Whether a machine of this name has no such process; another of the same name may have it."""
        if not self.here or sys.platform == "win32":
            return False
        try:
            os.kill(self.pid, 0)
        except OSError as error:
            return isinstance(error, ProcessLookupError)
        return False


@cache
def _number_space() -> str:
    """Eight digits for the machine since its start, and the part of it that numbers its processes on its own."""
    facts = ""
    with contextlib.suppress(OSError):  # other systems than Linux do not say
        facts = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        facts += str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(facts.encode()).hexdigest()[:8]
