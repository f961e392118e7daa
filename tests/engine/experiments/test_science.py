"""What the laboratories say of trained networks, over seeds: orderings and orders of magnitude, never a loss."""

from dataclasses import replace
from math import log
from statistics import median

import pytest

from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.depth_sweep import DepthSweepResult
from explorer.experiments.catalogue.landscape import LandscapeResult
from explorer.experiments.catalogue.look_inside import LookInsideResult
from explorer.experiments.catalogue.short_training import ShortTrainingResult
from explorer.experiments.catalogue.signal_and_gradient import SignalNetwork, SignalResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.model import ModelSpec
from tests.engine.experiments.brief import finished

SEEDS = (0, 1)
GUESSING = log(10)


def subjects(**networks: ModelSpec) -> tuple[Subject, ...]:
    return tuple(Subject(label, spec) for label, spec in networks.items())


def pair(depth: int) -> tuple[Subject, ...]:
    return subjects(plain=small_network(depth, plain=True), residual=small_network(depth))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_norms_56_layers_train_only_if_branches_start_at_zero(seed: int):
    """The words of the laboratory of signal and gradient, section `no_norm`."""
    networks = subjects(
        plain=small_network(56, plain=True, norm="none"),
        usual=small_network(56, norm="none"),
        zero=small_network(56, norm="none", zero_init_residual=True),
    )
    training = replace(QUICK_TRAINING, steps=30, seed=seed)
    request = ExperimentRequest("signal_and_gradient", networks, training, {"readings": [0, 30], "images": 32})
    plain, usual, zero = finished(run_experiment(request), SignalResult).networks
    assert plain.readings[0].output_gradient[0] < 1e-4 * plain.readings[0].output_gradient[-1]
    assert abs(plain.readings[-1].loss - GUESSING) < 0.1
    assert usual.readings[0].loss > 4 * GUESSING
    assert usual.training.diverged or is_dead(usual)
    assert not zero.training.diverged
    assert zero.readings[1].loss < zero.readings[0].loss


def is_dead(network: SignalNetwork) -> bool:
    """Whether no gradient reaches the first block any more."""
    return network.readings[-1].output_gradient[0] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_deeper_plain_network_trains_worse_and_a_residual_one_does_not(seed: int):
    """He et al. 2015, Table 6 and Fig. 6, in small."""
    training = replace(QUICK_TRAINING, steps=60, seed=seed)
    request = ExperimentRequest("depth_sweep", (Subject("a", small_network(20)),), training, {"blocks": [1, 5]})
    points = finished(run_experiment(request), DepthSweepResult).points
    loss = {(point.plain, point.depth): point.training.train_loss for point in points}
    assert loss[True, 32] > 2 * loss[True, 8]
    assert loss[True, 32] > 3 * loss[False, 32]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_residual_network_sits_in_a_bowl_and_a_deep_plain_one_on_a_plateau(seed: int):
    training = replace(QUICK_TRAINING, steps=60, seed=seed)
    settings = {"points": 5, "dimensions": 1, "images": 64}
    found = finished(run_experiment(ExperimentRequest("landscape", pair(32), training, settings)), LandscapeResult)
    plain, residual = (network.losses[0] for network in found.networks)
    assert residual[2] < 0.5 * plain[2]
    assert min(residual[0], residual[-1]) / residual[2] > 2 * max(plain[0], plain[-1]) / plain[2]


def test_the_stream_grows_and_a_branch_weighs_ever_less_beside_it():
    """The answer of the laboratory that looks inside, at the median over seeds."""
    settings = {"channels": 1, "seeds": len(SEEDS)}
    training = replace(QUICK_TRAINING, steps=60)
    request = ExperimentRequest("look_inside", subjects(residual=small_network(20)), training, settings)
    networks = finished(run_experiment(request, TrainedNetworks(training)), LookInsideResult).networks
    growth, first, last = [], [], []
    for network in networks:
        views = [{each.name: each.deviation for each in view.tensors} for view in network.blocks]
        growth.append(views[-1]["x"] / views[0]["x"])
        first.append(views[0]["F(x)"] / views[0]["x"])
        last.append(views[-1]["F(x)"] / views[-1]["x"])
    assert median(growth) > 1
    assert median(last) < median(first)


@pytest.mark.parametrize("seed", SEEDS)
def test_halving_x_on_every_shortcut_costs_more_than_leaving_it(seed: int):
    """He et al. 2016, Table 1, in small: identity before scaling and before dropout on the shortcut."""
    networks = subjects(
        identity=small_network(32),
        half=small_network(32, skip="scale", skip_scale=0.5),
        dropout=small_network(32, skip="dropout", skip_dropout=0.5),
    )
    request = ExperimentRequest("short_race", networks, replace(QUICK_TRAINING, steps=60, seed=seed))
    identity, half, dropout = (
        each.train_loss for each in finished(run_experiment(request), ShortTrainingResult).trainings
    )
    assert half > 1.5 * identity
    assert not dropout < 1.5 * identity
