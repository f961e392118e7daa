"""What the tests of the experiments share: a very short training, and the result of an experiment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from explorer.experiments.request_values import QUICK_TRAINING

BRIEF = replace(QUICK_TRAINING, steps=20)

Result = TypeVar("Result")


def finished(work: Iterator[object], kind: type[Result]) -> Result:
    """The last value that an experiment yields."""
    *_, last = work
    assert isinstance(last, kind)
    return last
