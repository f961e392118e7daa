"""Trained networks for experiments: from a finished run, from the weights cache, or from a short training.

The usual training loop trains them. An experiment that reads a network during training does so before a step, through
the loop's `control`, so that there is no second loop.
"""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from explorer.artifacts.shared import local_checkpoint
from explorer.datasets.catalogue import fit_spec
from explorer.engine.data.batches import Batches
from explorer.engine.data.images import ImageData, load_data
from explorer.engine.experiments.weights_cache import WeightsCache
from explorer.engine.lowering import build_module, to_channels_last
from explorer.engine.training.checkpoint import load_weights
from explorer.engine.training.device import choose_device
from explorer.engine.training.loop import train
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress, Training
from explorer.jobs.errors import SettingsError
from explorer.language import N_, sentence
from explorer.model import ModelSpec
from explorer.runs.events import Diverged, Event, Finished, Step
from explorer.runs.settings import TrainingSettings

Key = TypeVar("Key")
TIMED = (Step, Finished, Diverged)
"""Events that hold the seconds of training so far."""
NOT_KEPT = N_("the weights of {network} are not kept any more; train it again")
MISFIT = N_("the weights of this run do not fit {network}")

Builder = Callable[[ModelSpec], nn.Module]
"""Makes the network of a spec that is fitted to the data."""
Observer = Callable[[nn.Module, int], None]
"""Called with the network and the steps done: before the first step, before every other, and at the end."""
Start = Callable[[nn.Module, ModelSpec], None]
"""Sets the values from which the training of a network starts, in place."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A network in evaluation mode with the weights that an experiment uses, and how it was trained."""

    label: str
    spec: ModelSpec
    network: nn.Module
    training: Training


class TrainedNetworks:
    """The data, the settings and perhaps a weights cache for the networks of one request."""

    def __init__(self, settings: TrainingSettings, cache: WeightsCache | None = None) -> None:
        self.settings = replace(settings, evaluate_every=0, diagnose_every=0)
        self.cache = cache
        self.data: ImageData = load_data(settings.dataset)
        self.device = choose_device(settings.device)
        self.batches = Batches(self.data, self.settings, self.device)

    def images(self, count: int, seed: int | None = None) -> tuple[Tensor, Tensor]:
        """The first `count` training images (fewer where there are not so many) and labels that this seed shows."""
        settings = self.settings if seed is None else replace(self.settings, seed=seed)
        size = min(count, self.batches.count)
        return Batches(self.data, replace(settings, batch_size=size), self.device).batch(0)

    def fresh(self, spec: ModelSpec, *, seed: int | None = None) -> nn.Module:
        """The network of `spec`, fitted to the data, with the weights from which its training starts."""
        torch.manual_seed(self.settings.seed if seed is None else seed)
        network = build_module(fit_spec(spec, self.settings.dataset))
        return to_channels_last(network.to(self.device))

    def trained(
        self,
        subject: Subject,
        observe: Observer | None = None,
        *,
        seed: int | None = None,
        start: Start | None = None,
        build: Builder = build_module,
    ) -> Generator[Progress, None, Trained]:
        """Trains `subject`, from a `start` of its own if one is given, yields `Progress` and returns the network.

        `build` makes the network of its spec. Without an observer, a start or a `build`, known weights are used
        instead. A network whose loss becomes NaN is returned as it was then, with the reason in its `training`. Raises
        SettingsError where the weights of `subject.run` are gone or do not fit.
        """
        settings = self.settings if seed is None else replace(self.settings, seed=seed)
        usual = start is None and build is build_module
        if observe is None and usual and (known := self._known(subject, settings)) is not None:
            return known
        built: list[nn.Module] = []

        def build_and_start(spec: ModelSpec) -> nn.Module:
            built.append(build(spec))
            if start is not None:
                start(built[0], spec)
            return built[0]

        events: list[Event] = []
        training = _training_record(subject.label, settings.seed, events)
        for event in train(subject.spec, settings, self.data, build_and_start, control=_observing(built, observe)):
            events.append(event)
            training = _training_record(subject.label, settings.seed, events)
            yield Progress(
                event.step,
                settings.steps,
                sentence("Training {network}", network=sentence(subject.label)),
                trainings=(training,),
            )
        if observe is not None and not training.diverged:
            observe(built[0], settings.steps)
        elif self.cache is not None and usual and not training.diverged:
            self.cache.put(subject.spec, settings, built[0], training)
        return Trained(subject.label, fit_spec(subject.spec, settings.dataset), built[0].eval(), training)

    def trained_if(self, wanted: bool, subject: Subject, seed: int) -> Generator[Progress, None, Trained]:
        """As `trained` where that is wanted, else with the weights from which training starts."""
        return (yield from self.trained(subject, seed=seed)) if wanted else self.untrained(subject, seed=seed)

    def untrained(self, subject: Subject, *, seed: int | None = None) -> Trained:
        """`subject` with the weights from which its training starts."""
        network = self.fresh(subject.spec, seed=seed).eval()
        account = _no_training(subject.label, self.settings.seed if seed is None else seed)
        return Trained(subject.label, fit_spec(subject.spec, self.settings.dataset), network, account)

    def _known(self, subject: Subject, settings: TrainingSettings) -> Trained | None:
        """The network with the weights of a run or of the cache; None where there are none."""
        if subject.run:
            found: tuple[dict[str, Tensor], Training] | None = (
                _weights_of_run(subject),
                _no_training(subject.label, settings.seed),
            )
        else:
            found = self.cache.take(subject.spec, settings) if self.cache is not None else None
        if found is None:
            return None
        weights, training = found
        ready = self.untrained(subject)
        try:
            ready.network.load_state_dict(weights)
        except RuntimeError:
            raise SettingsError("run", sentence(MISFIT, network=sentence(subject.label))) from None
        return replace(ready, training=replace(training, label=subject.label))


