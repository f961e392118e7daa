"""Who holds a run: a process on a machine, and whether that process is still there."""

import os
import socket
import sys
import uuid
from typing import NamedTuple


class Identity(NamedTuple):
    """A process; `token` tells it from an earlier one that had the same number."""

    host: str
    pid: int
    token: str

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.token}"

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """A new identity for a process of this machine."""
        return cls(socket.gethostname(), pid, uuid.uuid4().hex[:8])

    @classmethod
    def parse(cls, text: str) -> "Identity | None":
        """The identity that `str` wrote, None for another text (a name of a pool, say)."""
        host, _, rest = text.partition(":")
        pid, _, token = rest.partition(":")
        return cls(host, int(pid), token) if pid.isdigit() and token else None

    @property
    def gone(self) -> bool:
        """Whether the process certainly has ended; False where this machine cannot tell."""
        if self.host != socket.gethostname() or sys.platform == "win32":
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
