"""Frees space on the disk: deletions become final, and the oldest weights and logs are removed.

A launcher does it every few minutes. Runs that can go on keep their checkpoints, whatever their size.
"""

import contextlib
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from explorer.artifacts.shared import unshare
from explorer.jobs.capacity import GIB
from explorer.jobs.paths import checkpoint_path, data_directory, results_folder_of_run
from explorer.runs.records import OVER
from explorer.runs.store.store import Store

UNDO_SECONDS = 24 * 3600.0
"""How long a deleted run can be brought back."""
KEPT_BYTES = 4 * GIB
"""The most bytes of the weights of all runs that are over; the oldest are removed first. The curves stay."""
STRAY_SECONDS = 7 * 24 * 3600.0
"""How long files without a run are kept: a worker's log that is not empty, and weights of a run that this store does
not know (another store may)."""


class Tidied(NamedTuple):
    """What was removed: deleted runs, weights of runs that stay, logs; by their ids or names."""

    runs: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()


def tidy(store: Store, now: float | None = None, *, kept_bytes: int = KEPT_BYTES) -> Tidied:
    """Removes runs that were deleted long enough ago, and bounds what is left.

    Returns what was removed. `now` is in seconds since 1970. Raises StoreError.
    """
    moment = time.time() if now is None else now
    gone = store.purge(moment - UNDO_SECONDS)
    # A file that cannot be removed now is found again by `_make_room`, as one whose run is not known.
    _remove(checkpoint_path(run_id) for run_id in gone)
    for run_id in gone:
        unshare("checkpoints", run_id)
        shutil.rmtree(results_folder_of_run(run_id), ignore_errors=True)
    return Tidied(tuple(gone), _make_room(store, moment, kept_bytes), _old_logs(moment))


def _make_room(store: Store, now: float, most: int) -> tuple[str, ...]:
    """Removes the oldest weights of runs that are over until the rest takes at most `most` bytes.

    Weights of a run that the store does not know are removed when they are old.
    """
    found = []
    for path in (data_directory() / "checkpoints").glob("*.safetensors"):
        with contextlib.suppress(OSError):
            facts = path.stat()
            found.append((facts.st_mtime, facts.st_size, path))
    total, doomed = sum(size for _, size, _ in found), []
    states = store.states([path.stem for _, _, path in found])
    for changed, size, path in sorted(found):
        state = states.get(path.stem)
        unknown = state is None and now - changed > STRAY_SECONDS
        if unknown or (state in OVER and total > most):
            doomed.append(path)
            total -= size
    return _remove(doomed)


def _old_logs(now: float) -> tuple[str, ...]:
    old = []
    for path in (data_directory() / "logs").glob("*.log"):
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > STRAY_SECONDS:
                old.append(path)
    return _remove(old)


def _remove(paths: Iterable[Path]) -> tuple[str, ...]:
    """Removes files. Returns the names of those removed; one that cannot be removed stays until the next time."""
    gone = []
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            gone.append(path.stem)
    return tuple(gone)
