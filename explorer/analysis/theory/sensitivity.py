"""The residual as a magnifying glass: a small change of the output is a large change of what the branch must give.

The example of the notes: 5 is mapped to 5.1, and then to 5.2. The output moves by 2 %, the residual, 0.1 and then 0.2,
by 100 %.
"""

from typing import NamedTuple


class Sensitivity(NamedTuple):
    """H(x) before and after a change, F(x) = H(x) - x likewise, and both changes relative to what was there.

    A relative change of something that was 0 is infinite, or 0 where nothing changed.
    """

    output: float
    new_output: float
    residual: float
    new_residual: float
    output_change: float
    residual_change: float


def sensitivity(x: float, output: float, new_output: float) -> Sensitivity:
    """By what share output and residual move when the wanted output for the input `x` does."""
    residual, new_residual = output - x, new_output - x
    change = new_output - output
    return Sensitivity(
        output, new_output, residual, new_residual, _relative(change, output), _relative(change, residual)
    )


def _relative(change: float, before: float) -> float:
    if change == 0:
        return 0.0
    return abs(change / before) if before else float("inf")