def repetitions(request: ExperimentRequest) -> list[tuple[int, Subject]]:
    """Every network with every seed, first all with the first seed, so that a first picture appears soon.

    The weights of a finished run have no other seed: its network is used once.
    """
    first = request.training.seed
    return [
        (seed, subject)
        for seed in range(first, first + request.parameters["seeds"])
        for subject in request.networks
        if seed == first or not subject.run
    ]


def repetitions_under(
    request: ExperimentRequest, networks: TrainedNetworks, settings: Mapping[Key, Mapping[str, Any]]
) -> list[tuple[int, Key, TrainedNetworks, Subject]]:
    """Every network with every seed under each of some settings, given as changed fields by their key.

    What is computed first has the first seed.
    """
    trainers = {
        key: TrainedNetworks(replace(networks.settings, **fields), networks.cache) for key, fields in settings.items()
    }
    first = request.training.seed
    return [
        (seed, key, trainer, subject)
        for seed in range(first, first + request.parameters["seeds"])
        for key, trainer in trainers.items()
        for subject in request.networks
    ]


def _observing(built: list[nn.Module], observe: Observer | None) -> Callable[[], str]:
    """A `control` for the loop that lets `observe` see the network before every step and never ends the run."""
    done = 0

    def control() -> str:
        nonlocal done
        if observe is not None:
            observe(built[0], done)
        done += 1
        return "running"

    return control


def _training_record(label: str, seed: int, events: Sequence[Event]) -> Training:
    """The record of a training, from the events so far."""
    curve = [event for event in events if isinstance(event, Step)]
    last = events[-1] if events else None
    return Training(
        label=label,
        seed=seed,
        steps=tuple(event.step for event in curve),
        losses=tuple(event.train_loss for event in curve),
        train_loss=last.train_loss if isinstance(last, Finished) else math.nan,
        test_error=last.test_error if isinstance(last, Finished) else math.nan,
        seconds=max((event.seconds for event in (*curve, last) if isinstance(event, TIMED)), default=0.0),
        diverged=last.reason if isinstance(last, Diverged) else "",
    )


def _no_training(label: str, seed: int) -> Training:
    """The record of a network that was not trained here."""
    return Training(label, seed, (), (), math.nan, math.nan, 0.0)


def _weights_of_run(subject: Subject) -> dict[str, Tensor]:
    try:
        return load_weights(local_checkpoint(subject.run))
    except OSError:
        raise SettingsError("run", sentence(NOT_KEPT, network=sentence(subject.label))) from None
