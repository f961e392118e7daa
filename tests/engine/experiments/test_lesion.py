"""Damage is exactly what it is said to be, leaves no trace, and hurts plain networks more."""

from collections.abc import Callable
from dataclasses import replace
from statistics import median

import pytest
import torch

from explorer.engine.experiments.blocks import bypassed, parts_of, reordered, without_branches
from explorer.engine.experiments.lesion import NetworkUnderTest, drop_each, drop_several, kendall_tau, lesion, shuffle
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.lesion import LesionResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from tests.engine.experiments.brief import finished


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def outputs(network: torch.nn.Module, parts, images: torch.Tensor) -> list[torch.Tensor]:
    """What leaves every block."""
    found = []
    handles = [part.module.register_forward_hook(lambda _, __, output: found.append(output)) for part in parts]
    with torch.no_grad():
        network(images)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("dropped", [0, 2, 5])
def test_dropping_a_block_changes_exactly_that_block(trained: Callable[..., Trained], images, dropped: int):
    subject = trained(14)
    parts = parts_of(subject.network, subject.spec)
    intact = outputs(subject.network, parts, images)
    with without_branches([parts[dropped]]):
        damaged = outputs(subject.network, parts, images)
    again = outputs(subject.network, parts, images)
    assert all(map(torch.equal, intact, again))
    assert all(map(torch.equal, intact[:dropped], damaged[:dropped]))
    entered = intact[dropped - 1] if dropped else None
    if entered is not None and parts[dropped].keeps_shape:
        assert torch.equal(damaged[dropped], torch.relu(entered))
    assert not torch.equal(damaged[dropped], intact[dropped])


def test_a_bypassed_plain_block_hands_on_its_input(trained: Callable[..., Trained], images):
    subject = trained(14, plain=True)
    parts = parts_of(subject.network, subject.spec)
    intact = outputs(subject.network, parts, images)
    with bypassed([parts[1]]):
        caught = outputs(subject.network, [parts[0], parts[2]], images)
        with torch.no_grad():
            by_hand = parts[2].module(intact[0])
    assert torch.equal(caught[1], by_hand)
    assert torch.equal(subject.network(images), subject.network(images))


def test_swapped_blocks_run_in_the_other_order_and_return(trained: Callable[..., Trained], images):
    subject = trained(20)
    network, parts = subject.network, parts_of(subject.network, subject.spec)
    names = [name for name, _ in network.named_parameters()]
    before = network(images)
    with torch.no_grad():
        with reordered(network, parts, [0, 2, 1, *range(3, 9)]):
            swapped = network(images)
        x = torch.relu(network.bn1(network.conv1(images)))
        for number in (0, 2, 1, *range(3, 9)):
            x = parts[number].module(x)
        by_hand = network.fc(x.mean((2, 3)))
    assert torch.allclose(by_hand, swapped, atol=1e-5)
    assert not torch.equal(swapped, before)
    assert torch.equal(network(images), before)
    assert [name for name, _ in network.named_parameters()] == names


@pytest.mark.parametrize(
    ("order", "tau"), [([0, 1, 2, 3], 1.0), ([3, 2, 1, 0], -1.0), ([1, 0, 2, 3], 4 / 6), ([0], 1.0)]
)
def test_kendall_tau(order: list[int], tau: float):
    assert kendall_tau(order) == pytest.approx(tau)


def test_plain_blocks_that_change_the_shape_stay_and_say_why(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    subject = trained(14, plain=True)
    under_test = network_under_test(subject, trained_networks)
    found = {each.block: each for each in drop_each(under_test)}
    assert {name for name, each in found.items() if each.problem} == {"layer2.0", "layer3.0"}
    assert found["layer2.0"].test_error != found["layer2.0"].test_error
    assert 0 <= found["layer1.1"].test_error <= 100


def network_under_test(subject: Trained, trained_networks: TrainedNetworks) -> NetworkUnderTest:
    parts = parts_of(subject.network, subject.spec)
    return NetworkUnderTest(subject.network, parts, list(trained_networks.batches.test_batches()))


def test_random_lesions_follow_their_seed(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    under_test = network_under_test(trained(20), trained_networks)
    assert list(drop_several(under_test, [2, 99], 3, seed=5)) == list(drop_several(under_test, [2], 3, seed=5))
    first = list(shuffle(under_test, [1, 3], 2, seed=1))
    assert first == list(shuffle(under_test, [1, 3], 2, seed=1))
    assert first != list(shuffle(under_test, [1, 3], 2, seed=2))
    assert under_test.error() == under_test.error_in_order(range(len(under_test.parts)))


@pytest.mark.parametrize("seed", [0, 1])
def test_residual_networks_survive_what_kills_plain_ones(seed: int):
    """Veit 2016, Fig. 3: any block of a plain network is vital, a residual network's later ones are hardly missed."""
    training = replace(QUICK_TRAINING, steps=80, seed=seed)
    subjects = tuple(Subject(str(plain), small_network(14, plain=plain)) for plain in (True, False))
    request = ExperimentRequest("lesion", subjects, training, {"counts": [], "swaps": []})
    plain, residual = finished(lesion(request, TrainedNetworks(training)), LesionResult).networks
    errors = {
        network.label: median(each.test_error for each in network.dropped if not each.problem)
        for network in (plain, residual)
    }
    assert errors["True"] > 60
    assert errors["False"] < 0.7 * errors["True"]
    assert residual.dropped[-1].test_error < 50
