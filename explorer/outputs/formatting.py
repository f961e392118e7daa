"""Writes numbers as text, in the same way for pages, command line and pictures; a count always names what it counts."""

from collections.abc import Sequence
from math import isfinite

from explorer.model.ops import Shape

THOUSANDS = ("", " k", " M", " G", " T", " P")
BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
TIMES = "×"
SIGNIFICANT = 4
FLOPS = "FLOPs (2 × MACs)"
"""FLOPs are named with the MACs that they are counted from."""


def whole(value: int) -> str:
    """Every digit, in groups of three: `25,557,032`."""
    return f"{value:,}"


def short(value: float) -> str:
    """Four significant digits and a power of a thousand: `4.089 G`, `269.7 k`, `512`."""
    scaled, unit = _scaled(value, 1000, THOUSANDS)
    return f"{scaled:.{_decimals(scaled)}f}{unit}" if unit else f"{scaled:.{SIGNIFICANT}g}"


def macs(value: int) -> str:
    """`4.089 G MACs`."""
    return f"{short(value)} MACs"


def flops(value: int) -> str:
    """FLOPs for a number of MACs, saying so: `8.178 G FLOPs (2 x MACs)`."""
    return f"{short(2 * value)} {FLOPS}"


def parameters(value: int) -> str:
    """`25.56 M parameters`."""
    return f"{short(value)} parameters"


def size(count: int) -> str:
    """Bytes in powers of 1,024: `97.49 MiB`."""
    scaled, unit = _scaled(count, 1024, BINARY)
    return f"{count} B" if unit == "B" else f"{scaled:.{_decimals(scaled)}f} {unit}"


def shape(value: Shape) -> str:
    """`256 × 56 × 56`."""
    return f" {TIMES} ".join(map(whole, value))


def percent(share: float) -> str:
    """A part of a whole, 0 to 1: `12.3 %`; what is there but below 0.05 % is `< 0.1 %`."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def ratio(value: float, base: float) -> str:
    """How many times `base`: `× 1.35`; without a base there is nothing to say: `–`."""
    if not base or not isfinite(value / base):
        return "–"
    return f"{TIMES} {value / base:.3g}"


def seconds(value: float) -> str:
    """A time: `740 µs`, `12.3 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if value < 0.0009995:
        return f"{value * 1e6:.3g} µs"
    if value < 0.9995:
        return f"{value * 1e3:.3g} ms"
    if value < 59.95:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def capitalised(text: str) -> str:
    """The text with a capital at its beginning: a message as a sentence, a label as a heading."""
    return text[:1].upper() + text[1:]


def _scaled(value: float, base: int, units: Sequence[str]) -> tuple[float, str]:
    """The value divided by `base` until it is below it, and the unit for as many divisions."""
    scaled, step = float(value), 0
    while abs(scaled) >= base - 0.05 and step < len(units) - 1:
        scaled, step = scaled / base, step + 1
    return scaled, units[step]


def _decimals(scaled: float) -> int:
    """Digits after the point, for SIGNIFICANT digits in all."""
    return max(SIGNIFICANT - len(str(int(abs(scaled)))), 0)
