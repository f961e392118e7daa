"""A `benchmarks.stepper` as the process that asks it sees it, and its answers in words."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from explorer.jobs.child_process import ONE_THREAD

ROOT = Path(__file__).resolve().parents[1]


class Stepper:
    """One loop in its process, warmed up. RuntimeError where it breaks; its complaint stands above."""

    def __init__(self, which: str, network: str, device: str, images: int) -> None:
        command = [sys.executable, "-m", "benchmarks.stepper", which, network, "--device", device]
        self._process = subprocess.Popen(
            [*command, "--images", str(images)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
        )
        facts = self._hear()
        self.first: list[float] = facts["losses"]
        recorded = {True: ", recorded", False: ", not recorded"} if device == "cuda" else {}
        self.words = f"ours {facts.get('precision', 'fp32')}{recorded.get(facts.get('recorded'), '')}"

    def __enter__(self) -> "Stepper":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    def ask(self, word: str) -> dict[str, Any]:
        """The answer to a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._hear()

    def take(self, count: int) -> dict[str, Any]:
        """Takes steps: `wall` and `processor` seconds, and `losses`."""
        return self.ask(str(count))

    def kernels(self, count: int) -> float:
        """Seconds a step in which the GPU computes."""
        return float(self.ask(f"kernels {count}")["kernels"])

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the loop ended with exit code {self._process.wait()}")
        return dict(json.loads(line))


def told_floor(found: dict[str, Any], step: float) -> str:
    """How far a step is from what no loop around these kernels can beat."""
    arithmetic, convolutions = found["arithmetic"], found["convolutions"]
    by = "the GPU's kernels" if convolutions is None else "forward, backward and update on a batch that is there"
    text = f"  floor: {by} {1000 * arithmetic:.2f} ms, we take {step / arithmetic:.2f} times that"
    if convolutions is not None:
        text += f"; its convolutions alone {1000 * convolutions:.2f} ms ({step / convolutions:.2f} times)"
    return text + (
        f"\n  bytes: at least {found['bytes'] / 1e9:.2f} GB a step, {1000 * found['moving']:.2f} ms"
        f" at the {found['bandwidth'] / 1e9:.0f} GB/s of a copy"
    )


def told_share(ours: float, our_step: float, theirs: float, their_step: float) -> str:
    """In which share of the time the GPU computes."""
    mine, other = 100 * ours / our_step, 100 * theirs / their_step
    return f"  the GPU computes in {mine:.0f} % of the time with ours, in {other:.0f} % with the ordinary loop"
