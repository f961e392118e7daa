"""Lambda products, signal and gradient: measured in torch against the equations."""

from collections.abc import Callable

import pytest
import torch

from explorer.engine import build_module
from explorer.engine.experiments.blocks import parts_of, without_branches
from explorer.engine.experiments.shortcut_products import identity_chains, lambda_sweep, measure_chain
from explorer.engine.experiments.signal import read_signal, signal_and_gradient
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.lambda_sweep import LambdaResult
from explorer.experiments.catalogue.signal_and_gradient import SignalResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from tests.engine.experiments.brief import BRIEF, finished

FACTORS = (0.5, 0.9, 1.0, 1.3)


@pytest.fixture
def batch(trained_networks: TrainedNetworks) -> tuple[torch.Tensor, torch.Tensor]:
    return trained_networks.images(32)


@pytest.mark.parametrize("factor", FACTORS)
def test_silenced_shortcuts_carry_the_product_forward_and_backward(
    factor: float, batch, trained_networks: TrainedNetworks
):
    """He 2016, section 3, Eqns. 7 and 8: exact where nothing follows the sum."""
    spec = small_network(26, activation_order="preact", skip="scale", skip_scale=factor)
    network = trained_networks.fresh(spec)
    chains = identity_chains(parts_of(network, spec))
    assert [(chain[0].path, len(chain)) for chain in chains] == [("layer1.1", 3), ("layer2.1", 3), ("layer3.1", 3)]
    for chain in chains:
        found = measure_chain(network, chain, *batch)
        assert found.signal == pytest.approx(factor**3, rel=1e-5)
        assert found.gradient == pytest.approx(factor**3, rel=1e-5)


def test_a_relu_after_the_sum_stops_gradient_but_lets_the_signal_pass(batch, trained_networks: TrainedNetworks):
    spec = small_network(26, skip="scale", skip_scale=0.8)
    network = trained_networks.fresh(spec)
    found = measure_chain(network, identity_chains(parts_of(network, spec))[0], *batch)
    assert found.signal == pytest.approx(0.8**3, rel=1e-5)
    assert 0 < found.gradient < 0.8**3


def test_unsilenced_branches_change_the_gradient(batch, trained_networks: TrainedNetworks):
    spec = small_network(26, activation_order="preact", skip="scale", skip_scale=0.5)
    network = trained_networks.fresh(spec)
    found = measure_chain(network, identity_chains(parts_of(network, spec))[0], *batch)
    assert found.gradient_with_branches > 2 * found.gradient


def test_a_plain_network_has_no_chain(trained_networks: TrainedNetworks):
    spec = small_network(20, plain=True)
    assert identity_chains(parts_of(trained_networks.fresh(spec), spec)) == []


def test_a_reading_agrees_with_autograd_by_hand(batch, trained_networks: TrainedNetworks):
    spec = small_network(14)
    network = trained_networks.fresh(spec)
    parts = parts_of(network, spec)
    before = {name: each.clone() for name, each in network.state_dict().items()}
    found = read_signal(network, parts, *batch)
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())
    assert all(each.grad is None for each in network.parameters())

    network.train()
    loss = torch.nn.functional.cross_entropy(network(batch[0]), batch[1])
    loss.backward()
    assert found.loss == pytest.approx(loss.item(), rel=1e-6)
    for part, norm in zip(parts, found.weight_gradient, strict=True):
        whole = torch.cat([each.grad.flatten() for each in part.module.parameters()]).norm().item()
        assert norm == pytest.approx(whole, rel=1e-4)


def test_branch_and_stream_are_measured_where_they_meet(batch, trained_networks: TrainedNetworks):
    spec = small_network(8)
    network = trained_networks.fresh(spec)
    parts = parts_of(network, spec)
    found = read_signal(network, parts, *batch)
    caught = {}
    handle = parts[1].add.register_forward_pre_hook(lambda _, inputs: caught.update(f=inputs[0], h=inputs[1]))
    network.train()
    network(batch[0])
    handle.remove()
    assert found.branch_mean_square[1] == pytest.approx(caught["f"].square().mean().item(), rel=1e-5)
    assert found.ratio[1] == pytest.approx((caught["f"].std() / caught["h"].std()).item(), rel=1e-5)


