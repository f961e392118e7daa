"""Trains the blocks of a network's first stage towards H(x) = x, on random numbers in the place of images.

The numbers are normal and cut at 0, as what leaves a ReLU; every step has fresh ones, so nothing can be overfitted.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.trained_networks import TrainedNetworks, repetitions
from explorer.engine.training.optimiser import make_optimiser
from explorer.experiments.catalogue.learn_identity import IdentityFit, IdentityResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.language import sentence
from explorer.model import assemble

READ_EVERY = 5


def learn_identity(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | IdentityResult]:
    """Trains every network's first stage with every seed; the rate is that of the settings at every step.

    Raises SettingsError where the blocks of the first stage change the shape.
    """
    found: tuple[IdentityFit, ...] = ()
    wanted = repetitions(request)
    for seed, subject in wanted:
        found = (*found, fit_identity(networks, subject, seed))
        yield Progress(
            len(found),
            len(wanted),
            sentence("Trained {network}", network=sentence(subject.label)),
            IdentityResult(found),
        )
    yield IdentityResult(found)


def fit_identity(networks: TrainedNetworks, subject: Subject, seed: int) -> IdentityFit:
    """One training. Raises SettingsError where the blocks change the shape."""
    network = networks.fresh(subject.spec, seed=seed)
    first_stage = assemble(subject.spec).stages[1].name
    parts = [part for part in parts_of(network, subject.spec) if part.stage == first_stage]
    if not all(part.keeps_shape for part in parts):
        raise SettingsError(
            "networks", sentence("the first blocks of {network} change the shape", network=sentence(subject.label))
        )
    blocks = nn.Sequential(*(part.module for part in parts)).train()
    settings = networks.settings
    optimiser = make_optimiser(blocks, settings, networks.device)
    random = torch.Generator().manual_seed(seed)
    shape = (settings.batch_size, *parts[0].block.input_shape)
    steps, errors = [], []
    for step in range(settings.steps + 1):
        x = torch.randn(shape, generator=random).relu().to(networks.device)
        difference: Tensor = blocks(x) - x
        if step % READ_EVERY == 0 or step == settings.steps:
            steps.append(step)
            errors.append((difference.norm() / x.norm()).item())
        if step < settings.steps:
            optimiser.zero_grad()
            torch.autograd.backward(difference.square().mean())
            optimiser.step()
    return IdentityFit(subject.label, seed, tuple(steps), tuple(errors))
