"""The chain of one number, against automatic differentiation and the sum over its ways."""

from math import comb, fsum, isclose

import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.analysis.theory import Chain

chains = st.builds(
    Chain, st.integers(1, 50), st.floats(-0.5, 1.5, allow_subnormal=False), st.floats(0, 1.2, allow_subnormal=False)
)


def close(one: float, other: float, scale: float = 1.0) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12 * max(1.0, scale))


@given(chains)
def test_values_and_gradients_are_those_of_automatic_differentiation(chain: Chain) -> None:
    x = [torch.tensor(1.0, dtype=torch.float64, requires_grad=True)]
    for _ in range(chain.length):
        x.append(chain.factor * x[-1] + chain.weight * x[-1])
    gradients = torch.autograd.grad(x[-1], x)
    assert all(map(close, chain.values, [float(each.detach()) for each in x]))
    assert all(map(close, chain.gradients, map(float, gradients)))
    assert len(chain.gradients) == len(chain.values) == chain.length + 1


@given(chains)
def test_the_ways_sum_to_the_output(chain: Chain) -> None:
    assert close(fsum(chain.ways), chain.values[-1], fsum(map(abs, chain.ways)))


def test_the_numbers_of_the_text() -> None:
    assert isclose(Chain(20, 0.5).values[-1], 1e-6, rel_tol=0.05), "about a millionth"
    assert isclose(Chain(7, 0.5).values[-1], 0.01, rel_tol=0.25), "about a hundredth"
    assert round(Chain(20, 0.5, 1.0).values[-1]) == 3325
    assert Chain(20, 0.0, 1.0).values[-1] == 1
    assert Chain(20, 0.0).values[-1] == 0
    assert Chain(20, 1.0, 1.0).ways == tuple(comb(20, k) for k in range(21))
