"""Short trainings at several learning rates: by the usual loop."""

from dataclasses import replace

from explorer.engine import train
from explorer.engine.experiments.registry import run_experiment
from explorer.experiments.catalogue.learning_rates import RATES, RatesResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.runs.events import Finished
from tests.engine.experiments.brief import BRIEF, finished

SUBJECTS = (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8)))


FEW = ("0.02", "0.002", "0.0005")
"""Without the one whose warm-up takes 50 steps."""


def test_every_rate_trains_by_the_loop_with_its_settings() -> None:
    request = ExperimentRequest("learning_rates", SUBJECTS[1:], replace(BRIEF, steps=4), {"rates": list(FEW)})
    points = finished(run_experiment(request), RatesResult).points
    assert [point.rate for point in points] == list(FEW)
    for point in points:
        *_, last = train(small_network(8), replace(request.training, **RATES[point.rate]))
        assert isinstance(last, Finished)
        assert point.training.train_loss == last.train_loss
    assert len({point.training.train_loss for point in points}) == len(FEW)


def test_every_rate_trains_every_network_seed_by_seed() -> None:
    parameters = {"rates": ["0.002", "0.02"], "seeds": 2}
    request = ExperimentRequest("learning_rates", SUBJECTS, replace(BRIEF, steps=2), parameters)
    whole = finished(run_experiment(request), RatesResult)
    once = [("0.02", "plain"), ("0.02", "residual"), ("0.002", "plain"), ("0.002", "residual")]
    assert [(point.rate, point.training.label) for point in whole.points] == 2 * once
