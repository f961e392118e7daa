"""White and brown noise, and cosines by distance, against what is known of them."""

import math
from itertools import pairwise

import pytest

from explorer.analysis.noise import brown_noise, by_distance, cosine, white_noise


def test_cosines_by_distance_are_those_of_the_pairs() -> None:
    row = [(1.0, 0.0), (1.0, 1.0), (0.0, 2.0)]
    one, two = by_distance(row, 2)
    assert one == pytest.approx(math.sqrt(0.5))
    assert two == pytest.approx(0.0)
    assert math.isnan(cosine((0.0, 0.0), (1.0, 1.0)))


def test_white_noise_has_no_memory() -> None:
    assert all(abs(each) < 0.05 for each in white_noise(64, 64, 12, 0).correlations)


def test_brown_noise_remembers_as_a_random_walk_does() -> None:
    """After i and j > i steps two sums share i of them: their correlation is sqrt(i / j)."""
    points, steps = 64, 12
    found = brown_noise(points, 400, steps, 0).correlations
    expected = [
        sum(math.sqrt(i / (i + k)) for i in range(1, points + 1 - k)) / (points - k) for k in range(1, steps + 1)
    ]
    assert found == pytest.approx(expected, abs=0.03)
    assert all(near > far for near, far in pairwise(found))


def test_brown_noise_is_the_sum_of_the_white_one() -> None:
    white, brown = white_noise(20, 3, 2, 7).first, brown_noise(20, 3, 2, 7).first
    assert brown == pytest.approx([sum(white[: place + 1]) for place in range(20)])
