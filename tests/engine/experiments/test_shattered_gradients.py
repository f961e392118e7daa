"""Gradients along a line, against one point at a time and against differences of the score."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.experiments.registry import run_experiment
from explorer.engine.experiments.shattered_gradients import line_ends, line_gradients, settle, shattered_gradients
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.experiments.catalogue.shattered_gradients import MOST_STEPS, ShatteredResult
from explorer.experiments.catalogue.two_inputs import TwoInputsResult
from explorer.experiments.claims.shattered import (
    ALIKE,
    ALIKE_UP_TO,
    ALL_ALIKE_FROM,
    KEPT_UP_TO,
    NEARLY_EQUAL,
    UNRELATED,
    gradients_plan,
    inputs_plan,
    neighbours,
)
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

POINTS = 14


def with_statistics_of(network: nn.Module, images: Tensor) -> nn.Module:
    """The network in evaluation mode, with mean and variance of what enters each norm set by hand."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    entered: dict[nn.Module, Tensor] = {}
    for norm in norms:
        norm.register_forward_pre_hook(lambda norm, inputs: entered.update({norm: inputs[0]}))
    network.train()(images)
    for norm in norms:
        values = entered[norm].transpose(0, 1).flatten(1)
        norm.running_mean.copy_(values.mean(1))
        norm.running_var.copy_(values.var(1))
    return network.eval()


def cosine(one: list[float], other: list[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))


@pytest.mark.parametrize("plain", [True, False])
def test_numbers_are_those_of_one_point_at_a_time(trained_networks: TrainedNetworks, plain: bool) -> None:
    spec = small_network(8, plain=plain)
    parameters = {"points": POINTS, "lines": 2}
    request = ExperimentRequest("shattered_gradients", (Subject("a", spec),), BRIEF, parameters)
    (found,) = finished(shattered_gradients(request, trained_networks), ShatteredResult).networks

    images, labels = trained_networks.images(128)
    with torch.no_grad():
        network = with_statistics_of(trained_networks.fresh(spec), images)
    rows = []
    for start in (0, 32):
        end = next(place for place in range(start + 1, 128) if labels[place] != labels[start])
        gradients = []
        for point in range(POINTS):
            one = images[start : start + 1] + (images[end] - images[start]) * (point / (POINTS - 1))
            one.requires_grad_()
            network(one)[0, labels[end]].backward()
            gradients.append(one.grad.flatten().tolist())
        rows.append((gradients, (images[end] - images[start]).flatten().tolist()))

    for steps in range(1, MOST_STEPS + 1):
        pairs = [cosine(row[i], row[i + steps]) for row, _ in rows for i in range(POINTS - steps)]
        assert found.correlations[steps - 1] == pytest.approx(sum(pairs) / len(pairs), abs=2e-4)
    first, way = rows[0]
    slope = [sum(a * b for a, b in zip(each, way, strict=True)) for each in first]
    assert found.slope == pytest.approx(slope, rel=1e-3, abs=1e-4)
    squares = [sum(value * value for value in each) for row, _ in rows for each in row]
    assert found.norm == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=1e-3)
    assert (found.depth, found.pixels) == (8, 64)


def test_a_gradient_is_the_difference_of_the_score(trained_networks: TrainedNetworks) -> None:
    """In double precision, between two points that are near each other."""
    images, _ = trained_networks.images(32)
    network = trained_networks.fresh(small_network(8))
    settle(network, images)
    network, first, last = network.double(), images[0].double(), images[1].double()
    (gradient, *_) = line_gradients(network, first, last, 2, 3)
    step = 1e-6 * (last - first)
    with torch.no_grad():
        change = network((first + step)[None])[0, 3] - network((first - step)[None])[0, 3]
    assert float(gradient.double() @ step.flatten()) == pytest.approx(float(change) / 2, rel=1e-4)


def test_lines_join_two_classes() -> None:
    assert line_ends(torch.tensor([0, 0, 1, 1, 0, 2, 2, 1]), 2) == [(0, 2), (2, 4)]
    assert line_ends(torch.zeros(8), 2) == []


def test_a_dead_network_has_no_correlation(trained_networks: TrainedNetworks) -> None:
    network = trained_networks.fresh(small_network(8, norm="none"))
    for parameter in network.parameters():
        parameter.data.zero_()
    trained_networks = replace_fresh(trained_networks, network)
    request = ExperimentRequest(
        "shattered_gradients", (Subject("a", small_network(8, norm="none")),), BRIEF, {"points": POINTS, "lines": 1}
    )
    (found,) = finished(shattered_gradients(request, trained_networks), ShatteredResult).networks
    assert all(math.isnan(each) for each in found.correlations)
    assert found.norm == 0


def replace_fresh(networks: TrainedNetworks, network: nn.Module) -> TrainedNetworks:
    """As `networks`, but every untrained network is this one."""
    other = TrainedNetworks(networks.settings)
    other.fresh = lambda spec, seed=None: network  # type: ignore[method-assign]
    return other


@pytest.mark.parametrize("seed", [11, 12])
def test_the_plain_networks_gradients_are_shattered_and_the_residual_ones_are_not(seed: int) -> None:
    """Balduzzi 2017, with seeds that the lab's default does not use."""
    training = replace(QUICK_TRAINING, seed=seed)
    subjects = (Subject("plain", small_network(56, plain=True)), Subject("residual", small_network(56)))
    request = ExperimentRequest("shattered_gradients", subjects, training, {"lines": 1})
    plain, residual = finished(shattered_gradients(request, TrainedNetworks(training)), ShatteredResult).networks
    assert abs(plain.correlations[0]) < 0.15
    assert residual.correlations[0] > 0.5
    assert plain.norm > 0.01


@pytest.mark.parametrize("dataset", ["digits", "gratings"])
def test_the_answers_of_the_questions_are_what_is_measured(dataset: str) -> None:
    """At the depths around each change, with seeds that the pages do not use."""
    for points, (nearly_equal, half_alike) in ALIKE_UP_TO.items():
        plan = gradients_plan(("plain",), (1, 2, 3, 5), dataset, points=points, seeds=2)
        request = plan.request(small_network(20))
        request = replace(request, training=replace(request.training, seed=11))
        found = {each.depth: neighbours(each) for each in finished(run_experiment(request), ShatteredResult).networks}
        assert {depth for depth, cosine in found.items() if cosine > NEARLY_EQUAL} == {
            depth for depth in found if depth <= nearly_equal
        }
        assert {depth for depth, cosine in found.items() if cosine > UNRELATED} == {
            depth for depth in found if depth <= half_alike
        }


@pytest.mark.parametrize("dataset", ["digits", "gratings"])
@pytest.mark.parametrize(("norm", "depths"), [("batch", (14, 20, 50)), ("none", (20, 50))])
def test_the_answers_on_two_inputs_are_what_is_measured(dataset: str, norm: str, depths: tuple[int, ...]) -> None:
    for depth in depths:
        request = inputs_plan(("plain",), norm, dataset, seeds=2).request(small_network(depth))
        request = replace(request, training=replace(request.training, seed=11))
        for each in finished(run_experiment(request), TwoInputsResult).networks:
            above = (each.near[-1] > ALIKE, each.far[-1] > ALIKE)
            assert above == ((norm == "none" or depth <= KEPT_UP_TO), norm == "none" and depth >= ALL_ALIKE_FROM)
