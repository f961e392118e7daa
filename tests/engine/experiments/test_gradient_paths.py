"""Gradient over chosen paths, against chains of modules written out by hand."""

from collections.abc import Callable
from dataclasses import replace
from math import comb

import pytest
import torch

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.gradient_paths import gradient_by_length, gradient_paths, sampling, with_shares
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.gradient_paths import PathLength, PathResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

NAN = float("nan")


def test_all_paths_together_are_the_gradient(trained_networks: TrainedNetworks):
    """Without what follows the sums, gradient is linear over the paths: 2^3 of them add up to the whole."""
    spec = small_network(8, activation_order="preact", norm="none")
    network = trained_networks.fresh(spec)
    parts = parts_of(network, spec)
    images, labels = trained_networks.images(16)
    entered = []
    handle = parts[0].module.register_forward_pre_hook(lambda _, inputs: entered.append(inputs[0]))
    loss = torch.nn.functional.cross_entropy(network(images), labels)
    handle.remove()
    (whole,) = torch.autograd.grad(loss, entered[0])
    total = torch.zeros_like(whole)
    with sampling(network, parts, images, labels) as sampler:
        for number in range(2**3):
            for place, way in enumerate(sampler.ways):
                way[0] = bool(number >> place & 1)
            (one,) = torch.autograd.grad(sampler.loss, sampler.entered, retain_graph=True)
            total += one
    assert torch.allclose(total, whole, rtol=1e-4, atol=1e-8)


def test_a_network_with_its_statistics_is_left_alone(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    subject = trained(14)
    before = {name: each.clone() for name, each in subject.network.state_dict().items()}
    with sampling(subject.network, parts_of(subject.network, subject.spec), *trained_networks.images(16)) as sampler:
        sampler.gradient([0, 2])
    assert all(torch.equal(each, before[name]) for name, each in subject.network.state_dict().items())
    assert not subject.network.training


def test_lengths_are_sampled_no_more_often_than_there_are_paths(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    subject = trained(14)
    with sampling(subject.network, parts_of(subject.network, subject.spec), *trained_networks.images(16)) as sampler:
        found = list(gradient_by_length(sampler, samples=2, seed=0))
        again = list(gradient_by_length(sampler, samples=2, seed=0))
    assert [(each.length, each.paths) for each in found] == [(k, comb(6, k)) for k in range(7)]
    assert [each.gradient for each in found] == [each.gradient for each in again]
    assert found[0].lowest == found[0].highest
    assert sum(each.paths for each in found) == 2**6


def test_shares_weigh_gradient_with_the_number_of_paths():
    lengths = [PathLength(0, 1, 3.0, 3.0, 3.0, NAN), PathLength(1, 2, 0.5, 0.5, 0.5, NAN)]
    assert [each.share for each in with_shares(lengths)] == [0.75, 0.25]
    large = [PathLength(0, 1, 0.0, 0.0, 0.0, NAN), PathLength(1, 10**400, 1e-300, 0.0, 0.0, NAN)]
    assert [each.share for each in with_shares(large)] == [0.0, 1.0]


def test_a_plain_network_has_no_lengths(trained_networks: TrainedNetworks):
    subjects = (Subject("plain", small_network(8, plain=True)),)
    request = ExperimentRequest("gradient_paths", subjects, BRIEF, {"images": 16})
    (network,) = finished(gradient_paths(request, trained_networks), PathResult).networks
    assert (network.blocks, network.lengths) == (0, ())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradient_comes_over_short_paths(seed: int):
    """Veit 2016, Fig. 6: it falls with length, so what counts is shorter than the binomial's middle. At the start."""
    training = replace(QUICK_TRAINING, seed=seed)
    subject = Subject("a", small_network(56))
    request = ExperimentRequest("gradient_paths", (subject,), training, {"samples": 1, "images": 16, "trained": False})
    (network,) = finished(gradient_paths(request, TrainedNetworks(training)), PathResult).networks
    assert network.lengths[20].gradient < 0.1 * network.lengths[2].gradient
    mean = sum(each.length * each.share for each in network.lengths)
    assert mean < network.blocks / 2
