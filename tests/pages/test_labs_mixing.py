"""The part on several streams: computed at once, after the prediction, and said as it comes out."""

import pytest

from explorer.analysis.theory.mixing import gains, mixing_matrices
from explorer.ui.labs import mixing
from tests.pages.conftest import Bench
from tests.texts import numbers


def test_the_product_shows_after_the_prediction_alone(bench: Bench) -> None:
    app = bench.open("labs", lab="signal", part="mixing", draws="3", mixings="16")
    assert not app.exception
    assert not app.get("plotly_chart")
    assert not app.dataframe
    app.button(key="predict.mixing.skip").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1
    drawn = mixing.compute(4, 16, 0.2, 20, 3)
    shown = [each.value for each in app.markdown]
    assert all(sentence in shown for sentence in mixing.sentences(drawn))
    assert app.dataframe[0].value.to_dict() == mixing.table(drawn).to_dict()
    ends = sorted(gains(mixing_matrices(4, 16, 0.2, seed))[-1].forward for seed in range(3))
    found = [float(each) for each in numbers(mixing.table(drawn)["Gain forward"][0])]
    assert found == pytest.approx([ends[1], ends[0], ends[2]], rel=0.01)


@pytest.mark.parametrize(("iterations", "says"), [(20, "Yes"), (1, "Not here")])
def test_few_iterations_do_not_balance(iterations: int, says: str) -> None:
    first, *_ = mixing.sentences(mixing.compute(4, 64, 0.3, iterations, 5))
    assert says in first


def test_one_stream_has_no_differences_to_lose() -> None:
    said = list(mixing.sentences(mixing.compute(1, 64, 0.2, 20, 3)))
    assert len(said) == 1


@pytest.mark.parametrize("first", [100, 200, 300])
def test_the_claims_hold_for_draws_that_they_were_not_tuned_on(first: int) -> None:
    for seed in range(first, first + 5):
        matrices = mixing_matrices(4, 64, 0.2, seed)
        assert gains(matrices)[-1].forward > 1.5
        end = gains(mixing.doubly_stochastic(matrices, 20))[-1]
        assert end.forward == pytest.approx(1, abs=1e-9)
        assert end.backward == pytest.approx(1, abs=mixing.NEARLY_ONE)
        assert end.difference < 1e-6
