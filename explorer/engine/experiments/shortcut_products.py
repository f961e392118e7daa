"""A constant factor on every shortcut: the product along the identity path, and what becomes of training.

He et al. 2016, section 3, Eqns. 6 to 8: with h(x) = lambda x the shortcuts alone carry the product of the lambdas from
block to block, forward and backward. Measured here on identity shortcuts in a row, with the branches silenced.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import Part, mean_loss, parts_of, undisturbed, without_branches
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult, ShortcutChain
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.language import sentence

LEAST_GRADIENT = 1e-30


def identity_chains(parts: Sequence[Part]) -> list[list[Part]]:
    """Identity shortcuts in a row that keep the shape, one chain a stage.

    Every stage's first block is left out: in a pre-activation network it may open shortcut and branch alike.
    """
    inner = [part for before, part in pairwise(parts) if part.stage == before.stage]
    chains: list[list[Part]] = []
    for (_, pure), group in groupby(inner, key=lambda part: (part.stage, _is_identity(part))):
        if pure:
            chains.append(list(group))
    return chains


def measure_chain(network: nn.Module, chain: Sequence[Part], images: Tensor, labels: Tensor) -> ShortcutChain:
    """Attenuation of signal and gradient along a chain, in training mode; the network stays as it was."""
    with undisturbed(network):
        network.train()
        with without_branches(chain):
            first, last, gradient = _ends(network, chain, images, labels)
        _, _, as_it_is = _ends(network, chain, images, labels)
    signal = (last.norm() / first.norm()).item()
    return ShortcutChain(chain[0].stage, len(chain), signal, gradient, as_it_is)


def lambda_sweep(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | LambdaResult]:
    """For each seed and factor: the product measured before training, and the training itself."""
    base = request.networks[0].spec
    found: list[LambdaPoint] = []
    factors = sorted(set(request.parameters["factors"]))
    first = request.training.seed
    wanted = [(seed, factor) for seed in range(first, first + request.parameters["seeds"]) for factor in factors]
    for seed, factor in wanted:
        spec = replace(base, skip="scale", skip_scale=factor)
        subject = Subject(f"λ = {factor:g}", spec)
        fresh = networks.untrained(subject, seed=seed)
        batch = networks.images(request.parameters["images"], seed)
        chains = tuple(
            measure_chain(fresh.network, chain, *batch)
            for chain in identity_chains(parts_of(fresh.network, fresh.spec))
        )
        trained = yield from networks.trained(subject, seed=seed)
        predicted = tuple(factor**chain.blocks for chain in chains)
        found.append(LambdaPoint(factor, chains, predicted, trained.training))
        yield Progress(
            len(found), len(wanted), sentence("Trained with {value}", value=subject.label), LambdaResult(tuple(found))
        )
    yield LambdaResult(tuple(found))


def _is_identity(part: Part) -> bool:
    return part.add is not None and part.block.shortcut == "identity" and part.keeps_shape


def _ends(network: nn.Module, chain: Sequence[Part], images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, float]:
    """What enters the chain, what leaves it, and the norm of the gradient at its start over that at its end."""
    seen: list[Tensor] = []
    handles = [
        chain[0].module.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0])),
        chain[-1].module.register_forward_hook(lambda _, __, output: seen.append(output)),
    ]
    with hooked(handles), torch.enable_grad():
        loss = mean_loss(network, images, labels)
        at_start, at_end = torch.autograd.grad(loss, seen, materialize_grads=True)
    return seen[0].detach(), seen[1].detach(), (at_start.norm() / at_end.norm().clamp_min(LEAST_GRADIENT)).item()
