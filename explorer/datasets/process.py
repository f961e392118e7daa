"""The side of a child process that makes a data set: one request, lines of progress, then a result or a sentence.

It ends when its standard input does, so that it never outlives whoever asked, and it may take only so much memory.
"""

import contextlib
import errno
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from explorer.datasets.archive import OwnDataError
from explorer.datasets.array_file import DataFileError
from explorer.jobs.errors import SettingsError, StoreError

Tell = Callable[[int, int, str], None]
"""Done, of how many, and what is being done."""
Work = Callable[[Mapping[str, Any], Tell], Mapping[str, Any]]
GIB = 2**30
TELL_SECONDS = 0.1
DISK_FULL = "The disk is full; nothing was kept."
MEMORY_FULL = "Reading this takes more memory than it may; nothing was kept."


def answer_one(work: Work, *, memory: int = 0, low_priority: bool = True) -> int:
    """Reads a request from the standard input, does it, and says how it goes; `memory` in bytes, 0 for no bound."""
    out = sys.stdout
    # Whatever a library prints must not be taken for an answer.
    sys.stdout = sys.stderr
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    _restrain(memory, low_priority)
    last = 0.0

    def tell(done: int, total: int, what: str) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= TELL_SECONDS:
            last = time.monotonic()
            _say(out, {"done": done, "total": total, "what": what})

    try:
        _say(out, {"result": dict(work(request, tell))})
    except (OwnDataError, StoreError, DataFileError) as error:
        _say(out, {"error": str(error)})
    except SettingsError as error:
        _say(out, {"error": f"{error.message[:1].upper()}{error.message[1:]}."})
    except MemoryError:
        _say(out, {"error": MEMORY_FULL})
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        _say(out, {"error": DISK_FULL if full else f"{error.strerror or error}."})
    return 0


def _say(out: TextIO, line: Mapping[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


def _end_with_input() -> None:
    while os.read(0, 4096):
        continue
    os._exit(1)


def _restrain(memory: int, low_priority: bool) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if low_priority:
        with contextlib.suppress(OSError, AttributeError):
            os.nice(10)
