"""Which process has a run: its machine and number, and whether it still exists."""

import os
import socket
import sys
import uuid
from typing import NamedTuple


class Identity(NamedTuple):
    """A process; `token` distinguishes it from an earlier one with the same number."""

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
        """The identity that `str` wrote; None for another text, such as the name of a pool."""
        host, _, rest = text.partition(":")
        pid, _, token = rest.partition(":")
        return cls(host, int(pid), token) if pid.isdigit() and token else None

    @property
    def gone(self) -> bool:
        """Whether the process has certainly ended; False where this machine cannot know."""
        if self.host != socket.gethostname() or sys.platform == "win32":
            return False
        try:
            os.kill(self.pid, 0)
        except OSError as error:
            return isinstance(error, ProcessLookupError)
        return False
