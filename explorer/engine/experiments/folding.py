"""Trained layers of three branches folded into plain ones (Ding et al. 2021): the same logits at a lower cost."""

import copy
import math
from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from explorer.engine.experiments.foldable import FoldableLayer, foldable_network, folded_network, multiply_adds
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.experiments.catalogue.folding import CONTESTANTS, Cost, FoldedLayer, FoldedNetwork, FoldResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.language import sentence


def fold(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | FoldResult]:
    """Trains every kind of network with every seed, on the same batches, and folds each."""
    (subject,) = request.networks
    images = torch.cat([batch for batch, _ in networks.batches.test_batches()])
    first, count = request.training.seed, request.parameters["seeds"]
    kinds = [list(CONTESTANTS)[number - 1] for number in sorted(set(request.parameters["kinds"]))]
    found: list[FoldedNetwork] = []
    for seed in range(first, first + count):
        for kind in kinds:
            label = CONTESTANTS[kind]
            build = partial(foldable_network, kind=kind)
            trained = yield from networks.trained(Subject(label, subject.spec), seed=seed, build=build)
            found.append(fold_trained(trained, images))
            so_far = FoldResult(tuple(found))
            yield Progress(
                len(found), count * len(kinds), sentence("Folded {network}", network=sentence(label)), so_far
            )
    yield FoldResult(tuple(found))


@torch.no_grad()
def fold_trained(trained: Trained, images: Tensor) -> FoldedNetwork:
    """A trained network compared with its folded twin on `images`."""
    network = trained.network
    assert isinstance(network, nn.Sequential)
    twin = folded_network(network)
    ours, theirs = network(images), twin(images)
    exact = copy.deepcopy(network).double()
    double = (exact(images.double()) - folded_network(exact)(images.double())).abs().max()
    diverged = bool(trained.training.diverged)
    return FoldedNetwork(
        trained.label,
        _cost(network, images),
        _cost(twin, images),
        single=math.nan if diverged else float((ours - theirs).abs().max()),
        double=math.nan if diverged else float(double),
        largest=math.nan if diverged else float(ours.abs().max()),
        changed=int((ours.argmax(1) != theirs.argmax(1)).sum()),
        layers=tuple(_norms(network)),
        training=trained.training,
    )


def _cost(network: nn.Module, images: Tensor) -> Cost:
    return Cost(sum(each.numel() for each in network.parameters()), multiply_adds(network, images[:1]))


def _norms(network: Sequence[nn.Module] | nn.Sequential) -> Iterator[FoldedLayer]:
    layers = [module for module in network if isinstance(module, FoldableLayer)]
    for number, layer in enumerate(layers, 1):
        norms = {name: float(weight.norm()) for name, (weight, _) in layer.folded_branches().items()}
        conv3 = norms.get("conv3", norms.get("biased", 0.0))
        yield FoldedLayer(str(number), conv3, norms.get("conv1", 0.0), norms.get("identity", 0.0))
