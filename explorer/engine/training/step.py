"""One step of SGD as work on tensors that stay where they are, so that a GPU can repeat it from a recording.

What changes from step to step (which images, the learning rate, where the loss goes) is written into tensors before.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data.batches import Batches
from explorer.engine.training.cuda_graph import CudaGraphRunner, CudaRecorder, Recorder
from explorer.engine.training.device import autocast
from explorer.engine.training.diagnostics import Experiment
from explorer.engine.training.optimiser import RECORDS, Sgd

Seen = tuple[Tensor, ...]
"""Gradient norms and branch ratios of a watched step, nothing of another."""


class TrainingStep:
    """Steps of SGD on one network. Nothing in `take` waits for the device; `read` does.

    Raises nothing of its own; `room` steps fit between two readings.
    """

    def __init__(
        self, network: nn.Module, optimiser: Sgd, batches: Batches, experiment: Experiment, *, precision: str, room: int
    ) -> None:
        self.network, self.optimiser, self.batches, self.experiment = network, optimiser, batches, experiment
        self.precision, self.room, self.unread = precision, room, 0
        device = batches.device
        self._plan = batches.plan(0).clone()
        self._readings = torch.zeros(2, room, device=device)
        self._slot = torch.zeros(1, dtype=torch.int64, device=device)
        recorder = make_recorder(device)
        self.works: dict[bool, CudaGraphRunner[Seen]] = {
            watched: CudaGraphRunner(partial(self._work, watched=watched), recorder) for watched in (False, True)
        }

    def take(self, step: int, rate: float, *, watched: bool = False) -> Seen:
        """Takes step number `step`, the first being 0, and gives what was seen in a `watched` one."""
        self._plan.copy_(self.batches.plan(step))
        self.optimiser.rate = rate
        seen = self.works[watched]()
        self.unread += 1
        return tuple(each.clone() for each in seen)

    def read(self) -> tuple[list[float], list[float]]:
        """Losses (cross-entropy in nats) and shares of wrong answers of the steps since the last reading."""
        losses, errors = self._readings[:, : self.unread].tolist()
        self._slot.zero_()
        self.unread = 0
        return losses, errors

    def forward(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The mean loss of a batch, and its scores."""
        with autocast(self.precision, self.batches.device):
            scores = self.network(images)
        return F.cross_entropy(scores.float(), labels), scores

    def _work(self, *, watched: bool) -> Seen:
        images, labels = self.batches.take(self._plan)
        self.network.train()
        self.optimiser.zero_grad()
        with self.experiment.watching() if watched else nullcontext():
            loss, scores = self.forward(images, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        seen = self.experiment.read() if watched else ()
        self.optimiser.step()
        wrong = (scores.argmax(1) != labels).float().mean()
        self._readings.index_copy_(1, self._slot, torch.stack((loss.detach(), wrong)).unsqueeze(1))
        self._slot.add_(1)
        return seen


def make_recorder(device: torch.device) -> Recorder[Seen] | None:
    """What records steps on this device; None where they are taken piece by piece."""
    makers: dict[str, Callable[[torch.device], Recorder[Seen]]] = {"cuda": CudaRecorder}
    return makers[device.type](device) if device.type in RECORDS else None
