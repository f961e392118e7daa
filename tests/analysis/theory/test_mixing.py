"""Products of mixing matrices against their definition, written out, and against theorems."""

import numpy as np
import pytest

from explorer.analysis.theory import skip_products
from explorer.analysis.theory.mixing import doubly_stochastic, gains, mixing_matrices


@pytest.mark.parametrize("seed", range(3))
def test_doubly_stochastic_matrices_stay_so_and_have_norm_one(seed: int) -> None:
    matrices = doubly_stochastic(mixing_matrices(4, 30, 0.3, seed), 2000)
    product = np.linalg.multi_dot(list(matrices[::-1]))
    for each in (*matrices, product):
        assert each.min() >= 0
        assert each.sum(0) == pytest.approx(1, abs=1e-3)
        assert each.sum(1) == pytest.approx(1, abs=1e-12)
        assert np.linalg.svd(each, compute_uv=False)[0] == pytest.approx(1, abs=1e-3)


def test_one_iteration_by_hand() -> None:
    (found,) = doubly_stochastic(np.array([[[1.0, -3.0], [1.0, 1.0]]]), 1)
    # Columns divided by 2 and 4, then rows by 5/4 and 3/4.
    assert found == pytest.approx(np.array([[0.4, 0.6], [2 / 3, 1 / 3]]))


def test_gains_are_those_of_the_product_written_out() -> None:
    first, second = matrices = np.array([[[1.0, 2.0], [0.0, 1.0]], [[1.0, 0.0], [-3.0, 1.0]]])
    none, one, both = gains(matrices)
    assert (none.count, none.forward, none.backward) == (0, 1.0, 1.0)
    assert (one.forward, one.backward) == (3.0, 3.0)
    # The second matrix is applied after the first: rows (1, 2) and (-3, -5).
    assert (second @ first).tolist() == [[1, 2], [-3, -5]]
    assert (both.forward, both.backward) == (8.0, 7.0)
    # Two streams differ along (1, -1) / sqrt(2) alone.
    apart = np.array([1, -1]) / np.sqrt(2)
    assert both.difference == pytest.approx(abs(apart @ second @ first @ apart))


def test_one_stream_is_the_factor_of_the_shortcut() -> None:
    found = gains(np.full((18, 1, 1), 0.9))
    assert [each.forward for each in found] == pytest.approx(list(skip_products(0.9, 18)))
    assert {each.difference for each in found} == {0.0}
    assert gains(doubly_stochastic(np.full((18, 1, 1), 0.9), 1))[-1].forward == 1.0


def test_averages_make_the_streams_the_same() -> None:
    free, balanced = (
        gains(each)[-1]
        for each in (mixing_matrices(4, 64, 0.2, 0), doubly_stochastic(mixing_matrices(4, 64, 0.2, 0), 20))
    )
    assert balanced.difference < 1e-6 < free.difference
    assert free.forward > 5
    assert balanced.forward == pytest.approx(1, abs=1e-9)
