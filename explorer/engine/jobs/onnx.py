"""A network as one ONNX file, written by torch's own exporter.

`python -m explorer.engine.jobs.onnx` answers an `OnnxRequest` with the file's size in bytes.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from explorer.engine.jobs.weights import WeightsError, load_checkpoint
from explorer.engine.lowering import build_module
from explorer.jobs.child_side import SendProgress, answer_one, texts_of
from explorer.jobs.weights_and_onnx import OnnxRequest, report_summary
from explorer.language import sentence
from explorer.model import ModelSpec, SpecError, assemble

EXPORTER_NEEDS = ("onnx", "onnxscript")

LARGEST_FILE = 2_000_000_000
"""Bytes of one ONNX file: what its format, protocol buffers, can hold."""

BYTES_PER_PARAMETER = 4

INPUT, OUTPUT = "image", "scores"
"""Names of the graph's input `(batch, channels, side, side)` and output `(batch, classes)`."""


class ExportError(ValueError):
    """A network that cannot be written; the message is one sentence."""


def to_onnx(spec: ModelSpec, state: Mapping[str, Tensor] | None = None) -> bytes:
    """The network in evaluation mode as an ONNX model with a free batch size.

    `state` is a `state_dict` with exactly the network's keys and shapes; without one the weights are fresh ones from
    torch's global generator. Raises ExportError.
    """
    cost = assemble(spec).cost
    if BYTES_PER_PARAMETER * (cost.params + cost.buffers) > LARGEST_FILE:
        told = sentence(
            "{count:,} parameters are more than one ONNX file can hold; use fewer channels.", count=cost.params
        )
        raise ExportError(told)
    _check_packages()
    network = build_module(spec)
    if state is not None:
        try:
            network.load_state_dict(state, strict=True)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise ExportError(sentence("these weights are not this network's: {reason}", reason=reason)) from error
    network.eval()
    # Two examples, since a batch of one would be taken for a constant.
    image = torch.zeros(2, *assemble(spec).input_shape)
    program = torch.onnx.export(
        network,
        (image,),
        dynamo=True,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )
    assert program is not None
    return cast(bytes, program.model_proto.SerializeToString())


def _check_packages() -> None:
    """Raises ExportError where torch's exporter lacks what it needs."""
    try:
        for package in EXPORTER_NEEDS:
            import_module(package)
    except ImportError as error:
        told = sentence("torch's exporter needs the packages {names}; install them.", names=", ".join(EXPORTER_NEEDS))
        raise ExportError(told) from error


def write_onnx(spec: ModelSpec, path: Path, state: Mapping[str, Tensor] | None = None) -> int:
    """`to_onnx` into a file that appears complete or not at all; its size in bytes. Raises ExportError."""
    data = to_onnx(spec, state)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        told = sentence("{name} cannot be written: {error}.", name=str(path), error=str(error.strerror))
        raise ExportError(told) from error
    return len(data)


def work(request: OnnxRequest, _send_progress: SendProgress) -> int:
    """Writes the file that was asked for. Returns its size in bytes. Raises SpecError, WeightsError, ExportError."""
    spec = ModelSpec.from_json(request.spec)
    state = None
    if request.weights:
        network = build_module(spec)
        report = load_checkpoint(Path(request.weights), network)
        if not report.fits:
            raise ExportError(
                sentence("{summary}; the command `weights` lists the keys.", summary=report_summary(report))
            )
        state = network.state_dict()
    return write_onnx(spec, Path(request.output), state)


if __name__ == "__main__":
    sys.exit(answer_one(OnnxRequest, work, texts_of(SpecError, WeightsError, ExportError)))