def test_without_normalisation_a_plain_signal_dies_and_a_residual_one_does_not(
    batch, trained_networks: TrainedNetworks
):
    for seed in range(3):
        depths = {}
        for plain in (True, False):
            spec = small_network(56, plain=plain, norm="none")
            torch.manual_seed(seed)
            network = build_module(spec)
            found = read_signal(network, parts_of(network, spec), *batch)
            depths[plain] = found.stream_deviation[-1] / found.stream_deviation[0]
        assert depths[True] < 0.01
        assert depths[False] > 1


def test_batch_normed_plain_gradients_explode_backwards_at_the_start(batch, trained_networks: TrainedNetworks):
    """Not vanishing: He 2015, section 4.1; the first block's gradient is hundreds of times the last's."""
    for seed in range(3):
        ratio = {}
        for plain in (True, False):
            spec = small_network(56, plain=plain)
            torch.manual_seed(seed)
            network = build_module(spec)
            norms = read_signal(network, parts_of(network, spec), *batch).weight_gradient
            ratio[plain] = norms[0] / norms[-1]
        assert ratio[True] > 100
        assert ratio[True] > 20 * ratio[False]


def test_readings_are_taken_at_the_steps_asked_for(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "signal_and_gradient",
        (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8))),
        BRIEF,
        {"readings": [0, 7, 20, 99]},
    )
    result = finished(signal_and_gradient(request, trained_networks), SignalResult)
    assert [network.label for network in result.networks] == ["plain", "residual"]
    assert [[reading.step for reading in network.readings] for network in result.networks] == [[0, 7, 20]] * 2
    assert [reading.loss for reading in result.networks[1].readings] == sorted(
        (reading.loss for reading in result.networks[1].readings), reverse=True
    )


def test_looking_on_does_not_disturb_training(trained_networks: TrainedNetworks, trained: Callable[..., Trained]):
    request = ExperimentRequest(
        "signal_and_gradient", (Subject("a", small_network(8)),), BRIEF, {"readings": [0, 3, 10], "images": 32}
    )
    watched = finished(signal_and_gradient(request, trained_networks), SignalResult).networks[0].training
    assert watched.losses == trained(8).training.losses


def test_the_sweep_says_product_measurement_and_outcome(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "lambda_sweep", (Subject("a", small_network(14)),), BRIEF, {"factors": [1.0, 0.5], "images": 16}
    )
    result = finished(lambda_sweep(request, trained_networks), LambdaResult)
    assert [point.factor for point in result.points] == [0.5, 1.0]
    for point in result.points:
        assert point.predicted == tuple(point.factor**chain.blocks for chain in point.chains)
        assert [chain.signal for chain in point.chains] == pytest.approx(point.predicted, rel=1e-5)
        assert point.training.steps[-1] == 20


def test_a_large_lambda_diverges_and_is_reported_so(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "lambda_sweep", (Subject("a", small_network(56)),), BRIEF, {"factors": [1.5], "images": 16}
    )
    (point,) = finished(lambda_sweep(request, trained_networks), LambdaResult).points
    assert point.training.diverged
    assert point.training.test_error != point.training.test_error


def test_a_silenced_branch_leaves_its_shortcut(batch, trained_networks: TrainedNetworks):
    spec = small_network(8, activation_order="preact", skip="scale", skip_scale=0.25)
    network = trained_networks.fresh(spec).eval()
    (part,) = [part for part in parts_of(network, spec) if part.path == "layer1.0"]
    x = torch.randn(2, 8, 8, 8)
    opened = part.module.act1(part.module.bn1(x))
    with without_branches([part]):
        assert torch.equal(part.module(x), 0.25 * opened)
    assert not torch.equal(part.module(x), 0.25 * opened)
