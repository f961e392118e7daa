"""The claims on optimisers, learning rates, options and pre-activation, on results that a test can calculate."""

import math

import pytest

from explorer.experiments.catalogue.learning_rates import RatePoint, RatesResult
from explorer.experiments.catalogue.optimisers import OptimiserPoint, OptimisersResult
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.claims import Verdict
from explorer.experiments.claims.optimisers import judge_optimisers, judge_rates
from explorer.experiments.claims.order import LABELS, judge_regularised
from explorer.experiments.claims.shortcuts import OPTIONS, judge_slowest
from explorer.experiments.result import Training
from tests.texts import numbers

HOLDS, FAILS, UNDECIDED = Verdict


def training(label: str, loss: float, error: float = 1.0, seed: int = 0) -> Training:
    diverged = "lost" if math.isinf(loss) else ""
    return Training(label, seed, (), (), math.nan if diverged else loss, error, 1.0, diverged)


@pytest.mark.parametrize(
    ("plain", "verdict"), [((2.0, 1.9), HOLDS), ((2.0, math.inf), HOLDS), ((0.4, 1.9), FAILS), ((2.0,), HOLDS)]
)
def test_the_plain_network_must_be_above_in_every_way(plain: tuple[float, ...], verdict: Verdict) -> None:
    pairs = [(loss, training("plain", loss), training("residual", 0.5)) for loss in plain]
    points = [(name, each) for name, (_, *both) in zip(("sgd", "adam"), pairs, strict=False) for each in both]
    found = judge_optimisers(OptimisersResult(tuple(OptimiserPoint(name, 0.1, each) for name, each in points)))
    assert found.verdict is verdict
    assert numbers(found.numbers)[:2] == [f"{plain[0]:.3g}", "0.5"]
    rates = {"sgd": "0.02", "adam": "0.002"}
    assert judge_rates(RatesResult(tuple(RatePoint(rates[name], each) for name, each in points))).verdict is verdict


def test_a_way_without_its_pair_decides_nothing() -> None:
    alone = OptimisersResult((OptimiserPoint("sgd", 0.1, training("plain", 2.0)),))
    assert judge_optimisers(alone).verdict is UNDECIDED
    assert judge_rates(RatesResult(())).verdict is UNDECIDED


def test_c_must_end_above_a_and_b() -> None:
    def options(a: float, b: float, c: float) -> ShortTrainingResult:
        _, *labels = OPTIONS.values()
        return ShortTrainingResult(tuple(map(training, labels, (a, b, c))))

    assert judge_slowest(options(0.1, 0.2, 0.3)).verdict is HOLDS
    assert judge_slowest(options(0.1, 0.3, 0.2)).verdict is FAILS
    assert numbers(str(judge_slowest(options(0.1, 0.3, 0.2)).numbers))[:3] == ["0.1", "0.3", "0.2"]


@pytest.mark.parametrize(("loss", "error", "verdict"), [(0.2, 4.0, HOLDS), (0.2, 6.0, FAILS), (0.05, 4.0, FAILS)])
def test_regularised_is_a_higher_loss_and_a_lower_error(loss: float, error: float, verdict: Verdict) -> None:
    trainings = training(LABELS["post"], 0.1, 5.0), training(LABELS["preact"], loss, error)
    assert judge_regularised(ShortTrainingResult(trainings)).verdict is verdict
    assert judge_regularised(ShortTrainingResult(trainings[:1])).verdict is UNDECIDED
