"""The stops of sliders: every number where numbers are small, a few per doubling where they are large."""

from collections.abc import Iterable, Sequence

FINE = 32
"""Up to here every whole number is a stop."""
PER_DOUBLING = 4


def stops(low: int, high: int, current: Iterable[int] = ()) -> list[int]:
    """Whole numbers from `low` to `high`, both included, and the `current` ones wherever they lie."""
    found = {low, high, *current}
    found |= set(range(low, min(high, FINE) + 1))
    octave = FINE
    while octave <= high:
        found |= {octave + octave * quarter // PER_DOUBLING for quarter in range(PER_DOUBLING)}
        octave *= 2
    return sorted(number for number in found if low <= number <= high)


def roomy(kind_low: int, kind_high: int, values: Sequence[int], least: int) -> list[int]:
    """Stops up to twice the present values, at least up to `least`, so that a slider does not have thousands."""
    top = min(kind_high, max(least, *(2 * value for value in values)))
    return stops(kind_low, top, values)


def extended(values: Sequence[int], count: int, high: int) -> list[int]:
    """The list cut or continued to `count` entries: doubling where it doubled last, else repeating, up to `high`."""
    longer = list(values[:count])
    while len(longer) < count:
        doubles = len(longer) > 1 and longer[-1] == 2 * longer[-2]
        longer.append(min(high, longer[-1] * (2 if doubles else 1)))
    return longer
