"""Which network a file of weights is: a process of its own reads it, which needs torch and trusts no file."""

import os
from dataclasses import dataclass
from pathlib import Path

from explorer.identify.records import Identification
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.jobs.weights_and_onnx import ExchangeError

MODULE = "explorer.engine.jobs.identify"
LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class IdentifyRequest:
    """A file on this machine."""

    path: str


def start_identification(path: Path) -> OneShot[Identification]:
    """Begins to identify a file; its progress and its answer are asked of what is returned. Raises ChildError."""
    return OneShot(MODULE, IdentifyRequest(os.fspath(path)), Identification, LONGEST_SECONDS)


def identify_file(path: Path) -> Identification:
    """Which network a file is; blocks for some seconds, most of which torch takes to start.

    Raises ExchangeError, one sentence, for a file that cannot be read as weights.
    """
    try:
        return start_identification(path).result()
    except ChildError as error:
        raise ExchangeError(str(error)) from error
