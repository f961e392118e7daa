"""Cosines of two inputs after each block, against blocks called one by one and pairs taken one by one."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest
import torch
from torch import Tensor, nn

from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.experiments.two_inputs import pair_cosines, two_inputs, with_noise
from explorer.experiments.catalogue.two_inputs import TwoInputsResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

IMAGES = 12


def streams(network: nn.Module, images: Tensor) -> Iterator[Tensor]:
    """The images, and the stream after each block."""
    yield images
    stream = network.conv1(images)
    stream = torch.relu(network.bn1(stream) if hasattr(network, "bn1") else stream)
    for stage in (network.layer1, network.layer2, network.layer3):
        for block in stage:
            stream = block(stream)
            yield stream


def cosine(one: Tensor, other: Tensor) -> float:
    a, b = one.flatten().tolist(), other.flatten().tolist()
    product = sum(x * y for x, y in zip(a, b, strict=True))
    return product / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_numbers_are_those_of_one_pair_at_a_time(trained_networks: TrainedNetworks, plain: bool, norm: str) -> None:
    spec = small_network(8, plain=plain, norm=norm)
    request = ExperimentRequest("two_inputs", (Subject("a", spec),), BRIEF, {"images": IMAGES, "noise": 0.2})
    (found,) = finished(two_inputs(request, trained_networks), TwoInputsResult).networks

    images, labels = trained_networks.images(IMAGES)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    network = trained_networks.fresh(spec).train()
    with torch.no_grad():
        together = list(streams(network, torch.cat([images, images + 0.2 * noise])))
    assert len(found.near) == len(found.far) == len(together) == 4
    for place, values in enumerate(together):
        near = [cosine(values[i], values[i + IMAGES]) for i in range(IMAGES)]
        far = [cosine(values[i], values[j]) for i, j in permutations(range(IMAGES), 2) if labels[i] != labels[j]]
        assert found.near[place] == pytest.approx(sum(near) / len(near), abs=1e-5)
        assert found.far[place] == pytest.approx(sum(far) / len(far), abs=1e-5)
        assert found.differences[place] == found.near[place] - found.far[place]


def test_a_network_is_left_as_it_was(trained_networks: TrainedNetworks) -> None:
    network = trained_networks.fresh(small_network(8))
    before = {name: each.clone() for name, each in network.state_dict().items()}
    other = TrainedNetworks(trained_networks.settings)
    other.fresh = lambda spec, seed=None: network  # type: ignore[method-assign]
    request = ExperimentRequest("two_inputs", (Subject("a", small_network(8)),), BRIEF, {"images": IMAGES})
    finished(two_inputs(request, other), TwoInputsResult)
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())


def test_an_empty_stream_has_no_cosine() -> None:
    near, far = pair_cosines(torch.zeros(4, 3), torch.tensor([0, 1]))
    assert math.isnan(near)
    assert math.isnan(far)


def test_noise_has_the_size_that_is_asked_for() -> None:
    added = with_noise(torch.zeros(50, 1, 8, 8), 0.3)
    assert float(added.std()) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_plain_network_forgets_which_inputs_are_close_and_the_residual_one_does_not(seed: int) -> None:
    """With seeds that the lab's default does not use."""
    training = replace(QUICK_TRAINING, seed=seed)
    subjects = (Subject("plain", small_network(50, plain=True)), Subject("residual", small_network(50)))
    request = ExperimentRequest("two_inputs", subjects, training)
    plain, residual = finished(two_inputs(request, TrainedNetworks(training)), TwoInputsResult).networks
    assert plain.near[0] > 0.99
    assert abs(plain.differences[-1]) < 0.15 * plain.differences[1]
    assert residual.differences[-1] > 0.35 * residual.differences[1]
    assert plain.near[-1] < 0.9 > plain.far[-1]


@pytest.mark.parametrize("seed", [11, 12])
def test_without_norm_all_inputs_become_alike(seed: int) -> None:
    training = replace(QUICK_TRAINING, seed=seed)
    subjects = (
        Subject("plain", small_network(50, plain=True, norm="none")),
        Subject("residual", small_network(50, norm="none")),
    )
    request = ExperimentRequest("two_inputs", subjects, training)
    for network in finished(two_inputs(request, TrainedNetworks(training)), TwoInputsResult).networks:
        assert network.far[0] < 0.6
        assert min(network.near[-1], network.far[-1]) > 0.9
