"""Which network a file of weights is: a process of its own reads it, which needs torch and trusts no file."""

import os
from dataclasses import dataclass
from pathlib import Path

from explorer.identify.records import Identification
from explorer.jobs.one_shot import OneShot
from explorer.jobs.weights_and_onnx import answer_of

MODULE = "explorer.engine.jobs.identify"
LONGEST_SECONDS = 600.0
PHOTOGRAPHS = "photographs"
"""Crops of the two photographs that scikit-learn ships, for files whose own images are not at hand."""


@dataclass(frozen=True)
class IdentifyRequest:
    """A file on this machine, and the images on which candidates are tried: `PHOTOGRAPHS`, a data set, or empty."""

    path: str
    images: str = ""


def start_identification(path: Path, images: str = "") -> OneShot[Identification]:
    """Begins to identify a file; its progress and its answer are asked of what is returned. Raises ChildError.

    With `images`, what its values say on them is asked too, which takes some seconds more.
    """
    return OneShot(MODULE, IdentifyRequest(os.fspath(path), images), Identification, LONGEST_SECONDS)


def identify_file(path: Path, images: str = "") -> Identification:
    """Which network a file is; blocks for some seconds, most of which torch takes to start.

    Raises ExchangeError, one sentence, for a file that cannot be read as weights.
    """
    return answer_of("identify", IdentifyRequest(os.fspath(path), images), Identification, LONGEST_SECONDS)
