"""Exponentials and powers are told apart, and the cosine of a wide ReLU network is the known one."""

import math

import pytest

from explorer.analysis.decay import fitted_decay, relu_cosine, wide_plain_cosines


def test_an_exponential_and_a_power_are_found() -> None:
    exponential = fitted_decay([0.8 * math.exp(-0.1 * block) for block in range(1, 20)], 0.05)
    assert exponential is not None
    assert exponential.rate == pytest.approx(-0.1)
    assert exponential.exponential == pytest.approx(1)
    assert exponential.is_exponential
    power = fitted_decay([0.8 * block**-0.5 for block in range(1, 20)], 0.05)
    assert power is not None
    assert power.exponent == pytest.approx(-0.5)
    assert power.polynomial == pytest.approx(1)
    assert not power.is_exponential


def test_what_lies_below_the_floor_is_not_fitted() -> None:
    clean = [0.8 * math.exp(-0.5 * block) for block in range(1, 6)]
    assert fitted_decay([*clean, 0.01, 0.3, -0.2], 0.05) == fitted_decay(clean, 0.05)
    assert fitted_decay([0.5, 0.4, 0.3, 0.01], 0.05) is None
    assert fitted_decay([0.5] * 10, 0.05) is None


def test_one_relu_layer() -> None:
    """Of two Gaussian numbers with correlation c, the mean of the product of their positive parts, in numbers."""
    for cosine in (-0.5, 0.0, 0.3, 0.9):
        angle = math.acos(cosine)
        # The plane of both inputs, cut into small angles: a product of two positive parts, divided by that for c = 1.
        steps = [2 * math.pi * step / 20_000 for step in range(20_000)]
        product = sum(max(0.0, math.cos(at)) * max(0.0, math.cos(at - angle)) for at in steps)
        own = sum(max(0.0, math.cos(at)) ** 2 for at in steps)
        assert relu_cosine(cosine) == pytest.approx(product / own, abs=1e-6)


def test_a_wide_plain_relu_network_approaches_1_as_a_power_as_the_text_says() -> None:
    blocks = 5000
    layers = 2 * blocks + 1
    cosines = wide_plain_cosines(0.2, blocks)
    assert cosines[0] == 0.2
    assert cosines[1] == relu_cosine(relu_cosine(relu_cosine(0.2)))
    assert (1 - cosines[-1]) * layers**2 == pytest.approx(9 * math.pi**2 / 2, rel=0.02)
