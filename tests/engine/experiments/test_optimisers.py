"""The experiment that trains with several optimisers: by the usual loop, at each one's own rate."""

from dataclasses import replace

import pytest

from explorer.engine import train
from explorer.engine.experiments.registry import run_experiment
from explorer.experiments.catalogue.optimisers import USUAL_RATES, OptimisersResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.runs.events import Finished
from tests.engine.experiments.brief import BRIEF, finished

SUBJECTS = (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8)))


def test_each_optimiser_trains_by_the_loop_at_its_rate_times_the_factor() -> None:
    request = ExperimentRequest("optimisers", SUBJECTS[1:], replace(BRIEF, steps=10), {"rate_factor": 0.5})
    points = finished(run_experiment(request), OptimisersResult).points
    assert [point.optimiser for point in points] == list(USUAL_RATES)
    for point in points:
        settings = replace(request.training, optimiser=point.optimiser, learning_rate=USUAL_RATES[point.optimiser] / 2)
        *_, last = train(small_network(8), settings)
        assert isinstance(last, Finished)
        assert (point.rate, point.training.train_loss) == (settings.learning_rate, last.train_loss)
    assert len({point.training.train_loss for point in points}) == 3


def test_every_optimiser_trains_every_network_seed_by_seed() -> None:
    parameters = {"optimisers": ["adam", "sgd"], "seeds": 2}
    request = ExperimentRequest("optimisers", SUBJECTS, replace(BRIEF, steps=5), parameters)
    whole = finished(run_experiment(request), OptimisersResult)
    once = [("sgd", "plain"), ("sgd", "residual"), ("adam", "plain"), ("adam", "residual")]
    assert [(point.optimiser, point.training.label) for point in whole.points] == 2 * once


@pytest.mark.slow
def test_no_optimiser_takes_the_place_of_the_shortcuts() -> None:
    """The lab's default at half of its steps, with a seed by which it was not chosen."""
    networks = (Subject("plain", small_network(56, plain=True)), Subject("residual", small_network(56)))
    request = ExperimentRequest("optimisers", networks, replace(QUICK_TRAINING, steps=30, seed=11))
    found = finished(run_experiment(request), OptimisersResult).points
    losses = {(point.optimiser, point.training.label): point.training.train_loss for point in found}
    assert all(losses[name, "residual"] < 0.8 * losses[name, "plain"] for name in USUAL_RATES)
