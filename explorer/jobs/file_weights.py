"""The weights of an identified file under the network's own names: written by a process of its own."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.identify.records import Identification, Renamed
from explorer.jobs.weights_and_onnx import answer_of
from explorer.model import ModelSpec

LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class FileWeightsRequest:
    """The tensors of the file at `path` for the network of `spec` (as JSON), to be written to `output`."""

    path: str
    spec: str
    wrapping: str
    renaming: tuple[Renamed, ...]
    output: str
    order: str = "RGB"
    """Of the colours of the images that the file's network expects."""
    of_a_run: bool = False
    """Whether the output is the checkpoint of a finished run, to which the labs show images in the order RGB."""
    library: str = ""
    """Whose names the tensors of the output have, `torchvision` or `timm`; empty: the network's own."""


def write_file_weights(path: Path, found: Identification, spec: ModelSpec, output: Path, **how: Any) -> int:
    """Writes the weights of an identified file as safetensors for the network of `spec`; returns how many tensors.

    `how` are `of_a_run` and `library` of the request. Raises ExchangeError, one sentence, where they do not fit or
    cannot be written.
    """
    order = found.normalisation.order if found.normalisation else "RGB"
    request = FileWeightsRequest(
        os.fspath(path), spec.to_json(), found.wrapping, found.renaming, os.fspath(output), order, **how
    )
    return answer_of("file_weights", request, int, LONGEST_SECONDS)
