"""How alike the gradients of neighbouring inputs are (Balduzzi et al. 2017).

Points on a straight line between two images, and at each of them the gradient of one class score with respect to the
image. Batch norms keep the statistics of one batch of training images, so the score is a function of one image alone.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import NORMS
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.experiments.catalogue.shattered_gradients import MOST_STEPS, LineGradients, ShatteredResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence

STATISTICS_IMAGES = 128
"""Training images whose statistics the batch norms keep; the lines lead from one of them to another."""


@torch.no_grad()
def settle(network: nn.Module, images: Tensor) -> None:
    """Leaves the network in evaluation mode, with the statistics of these images in every batch norm."""
    network.eval()
    for module in network.modules():
        if isinstance(module, NORMS):
            module.reset_running_stats()
            module.momentum = None  # a plain mean: after one batch, the batch's own statistics
            module.train()
    network(images)
    network.eval()


def line_ends(labels: Tensor, count: int) -> list[tuple[int, int]]:
    """Positions of the first and the last image of `count` lines: the next image of another class ends a line.

    Fewer where the images do not suffice, and none where all are of one class.
    """
    classes = labels.tolist()
    ends = []
    for start in range(0, len(classes), max(1, len(classes) // (2 * count))):
        end = next((later for later in range(start + 1, len(classes)) if classes[later] != classes[start]), None)
        if end is not None:
            ends.append((start, end))
    return ends[:count]


def line_gradients(network: nn.Module, first: Tensor, last: Tensor, points: int, score: int) -> Tensor:
    """The gradient of class `score` with respect to the image at equally spaced points, a row for each point."""
    places = torch.linspace(0, 1, points, device=first.device).view(-1, 1, 1, 1)
    line = (first + (last - first) * places).requires_grad_()
    with torch.enable_grad():
        (found,) = torch.autograd.grad(network(line)[:, score].sum(), line)
    return found.flatten(1).float()


def cosines_by_distance(gradients: Tensor) -> list[Tensor]:
    """For each distance of 1 to `MOST_STEPS` points the cosines of all such pairs; NaN where a gradient is 0."""
    lengths = gradients.norm(dim=1, keepdim=True)
    units = torch.where(lengths > 0, gradients / lengths, torch.nan)
    return [(units[:-steps] * units[steps:]).sum(1) for steps in range(1, MOST_STEPS + 1)]


def read_lines(trained: Trained, images: Tensor, labels: Tensor, lines: int, points: int) -> LineGradients:
    """What `LineGradients` says of one network."""
    settle(trained.network, images)
    cosines: list[list[Tensor]] = []
    squares, slope = [], None
    for start, end in line_ends(labels, lines):
        gradients = line_gradients(trained.network, images[start], images[end], points, int(labels[end]))
        cosines.append(cosines_by_distance(gradients))
        squares.append(gradients.square().sum(1))
        slope = gradients @ (images[end] - images[start]).flatten() if slope is None else slope
    means = [torch.cat(each).nanmean() for each in zip(*cosines, strict=True)]
    return LineGradients(
        label=trained.label,
        depth=trained.spec.depth,
        correlations=tuple(torch.stack(means).tolist()) if means else (),
        slope=tuple(slope.tolist()) if slope is not None else (),
        norm=float(torch.cat(squares).mean().sqrt()) if squares else float("nan"),
        pixels=images[0].numel(),
        training=trained.training,
    )


def shattered_gradients(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | ShatteredResult]:
    """Reads every network with every seed; the lines are the same for all."""
    images, labels = networks.images(STATISTICS_IMAGES)
    found: tuple[LineGradients, ...] = ()
    values, pairs = request.parameters, repetitions(request)
    for seed, subject in pairs:
        trained = yield from networks.trained_if(values["trained"], subject, seed)
        found = (*found, read_lines(trained, images, labels, values["lines"], values["points"]))
        yield Progress(
            len(found),
            len(pairs),
            sentence("Gradients of {network}", network=sentence(subject.label)),
            ShatteredResult(found),
        )
    yield ShatteredResult(found)
