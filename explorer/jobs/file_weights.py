"""The weights of an identified file under the network's own names: written by a process of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

from explorer.identify.records import Identification, Renamed
from explorer.jobs.weights_and_onnx import answer_of
from explorer.model import ModelSpec

LONGEST_SECONDS = 300.0
OF_A_RUN = "model."
"""What stands before the names of the weights in the checkpoint of a run."""


@dataclass(frozen=True)
class FileWeightsRequest:
    """The tensors of the file at `path` for the network of `spec` (as JSON), to be written to `output`."""

    path: str
    spec: str
    wrapping: str
    renaming: tuple[Renamed, ...]
    output: str
    prefix: str = ""
    """What is put before every name."""


def write_file_weights(path: Path, found: Identification, spec: ModelSpec, output: Path, prefix: str = "") -> int:
    """Writes the weights of an identified file as safetensors under the names of the network of `spec`.

    Returns the number of tensors. Raises ExchangeError, one sentence, where they do not fit or cannot be written.
    """
    request = FileWeightsRequest(
        os.fspath(path), spec.to_json(), found.wrapping, found.renaming, os.fspath(output), prefix
    )
    return answer_of("file_weights", request, int, LONGEST_SECONDS)
