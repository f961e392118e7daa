"""What the tests of the probes share: a training of a moment, and the last word of a probe."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from explorer.experiments.networks import QUICK_TRAINING

BRIEF = replace(QUICK_TRAINING, steps=20)

Result = TypeVar("Result")


def finished(work: Iterator[object], kind: type[Result]) -> Result:
    """The last thing that a probe tells."""
    *_, last = work
    assert isinstance(last, kind)
    return last
