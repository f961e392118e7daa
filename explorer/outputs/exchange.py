"""Files that only torch can write or read: asked for from a process of its own, so that none is loaded here.

Blocks for some seconds, most of which is torch's start; a page calls it from a button, never in passing.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from explorer.model import ModelSpec

ROOT = Path(__file__).resolve().parents[2]

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
    return "\n".join(_ask("export", spec, [*options, "--", os.fspath(path)]).lines)


def check_weights(spec: ModelSpec, source: str, output: Path | None = None) -> WeightsAnswer:
    """Whether a checkpoint file, or published weights by torchvision's name (downloaded), fit the network.

    What fits is written to `output`, if given, as safetensors under the network's own names. Raises ExchangeError.
    """
    options = [] if output is None else ["-o", os.fspath(output)]
    return _ask("weights", spec, [*options, "--", source])


def _ask(module: str, spec: ModelSpec, arguments: list[str]) -> WeightsAnswer:
    """Run `explorer.engine.<module>` on a spec."""
    path = os.pathsep.join(filter(None, (os.fspath(ROOT), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"explorer.engine.{module}", *arguments],
            input=spec.to_json(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExchangeError(f"{module}: no answer within {LONGEST_SECONDS} seconds.") from error
    if done.returncode in {DONE, DIFFERS} and done.stdout:
        return WeightsAnswer(done.returncode == DONE, tuple(done.stdout.splitlines()))
    reason = done.stderr.strip().splitlines()[-1:] or ["the process ended without a word."]
    raise ExchangeError(reason[0])
