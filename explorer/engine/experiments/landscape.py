"""Slices of the loss around trained weights (Li et al. 2018, section 4), in batch-statistics mode.

The trained weights are the origin and come back bit by bit; so do the running statistics. How many points a slice has
is decided by the time allowed, measured on a first point, unless the request says it.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import batch_statistics, mean_loss
from explorer.engine.experiments.directions import Plane, TrainingPath, dot, pca_plane, random_plane
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.experiments.catalogue.landscape import LandscapeNetwork, LandscapeResult, TrajectoryPoint
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.language import sentence

FEWEST_POINTS, MOST_POINTS = 7, 51
MARGIN = 0.15
"""How far beyond the training path a slice along it reaches, as a share of its extent."""


@dataclass(frozen=True, eq=False)
class Slice:
    """A trained network, the plane through its weights, and the images on which the loss is computed."""

    network: nn.Module
    plane: Plane
    images: Tensor
    labels: Tensor

    @torch.no_grad()
    def losses(self, points: Sequence[tuple[float, float]]) -> list[float]:
        """The loss at each point of the plane; weights and statistics are afterwards the same bits as before."""
        weights: list[Tensor] = list(self.network.parameters())
        origin = [each.clone() for each in weights]
        with batch_statistics(self.network):
            try:
                return [self._loss(weights, origin, point) for point in points]
            finally:
                torch._foreach_copy_(weights, origin)

    def _loss(self, weights: list[Tensor], origin: list[Tensor], point: tuple[float, float]) -> float:
        torch._foreach_copy_(weights, origin)
        for distance, direction in zip(point, self.plane.directions, strict=True):
            torch._foreach_add_(weights, direction, alpha=distance)
        return mean_loss(self.network, self.images, self.labels).item()


def landscape(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | LandscapeResult]:
    """Trains the networks, then computes the losses of all of them on grids of equal size, row by row."""
    settings = request.parameters
    batch = networks.images(settings["images"])
    cuts: list[tuple[Slice, LandscapeNetwork]] = []
    for seed, subject in repetitions(request):
        path = TrainingPath(networks.settings.steps, settings["snapshots"])
        trained = yield from networks.trained(subject, path.record if _follows(request, subject) else None, seed=seed)
        plane, frame = _framed(request, trained, path)
        cuts.append((Slice(trained.network, plane, *batch), frame))
    side = settings["points"] or affordable_side([cut for cut, _ in cuts], settings["seconds"], settings["dimensions"])
    done: list[LandscapeNetwork] = []
    for cut, frame in cuts:
        network = frame
        for network in _filled(cut, frame, side | 1, settings["dimensions"]):
            so_far = LandscapeResult(settings["directions"], len(batch[1]), (*done, network))
            yield Progress(
                len(network.losses),
                len(network.ys),
                sentence("Losses around {network}", network=sentence(network.label)),
                so_far,
            )
        done.append(network)
    yield LandscapeResult(settings["directions"], len(batch[1]), tuple(done))


def affordable_side(slices: Sequence[Slice], seconds: float, dimensions: int) -> int:
    """Points a side for which all slices together take about `seconds`, from 7 to 51."""
    spent = 0.0
    for each in slices:
        each.losses([(0.0, 0.0)])
        begin = time.perf_counter()
        each.losses([(0.0, 0.0)])
        spent += time.perf_counter() - begin
    points = seconds / max(spent, 1e-9)
    return max(FEWEST_POINTS, min(MOST_POINTS, int(points ** (1 / dimensions))))


def _follows(request: ExperimentRequest, subject: Subject) -> bool:
    """Whether the training path is needed; raises SettingsError where it is and nobody knows it."""
    if request.parameters["directions"] != "pca":
        return False
    if subject.run:
        raise SettingsError("directions", sentence("the path of a finished run is not kept; choose random directions"))
    return True


def _framed(request: ExperimentRequest, trained: Trained, path: TrainingPath) -> tuple[Plane, LandscapeNetwork]:
    """The plane, and the result before any loss: its first and last coordinates, and the path on it."""
    radius = request.parameters["radius"]
    frame = LandscapeNetwork(trained.label, (-radius, radius), (-radius, radius), (), trained.training)
    if trained.training.diverged or request.parameters["directions"] != "pca":
        return random_plane(trained.network, trained.training.seed), frame
    offsets = path.offsets(trained.network)
    try:
        plane = pca_plane(offsets)
    except ValueError:
        raise SettingsError(
            "snapshots", sentence("a plane along the path needs at least three points; train longer")
        ) from None
    points = [plane.project(offset) for offset in offsets]
    inside = sum(plane.length(point) ** 2 for point in points)
    frame = replace(
        frame,
        xs=_extent([x for x, _ in points]),
        ys=_extent([y for _, y in points]),
        trajectory=tuple(TrajectoryPoint(step, x, y) for step, (x, y) in zip(path.steps, points, strict=True)),
        captured=inside / max(sum(dot(offset, offset) for offset in offsets), 1e-30),
    )
    return plane, frame


def _extent(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(0.0, *values), max(0.0, *values)
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _filled(cut: Slice, frame: LandscapeNetwork, side: int, dimensions: int) -> Iterator[LandscapeNetwork]:
    """The frame with its coordinates and one more row of losses at a time; one that diverged stays without."""
    xs = _line(frame.xs, side)
    ys = _line(frame.ys, side) if dimensions == 2 else (0.0,)
    network = replace(frame, xs=xs, ys=ys)
    for y in () if frame.training.diverged else ys:
        row = tuple(cut.losses([(x, y) for x in xs]))
        network = replace(network, losses=(*network.losses, row))
        yield network


def _line(ends: Sequence[float], points: int) -> tuple[float, ...]:
    """Evenly spaced between two ends; what should be 0 is exactly 0."""
    low, high = ends
    step = (high - low) / (points - 1)
    line = (low + step * number for number in range(points))
    return tuple(0.0 if math.isclose(each, 0.0, abs_tol=step / 1e6) else each for each in line)
