"""Numbers to words, at the edges where rounding changes the unit."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.outputs import formatting

CASES: list[tuple[Callable[..., str], tuple[Any, ...], str]] = [
    (formatting.whole, (25_557_032,), "25,557,032"),
    (formatting.short, (0,), "0"),
    (formatting.short, (512,), "512"),
    (formatting.short, (999,), "999"),
    (formatting.short, (1_000,), "1.000 k"),
    (formatting.short, (269_722,), "269.7 k"),
    (formatting.short, (999_949,), "999.9 k"),
    (formatting.short, (999_950,), "1.000 M"),
    (formatting.short, (4_089_184_256,), "4.089 G"),
    (formatting.short, (-1_500,), "-1.500 k"),
    (formatting.macs, (4_089_184_256,), "4.089 G MACs"),
    (formatting.flops, (4_089_184_256,), "8.178 G FLOPs (2 × MACs)"),
    (formatting.parameters, (25_557_032,), "25.56 M parameters"),
    (formatting.size, (0,), "0 B"),
    (formatting.size, (1_023,), "1023 B"),
    (formatting.size, (1_024,), "1.000 KiB"),
    (formatting.size, (102_228_128,), "97.49 MiB"),
    (formatting.size, (1_048_575,), "1.000 MiB"),
    (formatting.shape, ((2048, 7, 7),), "2,048 × 7 × 7"),
    (formatting.shape, ((1000,),), "1,000"),
    (formatting.percent, (0.1234,), "12.3 %"),
    (formatting.percent, (0.0,), "0.0 %"),
    (formatting.percent, (0.0001,), "< 0.1 %"),
    (formatting.ratio, (27, 20), "× 1.35"),
    (formatting.ratio, (1, 0), "–"),
    (formatting.seconds, (0.00074,), "740 µs"),
    (formatting.seconds, (0.0123,), "12.3 ms"),
    (formatting.seconds, (4.2,), "4.2 s"),
    (formatting.seconds, (200,), "3 min 20 s"),
    (formatting.seconds, (7500,), "2 h 5 min"),
]


@pytest.mark.parametrize(("function", "given", "expected"), CASES, ids=[case[2] for case in CASES])
def test_words(function: Callable[..., str], given: tuple[Any, ...], expected: str):
    assert function(*given) == expected


UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


@given(st.integers(0, 10**17))
def test_short_can_be_read_back_to_four_digits(value: int):
    digits, _, unit = formatting.short(value).partition(" ")
    assert float(digits) * UNITS[unit] == pytest.approx(value, rel=6e-4)
    assert unit == "P" or float(digits) < 1000


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.00099949, "999 µs"), (0.0009996, "1 ms"), (0.9996, "1.0 s"), (59.96, "1 min 0 s"), (3599.7, "1 h 0 min")],
)
def test_times_round_into_the_next_unit(value: float, expected: str):
    assert formatting.seconds(value) == expected


@given(st.floats(0, 1e6, allow_nan=False))
def test_no_time_needs_an_exponent_or_sixty_of_anything(value: float):
    words = formatting.seconds(value).split()
    assert not any(word.startswith("60") and unit in {"s", "min"} for word, unit in pairwise(words))
    assert "e+" not in "".join(words)
