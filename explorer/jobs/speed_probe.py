"""`python -m explorer.jobs.speed_probe`: answers each line with how much work it did in a moment, until its input ends.

The work is what a training does in small: products of small matrices, and calls of an interpreter. The priority is the
computing processes' own, so that the probe gets as much of a busy processor as they would.
"""

import sys
import time

import numpy as np

from explorer.jobs.child_side import Parent, lower_priority

SAMPLE_SECONDS = 0.05
SIDE, PRODUCTS, CALLS = 128, 4, 3000


def unit(matrix: "np.typing.NDArray[np.float32]") -> None:
    """One unit of work, about a third of a millisecond."""
    for _ in range(PRODUCTS):
        matrix @ matrix
    total = 0
    for number in range(CALLS):
        total += number * number


def units_per_second(seconds: float = SAMPLE_SECONDS) -> float:
    """Does units of work for so long, at least one, and returns their number a second by the wall clock."""
    matrix = np.random.default_rng(0).standard_normal((SIDE, SIDE), dtype=np.float32)
    begin, done = time.perf_counter(), 0
    while True:
        unit(matrix)
        done += 1
        spent = time.perf_counter() - begin
        if spent >= seconds:
            return done / spent


def main() -> int:
    """Answers lines until there are no more."""
    parent = Parent()
    lower_priority()
    units_per_second(0.0)
    while parent.receive() is not None:
        parent.send({"rate": units_per_second()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
