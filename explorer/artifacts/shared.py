"""What this machine shares with others, where the environment names a place for it; all is local where it does not."""

import logging
import os
import time
from pathlib import Path

from explorer.artifacts.store import ArtifactStore
from explorer.jobs.errors import StoreError
from explorer.jobs.paths import checkpoint_path

LOG = logging.getLogger("explorer.artifacts")
ARTIFACTS_VARIABLE = "RESIDUAL_EXPLORER_ARTIFACTS"
LOOK_AGAIN_SECONDS = 10.0
"""How long an answer holds for pages, which ask at every move."""

_asked: dict[tuple[str, str], float] = {}
_listed: dict[tuple[str, str], tuple[float, set[str]]] = {}


def shared_artifacts() -> ArtifactStore | None:
    """The place that machines share; None where each keeps its own files."""
    address = os.environ.get(ARTIFACTS_VARIABLE)
    return ArtifactStore(address) if address else None


def check_artifacts() -> None:
    """Raises StoreError where a place is named that cannot be written and read."""
    if shared := shared_artifacts():
        shared.check()


def share(kind: str, name: str, file: Path) -> None:
    """Gives a file to the other machines. What cannot be given stays here, and the log says so."""
    if shared := shared_artifacts():
        try:
            shared.put(f"{kind}/{name}", file)
        except FileNotFoundError:
            return
        except (StoreError, OSError) as error:
            LOG.warning(error)


def unshare(kind: str, name: str) -> None:
    """Takes a file back from the other machines."""
    if shared := shared_artifacts():
        try:
            shared.delete(f"{kind}/{name}")
        except StoreError as error:
            LOG.warning(error)


def bring(kind: str, name: str, file: Path, *, now: bool = False) -> None:
    """Brings another machine's newer file here, if there is one; looks once in ten seconds unless it must be `now`.

    Raises StoreError where the place is not reached.
    """
    shared = shared_artifacts()
    key = (f"{shared}", f"{kind}/{name}")
    if shared is None or (not now and time.monotonic() - _asked.get(key, -LOOK_AGAIN_SECONDS) < LOOK_AGAIN_SECONDS):
        return
    shared.get(key[1], file)
    _asked[key] = time.monotonic()


def local_checkpoint(run_id: str) -> Path:
    """The file of a run's weights, fetched from the other machines where it is theirs; it need not be there.

    What cannot be fetched now is not there, or as it was here; the log says so.
    """
    path = checkpoint_path(run_id)
    try:
        bring("checkpoints", run_id, path)
    except StoreError as error:
        LOG.warning(error)
    return path


def has_checkpoint(run_id: str) -> bool:
    """Whether a run has left weights, here or on another machine that can be asked now."""
    if checkpoint_path(run_id).is_file():
        return True
    shared = shared_artifacts()
    return shared is not None and run_id in _names(shared, "checkpoints")


def _names(shared: ArtifactStore, kind: str) -> set[str]:
    key = shared.address, kind
    until, found = _listed.get(key, (0.0, set()))
    if time.monotonic() > until:
        try:
            found = shared.names(kind)
        except StoreError as error:
            LOG.warning(error)
        _listed[key] = time.monotonic() + LOOK_AGAIN_SECONDS, found
    return found
