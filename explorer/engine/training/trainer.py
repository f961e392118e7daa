"""A network in training: the steps, readings and results between two events of the loop.

Fast by construction: images stay on the device, a batch is an index, and losses are written to a tensor that is read
every ten steps (on a GPU every fifty), so that nothing waits in between. The step itself is `step.TrainingStep`.
"""

import math
import os
import socket
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from explorer.engine.data.batches import Batches
from explorer.engine.data.images import ImageData
from explorer.engine.lowering import to_channels_last
from explorer.engine.training.device import MemoryGauge, choose_precision, device_name, settle_device, versions
from explorer.engine.training.optimiser import make_optimiser
from explorer.engine.training.position import Position, Stopwatch
from explorer.engine.training.starting import freeze, start_notes, take_start
from explorer.engine.training.step import StepReader, TrainingStep
from explorer.model import ModelSpec, assemble
from explorer.runs.events import Cancelled, Diagnostics, Diverged, Evaluation, Event, Finished, Paused, Started, Step
from explorer.runs.settings import TrainingSettings

if TYPE_CHECKING:  # the loop itself runs where nothing is installed that writes checkpoints
    from explorer.engine.training.checkpoint import CheckpointFile

STEPS_PER_EVENT = 10
"""The most steps that one event covers."""
READ_EVERY = {"cuda": 50}
"""Steps between two readings of the losses, by kind of device; on others as many as one event covers."""
SLOW_STEP = {"cuda": 2e12}
"""Multiply-adds in a step's forward pass from which each step is read, by kind of device."""
SLOW_ON_A_PROCESSOR = 2e10
"""It takes seconds on one core."""

RUNAWAY_LOSS = 1e6
"""A cross-entropy in nats from which no network recovers; guessing among ten classes gives 2.3."""

Builder = Callable[[ModelSpec], nn.Module]


