"""How the short trainings ended that texts quote: every network with several seeds, computed in several ways.

The rows are in a CSV file beside this one, which `python -m scripts.short_trainings` writes. Processors add in
different orders, so the same seed ends elsewhere on another one; `CONDITIONS` names what was varied on one machine.
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

FILE = "short_trainings.csv"
DEFAULT, SMALL, NO_NORM, ORDERS = "default", "small", "no_norm", "orders"
"""Train's default comparison; the networks of the labs; these without normalisation; these in five orders."""
AS_HERE = "one_thread"
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        AS_HERE: "one thread, as in this app",
        "two_threads": "two threads",
        "avx2": "without the processor's AVX-512 instructions",
    }
)
"""How one machine computes the same training, by the name in the file."""


@dataclass(frozen=True)
class ShortTraining:
    """One training. Losses are mean cross-entropies in nats, the test error is in percent; NaN where it diverged.

    Gradients are norms for the weights of the first layer in a block and of the last, as the Train page draws them.
    """

    study: str
    network: str
    condition: str
    seed: int
    first_loss: float
    """Of the first batch, before the first step."""
    train_loss: float
    """The mean of the last ten steps."""
    test_error: float
    first_gradient: float
    """In the first layer of the first block, before the first step; NaN where gradients were not read."""
    ratio: float
    """That gradient divided by the one of the last layer of the last block."""
    later_low: float
    """The lowest of the ratios that were read after it, every ten steps."""
    later_high: float
    diverged_at: int
    """The step whose loss was not a number or too large; 0 where there was none."""


PARSERS: Mapping[Any, Callable[[str], Any]] = MappingProxyType({each: each for each in (str, int, float)})
"""How a text becomes a field's value, by the field's type."""
COLUMNS = tuple(field.name for field in fields(ShortTraining))


@dataclass(frozen=True)
class Range:
    """The lowest and the highest of some values."""

    low: float
    high: float

    @property
    def text(self) -> str:
        """Two significant digits each: `0.0011 to 0.0062`; one number where both are the same text."""
        low, high = two_digits(self.low), two_digits(self.high)
        return low if low == high else f"{low} to {high}"


@cache
def short_trainings() -> tuple[ShortTraining, ...]:
    """Every training on record."""
    lines = csv.DictReader(files(__package__).joinpath(FILE).read_text(encoding="utf-8").splitlines())
    return tuple(_training(line) for line in lines)


def trainings_of(study: str, network: str = "") -> tuple[ShortTraining, ...]:
    """The trainings of one study, or of one of its networks."""
    return tuple(each for each in short_trainings() if each.study == study and network in ("", each.network))


def range_of(trainings: Sequence[ShortTraining], column: str) -> Range:
    """The range of a column over the trainings that have a number there. Raises ValueError if none has."""
    values = [value for each in trainings if math.isfinite(value := getattr(each, column))]
    return Range(min(values), max(values))


def two_digits(value: float) -> str:
    """A number with two significant digits, without an exponent: `0.0011`, `1.7`, `1,700`."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    return f"{rounded:,.{max(0, 1 - math.floor(math.log10(abs(rounded))))}f}"


def _training(line: Mapping[str, str]) -> ShortTraining:
    return ShortTraining(*(PARSERS[field.type](line[field.name]) for field in fields(ShortTraining)))
