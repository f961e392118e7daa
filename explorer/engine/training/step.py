"""One training step as work on tensors that stay where they are, so that a GPU can repeat it from a recording.

What changes from step to step (which images, the learning rate, where the loss goes) is written into tensors before.
Readings of gradients and branches stay on the device until the loop reads its losses: the host never waits for them.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.data.batches import Batches
from explorer.engine.lowering import BlockModule, hooked
from explorer.engine.training.cuda_graph import CudaGraphRunner, CudaRecorder, Recorder
from explorer.engine.training.device import autocast
from explorer.engine.training.named_state import trained_parameters
from explorer.engine.training.optimiser import RECORDS, Optimiser, Sgd

StepReadings = tuple[Tensor, ...]
"""Gradient norms and branch ratios of a watched step; empty for any other step."""


class StepReader:
    """Reads a network during single steps; its hooks exist only then."""

    def __init__(self, network: nn.Module) -> None:
        weights = [(name, each) for name, each in trained_parameters(network).items() if each.dim() >= 2]
        self.layers = tuple(name.removesuffix(".weight") for name, _ in weights)
        self._weights = [each for _, each in weights]
        units = [(path, each) for path, each in network.named_modules() if isinstance(each, BlockModule)]
        self._merges = {path: each.merge for path, each in units if each.merge is not None}
        self.blocks = tuple(self._merges)
        self._ratios: dict[str, Tensor] = {}

    def watching(self) -> AbstractContextManager[None]:
        """Inside, a forward pass records each branch's standard deviation over that of the stream it is added to."""
        merges = self._merges.items()
        return hooked(module.register_forward_pre_hook(partial(self._note, path)) for path, module in merges)

    def read(self) -> tuple[Tensor, Tensor]:
        """Gradient norms `(layers,)` and ratios `(blocks,)`, in the order of `layers` and `blocks`, on the device."""
        gradients = [each.grad if each.grad is not None else torch.zeros_like(each) for each in self._weights]
        norms = torch._foreach_norm(gradients)  # noqa: SLF001  (as clip_grad_norm_ calls it)
        absent = torch.full((), torch.nan, device=self._weights[0].device)  # left out by stochastic depth
        ratios = [self._ratios.get(path, absent) for path in self.blocks]
        self._ratios = {}
        return _row(norms), _row(ratios)

    @torch.no_grad()
    def _note(self, path: str, _: nn.Module, inputs: tuple[Tensor, Tensor]) -> None:
        branch, stream = inputs
        self._ratios[path] = branch.float().std() / stream.float().std()


def _row(scalars: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(scalars)) if scalars else torch.empty(0)


class TrainingStep:
    """Steps of an optimiser on one network. `take` does not wait for the device, `read` does.

    At most `room` steps may be taken between two calls of `read`. `frozen` modules compute as in evaluation.
    """

    def __init__(
        self,
        network: nn.Module,
        optimiser: Optimiser,
        batches: Batches,
        reader: StepReader,
        *,
        precision: str,
        room: int,
        frozen: Sequence[nn.Module] = (),
    ) -> None:
        self.frozen = frozen
        self.network, self.optimiser, self.batches, self.reader = network, optimiser, batches, reader
        self.precision, self.room, self.unread = precision, room, 0
        device = batches.device
        self._plan = batches.plan(0).clone()
        self._readings = torch.zeros(2, room, device=device)
        self._slot = torch.zeros(1, dtype=torch.int64, device=device)
        # The others keep their rate and their steps on the host, where a recording would not see them change.
        recorder = make_recorder(device) if isinstance(optimiser, Sgd) else None
        self.works: dict[bool, CudaGraphRunner[StepReadings]] = {
            watched: CudaGraphRunner(partial(self._work, watched=watched), recorder) for watched in (False, True)
        }

    def take(self, step: int, rate: float, *, watched: bool = False) -> StepReadings:
        """Takes step number `step`, the first being 0; returns the readings of a `watched` step."""
        self._plan.copy_(self.batches.plan(step))
        self.optimiser.rate = rate
        seen = self.works[watched]()
        self.unread += 1
        return tuple(each.clone() for each in seen)

    def read(self) -> tuple[list[float], list[float]]:
        """Losses (cross-entropy in nats) and shares of wrong answers (0 to 1) of the steps since the last call."""
        losses, errors = self._readings[:, : self.unread].tolist()
        self._slot.zero_()
        self.unread = 0
        return losses, errors

    def forward(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The mean loss of a batch in nats, and its scores `(batch, classes)`."""
        with autocast(self.precision, self.batches.device):
            scores = self.network(images)
        return F.cross_entropy(scores.float(), labels), scores

    def _work(self, *, watched: bool) -> StepReadings:
        images, labels = self.batches.take(self._plan)
        self.network.train()
        for each in self.frozen:
            each.eval()
        self.optimiser.zero_grad()
        with self.reader.watching() if watched else nullcontext():
            loss, scores = self.forward(images, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        seen = self.reader.read() if watched else ()
        self.optimiser.step()
        wrong = (scores.argmax(1) != labels).float().mean()
        self._readings.index_copy_(1, self._slot, torch.stack((loss.detach(), wrong)).unsqueeze(1))
        self._slot.add_(1)
        return seen


def make_recorder(device: torch.device) -> Recorder[StepReadings] | None:
    """The recorder for steps on this device; None where steps are not recorded."""
    return CudaRecorder(device) if device.type in RECORDS else None