class Trainer:
    """A network in training: everything between two events."""

    def __init__(self, spec: ModelSpec, settings: TrainingSettings, data: ImageData, builder: Builder) -> None:
        channels, side = data.train_images.shape[3], data.train_images.shape[1]
        self.spec = replace(
            spec, in_channels=channels, image_size=side, image_width=None, num_classes=len(data.classes)
        )
        self.settings = settings
        self.data = data
        self.device, unused = settle_device(settings.device)
        self.memory = MemoryGauge(self.device)
        self.precision, slow = choose_precision(settings.precision, self.device)
        self.notes = unused + slow
        torch.manual_seed(settings.seed)
        self.network = to_channels_last(builder(self.spec).to(self.device))
        self.frozen = freeze(self.network, self.spec, settings)
        self.optimiser = make_optimiser(self.network, settings, self.device)
        self.batches = Batches(data, settings, self.device)
        self.reader = StepReader(self.network)
        work, kind = assemble(self.spec).cost.macs * settings.batch_size, self.device.type
        slow_step = SLOW_STEP.get(kind, SLOW_ON_A_PROCESSOR)
        self.read_every = 1 if work >= slow_step else READ_EVERY.get(kind, STEPS_PER_EVENT)
        parts = self.network, self.optimiser, self.batches, self.reader
        self.training_step = TrainingStep(*parts, precision=self.precision, room=self.read_every, frozen=self.frozen)
        self.readings: list[tuple[int, Tensor, Tensor]] = []
        self.recent: deque[tuple[float, float]] = deque(maxlen=10)
        self.step = self.first = 0
        self.warm_from = None if settings.warms_by_error else 0
        self.diverged: Diverged | None = None
        self.clock = Stopwatch()
        self.reported_at = 0.0
        self.fingerprint = f"{self.spec.to_json()} {settings.to_json()}"

    def started(self) -> Started:
        """The first event; the clock starts here. A run that does not go on takes the weights that it starts from."""
        notes = self.notes
        if self.step == 0:
            take_start(self.network, self.spec, self.settings)
            notes += start_notes(self.spec, self.settings)
        self.clock.start()
        self.reported_at = self.clock.seconds
        return Started(
            step=self.step,
            device=self.device.type,
            device_name=device_name(self.device),
            precision=self.precision,
            steps=self.settings.steps,
            batch_size=self.settings.batch_size,
            parameters=sum(each.numel() for each in self.network.parameters()),
            train_images=len(self.data.train_labels),
            test_images=len(self.data.test_labels),
            layers=self.reader.layers,
            blocks=self.reader.blocks,
            versions=versions(),
            host=socket.gethostname(),
            pid=os.getpid(),
            notes=notes,
        )

    def advance(self) -> None:
        """One step of SGD. Nothing here waits for the device."""
        every = self.settings.diagnose_every
        watched = bool(every) and self.step % every == 0
        seen = self.training_step.take(self.step, self._rate(self.step), watched=watched)
        self.step += 1
        if watched:
            norms, ratios = seen
            self.readings.append((self.step, norms, ratios))

    def due(self) -> bool:
        """Whether the losses are read now: after the first step, then at round numbers, and at the end."""
        every = self.settings.evaluate_every
        at_evaluation = bool(every) and self.step % every == 0
        at_warm_up = self.warm_from is None and self.step % STEPS_PER_EVENT == 0
        return self.step in (1, self.settings.steps) or self.step % self.read_every == 0 or at_evaluation or at_warm_up

    def new_events(self) -> Iterator[Event]:
        """The events of the steps since the last call; sets `diverged` where a loss exceeds all bounds."""
        losses, errors = self.training_step.read()
        before, began = self.step - len(losses), self.reported_at
        self.reported_at = self.clock.seconds
        pace = (self.reported_at - began) / max(1, len(losses))
        bad = next((index for index, loss in enumerate(losses) if not loss < RUNAWAY_LOSS), len(losses))
        taken = 0
        while taken < bad:
            count = min(STEPS_PER_EVENT - (before + taken) % STEPS_PER_EVENT, bad - taken)
            part = slice(taken, taken + count)
            taken += count
            yield from self._diagnostics_up_to(before + taken)
            self.recent.extend(zip(losses[part], errors[part], strict=True))
            yield self._step_event(before + taken, tuple(losses[part]), began + pace * taken)
        self._end_warm_up()
        self.readings = []
        if bad < len(losses):
            found = f"{losses[bad]:,.3g}" if math.isfinite(losses[bad]) else "no longer a number"
            reason = f"The loss of step {before + bad + 1} is {found}: training has run away."
            self.diverged = Diverged(step=before + bad + 1, reason=reason, seconds=self.reported_at)

    def _diagnostics_up_to(self, step: int) -> Iterator[Diagnostics]:
        """The diagnostics of watched steps up to `step`; each is returned once."""
        for at, norms, ratios in [each for each in self.readings if each[0] <= step]:
            yield Diagnostics(step=at, gradient_norms=_short(norms), branch_ratios=_short(ratios))
        self.readings = [each for each in self.readings if each[0] > step]

    def _step_event(self, step: int, losses: tuple[float, ...], seconds: float) -> Step:
        return Step(
            step=step,
            train_loss=self._mean(0),
            train_error=100 * self._mean(1),
            learning_rate=self._rate(step - 1),
            seconds=seconds,
            losses=losses,
            peak_memory_bytes=self.memory.lately(),
        )

    def _rate(self, step: int) -> float:
        return self.settings.rate(step, warm=self.warm_from is not None and step >= self.warm_from)

    def _end_warm_up(self) -> None:
        """Ends a warm-up by the training error, at the same step on every device: only every ten steps."""
        at_ten = self.step % STEPS_PER_EVENT == 0 and len(self.recent) == self.recent.maxlen
        if self.warm_from is None and at_ten and self.settings.warm_at(100 * self._mean(1)):
            self.warm_from = self.step

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        """Loss in nats and error in percent on the whole test part."""
        self.network.eval()
        loss = torch.zeros((), device=self.device)
        wrong = torch.zeros((), device=self.device)
        with self.clock.apart():
            for images, labels in self.batches.test_batches():
                mean, scores = self.training_step.forward(images, labels)
                loss += mean * len(labels)
                wrong += (scores.argmax(1) != labels).sum()
            count = len(self.batches.test_labels)
            test_loss, test_error = loss.item() / count, 100 * wrong.item() / count
        return Evaluation(step=self.step, test_loss=test_loss, test_error=test_error, seconds=self.clock.seconds)

    def conclude(self, checkpoint: "CheckpointFile | None") -> Iterator[Event]:
        """The last evaluation and the result; the weights are kept in the checkpoint's file."""
        last = self.evaluate()
        if math.isnan(last.test_loss):
            reason = f"After step {self.step} the test loss is not a number (NaN)."
            yield Diverged(step=self.step, reason=reason, seconds=last.seconds)
            return
        yield last
        if checkpoint is not None:
            checkpoint.save(self.network, None, self._position(), self.fingerprint)
        yield Finished(
            step=self.step,
            train_loss=self._mean(0),
            test_error=last.test_error,
            seconds=last.seconds,
            test_loss=last.test_loss,
            train_error=100 * self._mean(1),
            images_per_second=(self.step - self.first) * self.settings.batch_size / max(self.clock.stepping, 1e-9),
            peak_memory_bytes=self.memory.peak(),
        )

    def stop(self, requested_state: str, checkpoint: "CheckpointFile | None") -> Event:
        """The event that ends the run: cancelled, or paused with a checkpoint from which it can continue."""
        if self.diverged is not None:
            return self.diverged
        if requested_state == "cancelling":
            return Cancelled(step=self.step)
        if checkpoint is not None:
            self.save(checkpoint)
        return Paused(step=self.step)

    def save(self, checkpoint: "CheckpointFile") -> None:
        """Writes a checkpoint; only between `new_events` and the next step, when no reading is pending."""
        checkpoint.save(self.network, self.optimiser, self._position(), self.fingerprint)

    def restore(self, checkpoint: "CheckpointFile") -> None:
        """Continues from a checkpoint of the same run, if there is one."""
        position = checkpoint.restore(self.network, self.optimiser, self.fingerprint)
        self.step = self.first = position.step
        self.recent.extend(zip(position.losses, position.errors, strict=True))
        if self.settings.warms_by_error:
            self.warm_from = position.warm_from
        self.clock = Stopwatch(position.seconds)
        self.reported_at = position.seconds

    def _mean(self, column: int) -> float:
        return sum(pair[column] for pair in self.recent) / max(1, len(self.recent))

    def _position(self) -> Position:
        losses, errors = zip(*self.recent, strict=True) if self.recent else ((), ())
        return Position(self.step, self.clock.seconds, losses, errors, self.warm_from)


def _short(values: Tensor) -> tuple[float, ...]:
    """Five digits are more than a heat map shows."""
    return tuple(float(f"{value:.5g}") for value in values.tolist())
