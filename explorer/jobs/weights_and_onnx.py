"""Files that only torch can write or read: asked for from a process of its own, so that none is loaded here.

Blocks for some seconds, most of which is torch's start; a page calls it from a button, never in passing.
"""

import os
from pathlib import Path
from typing import NamedTuple

from explorer.jobs.one_shot import Child, ChildError
from explorer.model import ModelSpec

DONE, DIFFERS, BAD_INPUT = 0, 1, 2
"""How the process ends: done, done but the checkpoint does not fit, refused."""

LONGEST_SECONDS = 600
"""An export of the deepest network takes minutes; longer than this, something is wrong."""


class ExchangeError(ValueError):
    """A file that cannot be written or read; the message is one sentence."""


class WeightsAnswer(NamedTuple):
    """Whether a checkpoint fits a network, and the report: a summary, then a line for every mismatch."""

    fits: bool
    lines: tuple[str, ...]


def export_onnx(spec: ModelSpec, path: Path, weights: Path | None = None) -> str:
    """Write the network as an ONNX file, with fresh weights or a checkpoint's; says what was written.

    Raises ExchangeError.
    """
    options = [] if weights is None else ["--weights", os.fspath(weights)]
    return "\n".join(_ask("onnx", spec, [*options, "--", os.fspath(path)]).lines)


def check_weights(spec: ModelSpec, source: str, output: Path | None = None) -> WeightsAnswer:
    """Whether a checkpoint file, or published weights by torchvision's name (downloaded), fit the network.

    What fits is written to `output`, if given, as safetensors under the network's own names. Raises ExchangeError.
    """
    options = [] if output is None else ["-o", os.fspath(output)]
    return _ask("weights", spec, [*options, "--", source])


def _ask(module: str, spec: ModelSpec, arguments: list[str]) -> WeightsAnswer:
    """Run `explorer.engine.jobs.<module>` on a spec."""
    try:
        ended = Child(f"explorer.engine.jobs.{module}", spec.to_json(), LONGEST_SECONDS, arguments).ended()
    except ChildError as error:
        raise ExchangeError(f"{module}: {error}") from error
    if ended.code in {DONE, DIFFERS} and ended.output:
        return WeightsAnswer(ended.code == DONE, tuple(ended.output.splitlines()))
    raise ExchangeError(
        ended.complaint or f"{module}: the process ended with exit code {ended.code} and without a word."
    )
