"""Directions, slices and paths: what Li et al. 2018 define, and networks that come back bit by bit."""

from collections.abc import Callable

import pytest
import torch

from explorer.engine.experiments.directions import TrainingPath, dot, filter_normalised, pca_plane, random_plane
from explorer.engine.experiments.landscape import Slice, affordable_side, landscape
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.landscape import LandscapeResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject, small_network
from explorer.jobs.errors import SettingsError
from tests.engine.experiments.brief import BRIEF, finished


def test_every_filter_of_a_direction_has_the_norm_of_its_weights(trained: Callable[..., Trained]):
    """Li 2018, Eqn. 1."""
    weights = list(trained(14).network.parameters())
    direction = filter_normalised(weights, torch.Generator().manual_seed(3))
    for weight, moved in zip(weights, direction, strict=True):
        assert moved.shape == weight.shape
        if weight.dim() < 2:
            assert not moved.any()
        else:
            norms, wanted = moved.flatten(1).norm(dim=1), weight.detach().flatten(1).norm(dim=1)
            assert torch.allclose(norms, wanted, rtol=1e-5)


def test_directions_differ_and_follow_their_seed(trained: Callable[..., Trained]):
    network = trained(14).network
    one, same, other = (random_plane(network, seed) for seed in (1, 1, 2))
    assert all(map(torch.equal, one.directions[0], same.directions[0]))
    assert not torch.equal(one.directions[0][0], one.directions[1][0])
    assert not torch.equal(one.directions[0][0], other.directions[0][0])


def test_a_slice_leaves_every_bit_as_it_was(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    network = trained(14).network
    network.train()
    before = {name: each.clone() for name, each in network.state_dict().items()}
    state = torch.get_rng_state()
    cut = Slice(network, random_plane(network, 0), *trained_networks.images(32))
    losses = cut.losses([(0.0, 0.0), (0.5, -1.0), (0.0, 0.0)])
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())
    assert all(module.training for module in network.modules())
    assert torch.equal(torch.get_rng_state(), state)
    assert losses[0] == losses[2] != losses[1]
    network.eval()


def test_a_slice_that_breaks_leaves_the_weights_as_well(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    network = trained(14).network
    before = {name: each.clone() for name, each in network.state_dict().items()}
    cut = Slice(network, random_plane(network, 0), trained_networks.images(4)[0], torch.tensor([0, 1, 2, 99]))
    with pytest.raises(IndexError):
        cut.losses([(1.0, 1.0)])
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())


def test_the_centre_is_the_loss_with_the_batch_s_own_statistics(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    network = trained(14).network
    images, labels = trained_networks.images(64)
    (centre,) = Slice(network, random_plane(network, 0), images, labels).losses([(0.0, 0.0)])
    copy = trained_networks.fresh(small_network(14))
    copy.load_state_dict(network.state_dict())
    copy.train()
    assert centre == pytest.approx(torch.nn.functional.cross_entropy(copy(images), labels).item(), rel=1e-6)


def test_a_point_is_the_weights_plus_both_directions(
    trained: Callable[..., Trained], trained_networks: TrainedNetworks
):
    network = trained(14).network
    images, labels = trained_networks.images(32)
    cut = Slice(network, random_plane(network, 0), images, labels)
    moved = trained_networks.fresh(small_network(14))
    moved.load_state_dict(network.state_dict())
    with torch.no_grad():
        for weight, one, other in zip(moved.parameters(), *cut.plane.directions, strict=True):
            weight.add_(0.3 * one - 0.7 * other)
        moved.train()
        by_hand = torch.nn.functional.cross_entropy(moved(images), labels).item()
    assert cut.losses([(0.3, -0.7)]) == pytest.approx([by_hand], rel=1e-4)


def test_a_path_in_a_plane_is_found_by_pca_and_projected_onto_itself():
    random = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 40, generator=random)
    points = [(3.0, 1.0), (2.0, -1.0), (0.5, 0.7), (0.0, 0.0)]
    offsets = [[(a * first + b * second)[:25].view(5, 5), (a * first + b * second)[25:]] for a, b in points]
    plane = pca_plane(offsets)
    assert dot(plane.directions[0], plane.directions[0]) == pytest.approx(1.0, abs=1e-5)
    assert dot(*plane.directions) == pytest.approx(0.0, abs=1e-5)
    for offset in offsets:
        x, y = plane.project(offset)
        for found, wanted in zip(offset, zip(*plane.directions, strict=True), strict=True):
            assert torch.allclose(x * wanted[0] + y * wanted[1], found, atol=1e-4)


def test_a_path_of_two_points_spans_no_plane():
    with pytest.raises(ValueError, match="spans no plane"):
        pca_plane([[torch.ones(3)], [torch.zeros(3)]])


def test_snapshots_are_taken_evenly_and_at_the_end():
    path, network = TrainingPath(20, 6), torch.nn.Linear(2, 2)
    for step in range(21):
        path.record(network, step)
    assert path.steps == [0, 4, 8, 12, 16, 20]


def test_networks_are_seen_on_grids_of_one_scale(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "landscape",
        (Subject("plain", small_network(8, plain=True)), Subject("residual", small_network(8))),
        BRIEF,
        {"points": 4, "images": 32, "radius": 0.5},
    )
    result = finished(landscape(request, trained_networks), LandscapeResult)
    plain, residual = result.networks
    assert plain.xs == plain.ys == residual.xs == (-0.5, -0.25, 0.0, 0.25, 0.5)
    assert all(len(row) == 5 for network in result.networks for row in network.losses)
    assert len(residual.losses) == 5
    assert residual.losses[2][2] < min(residual.losses[0][0], residual.losses[4][4])


def test_a_line_has_one_row(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "landscape", (Subject("a", small_network(8)),), BRIEF, {"points": 9, "dimensions": 1, "images": 32}
    )
    (network,) = finished(landscape(request, trained_networks), LandscapeResult).networks
    assert network.ys == (0.0,)
    assert len(network.losses) == 1
    assert len(network.losses[0]) == 9


def test_the_training_path_lies_on_its_own_slice(trained_networks: TrainedNetworks):
    request = ExperimentRequest(
        "landscape",
        (Subject("a", small_network(8)),),
        BRIEF,
        {"points": 3, "directions": "pca", "snapshots": 10, "images": 32},
    )
    (network,) = finished(landscape(request, trained_networks), LandscapeResult).networks
    end = network.trajectory[-1]
    assert (end.step, end.x, end.y) == (20, pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))
    assert 0.7 < network.captured <= 1.0 + 1e-6
    assert all(network.xs[0] < point.x < network.xs[-1] for point in network.trajectory)
    assert all(network.ys[0] < point.y < network.ys[-1] for point in network.trajectory)


def test_the_path_of_a_finished_run_is_not_known(trained_networks: TrainedNetworks):
    subject = Subject("a", small_network(8), run="some-run")
    request = ExperimentRequest("landscape", (subject,), BRIEF, {"directions": "pca"})
    with pytest.raises(SettingsError, match="not kept"):
        finished(landscape(request, trained_networks), LandscapeResult)


def test_more_time_buys_more_points(trained: Callable[..., Trained], trained_networks: TrainedNetworks):
    network = trained(8).network
    cut = Slice(network, random_plane(network, 0), *trained_networks.images(16))
    assert affordable_side([cut], 1e-6, 2) == 7
    assert affordable_side([cut], 1e6, 2) == 51
