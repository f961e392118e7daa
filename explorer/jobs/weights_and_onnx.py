"""Checkpoints and ONNX files: a process of its own reads and writes them, so that torch is not loaded here.

Blocks for some seconds, most of which torch takes to start; a page calls it from a button.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from explorer.jobs.checkpoint_report import CheckpointReport
from explorer.jobs.one_shot import ChildError, OneShot
from explorer.model import ModelSpec

T = TypeVar("T")

LONGEST_SECONDS = 600.0
"""An export of the deepest network takes minutes; longer than this, something is wrong."""


class ExchangeError(ValueError):
    """A file that cannot be written or read; the message is one sentence."""


@dataclass(frozen=True)
class OnnxRequest:
    """The network of a specification (as JSON) to be written to `output`; `weights` is a checkpoint, empty for none."""

    spec: str
    output: str
    weights: str = ""


@dataclass(frozen=True)
class WeightsRequest:
    """A checkpoint file or torchvision's name, to be compared with the network of a specification (as JSON).

    What fits is written to `output`, unless it is empty.
    """

    spec: str
    source: str
    output: str = ""


def export_onnx(spec: ModelSpec, path: Path, weights: Path | None = None) -> int:
    """Writes the network as an ONNX file, with fresh weights or a checkpoint's. Returns its size in bytes.

    Raises ExchangeError.
    """
    request = OnnxRequest(spec.to_json(), os.fspath(path), "" if weights is None else os.fspath(weights))
    return _answer("onnx", request, int)


def check_weights(spec: ModelSpec, source: str, output: Path | None = None) -> CheckpointReport:
    """Whether a checkpoint file, or published weights by torchvision's name (downloaded), fit the network.

    What fits is written to `output`, if given, as safetensors under the network's own names. Raises ExchangeError.
    """
    request = WeightsRequest(spec.to_json(), source, "" if output is None else os.fspath(output))
    return _answer("weights", request, CheckpointReport)


def _answer(module: str, request: OnnxRequest | WeightsRequest, kind: type[T]) -> T:
    """The answer of `explorer.engine.jobs.<module>`. Raises ExchangeError."""
    try:
        return OneShot(f"explorer.engine.jobs.{module}", request, kind, LONGEST_SECONDS).result()
    except ChildError as error:
        raise ExchangeError(str(error)) from error
