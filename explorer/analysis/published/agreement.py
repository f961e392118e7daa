"""Does an exact count agree with what a paper prints? Papers round, and sometimes truncate."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

from explorer.language import N_, Sentence

UNITS: dict[str, int] = {"k": 10**3, "M": 10**6, "G": 10**9}

Verdict = Literal["rounds", "truncates", "differs"]
AGREE: Mapping[str, str] = {"rounds": N_("rounds"), "truncates": N_("truncates")}
"""The verdicts of counts that agree, to be translated."""


@dataclass(frozen=True)
class Agreement:
    """A printed figure beside the exact one."""

    printed: str
    exact: int
    verdict: Verdict
    difference: float
    """Printed over exact, minus one: -0.012 where the paper prints 1.2 % less."""

    @property
    def agrees(self) -> bool:
        return self.verdict != "differs"

    @property
    def told(self) -> Sentence:
        """What `str()` says, to be told later."""
        return Sentence(AGREE.get(self.verdict, str(self)))

    def __str__(self) -> str:
        """`rounds`, `truncates`, or the signed difference: `-1.2 %`."""
        return self.verdict if self.agrees else f"{100 * self.difference:+.1f} %"


def agreement(printed: str, exact: int) -> Agreement:
    """Compare a printed figure such as `25.5M` or `~4.1G` with an exact count. ValueError if it is no figure."""
    digits = printed.removeprefix("~")
    unit = UNITS.get(digits[-1:], 1)
    try:
        value = Decimal(digits if unit == 1 else digits[:-1])
    except ArithmeticError as error:
        raise ValueError(f"{printed!r} is not a printed count") from error
    scaled = Decimal(exact) / unit
    return Agreement(printed, exact, _verdict(value, scaled), float(value * unit / exact) - 1)


def _verdict(value: Decimal, scaled: Decimal) -> Verdict:
    if value in {scaled.quantize(value, rule) for rule in (ROUND_HALF_UP, ROUND_HALF_EVEN)}:
        return "rounds"
    return "truncates" if scaled.quantize(value, ROUND_DOWN) == value else "differs"
