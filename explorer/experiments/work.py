"""How much one process has to compute for a request, so that its time can be estimated before it starts."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.experiments.request_values import RequestValues, Subject
from explorer.model import ModelSpec


@dataclass(frozen=True)
class Passes:
    """`count` forward passes of `images` images each, without training. A backward pass counts as two."""

    spec: ModelSpec
    count: int
    images: int


@dataclass(frozen=True)
class Work:
    """One entry of `trainings` for every training, the passes besides, and `seconds` that no faster machine saves.

    `repeated` passes fill those seconds; they are made `count` times even where that takes longer.
    """

    trainings: tuple[ModelSpec, ...] = ()
    passes: tuple[Passes, ...] = ()
    seconds: float = 0.0
    repeated: tuple[Passes, ...] = ()


def training_work(request: RequestValues) -> Work:
    """Every network is trained once for each seed, and nothing else is computed.

    Weights of a finished run need no training, and initial weights (`trained` is False) need none either.
    """
    times: int = request.parameters.get("seeds", 1) * request.parameters.get("trained", True)
    return Work(tuple(subject.spec for subject in request.networks if not subject.run) * times)


def untrained_passes(request: RequestValues, count: int) -> tuple[Passes, ...]:
    """`count` passes of one batch for each network of an experiment that does not train."""
    return tuple(Passes(subject.spec, count, request.parameters["batch"]) for subject in request.networks)


def work_with_passes(passes: Callable[[RequestValues, Subject], tuple[int, int]]) -> Callable[[RequestValues], Work]:
    """As `training_work`, and with every trained network `passes`: how many passes, of how many images each."""

    def work(request: RequestValues) -> Work:
        each_network = []
        for subject in request.networks:
            count, images = passes(request, subject)
            times: int = 1 if subject.run else request.parameters.get("seeds", 1)
            each_network.append(Passes(subject.spec, times * count, images))
        return Work(training_work(request).trainings, tuple(each_network))

    return work
