"""The part on several streams: computed at once, after the prediction, and said as it comes out."""

import pytest

from explorer.analysis.theory.mixing import doubly_stochastic, gains, mixing_matrices
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.mixing import MIXING_CLAIM, NEARLY_ONE, judge_mixing, mixed
from explorer.ui.labs import mixing
from explorer.ui.labs.shared.claims import claim_lines
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
    drawn = mixed(range(3), 4, 16, 0.2, 20)
    shown = [each.value for each in app.markdown]
    assert mixing.difference_sentence(drawn) in shown
    assert claim_lines(MIXING_CLAIM, judge_mixing(drawn)) in shown
    assert app.dataframe[0].value.to_dict() == mixing.table(drawn).to_dict()
    ends = sorted(gains(mixing_matrices(4, 16, 0.2, seed))[-1].forward for seed in range(3))
    found = [float(each) for each in numbers(mixing.table(drawn)["Gain forward"][0])]
    assert found == pytest.approx([ends[1], ends[0], ends[2]], rel=0.01)


@pytest.mark.parametrize(("iterations", "verdict"), [(20, Verdict.HOLDS), (1, Verdict.FAILS)])
def test_few_iterations_do_not_balance(iterations: int, verdict: Verdict) -> None:
    assert judge_mixing(mixed(range(5), spread=0.3, iterations=iterations)).verdict is verdict


def test_one_stream_has_no_differences_to_lose() -> None:
    assert mixing.difference_sentence(mixed(range(3), streams=1)) == ""


@pytest.mark.parametrize("first", [100, 200, 300])
def test_the_claims_hold_for_draws_that_they_were_not_tuned_on(first: int) -> None:
    for seed in range(first, first + 5):
        matrices = mixing_matrices(4, 64, 0.2, seed)
        assert gains(matrices)[-1].forward > 1.5
        end = gains(doubly_stochastic(matrices, 20))[-1]
        assert end.forward == pytest.approx(1, abs=1e-9)
        assert end.backward == pytest.approx(1, abs=NEARLY_ONE)
        assert end.difference < 1e-6
