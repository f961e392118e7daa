"""How signal and gradient travel through a network, block by block, at the start and on the way.

Read in training mode: norms use the batch's statistics.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from explorer.datasets.catalogue import fit_spec
from explorer.engine.experiments.blocks import Part, mean_loss, numbers, parts_of, undisturbed
from explorer.engine.experiments.trained_networks import Observer, Start, Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.signal_and_gradient import SignalNetwork, SignalReading, SignalResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.request_values import Subject
from explorer.experiments.result import Progress
from explorer.language import sentence
from explorer.model import ModelSpec

Border = Literal["zeros", "circular"]
"""The keys of `BORDERS`."""


class Size(NamedTuple):
    """Mean square and standard deviation of a tensor, on its device."""

    mean_square: Tensor
    deviation: Tensor


class Notes:
    """What the hooks see in one forward pass: sizes by block number, and the blocks' outputs."""

    def __init__(self) -> None:
        self.streams: dict[int, Size] = {}
        self.branches: dict[int, Size] = {}
        self.shortcuts: dict[int, Size] = {}
        self.outputs: dict[int, Tensor] = {}

    def hooks(self, parts: Sequence[Part]) -> Iterator[RemovableHandle]:
        """Hooks on every block and on every sum."""
        for number, part in enumerate(parts):
            yield part.module.register_forward_hook(partial(self._on_block, number))
            if part.add is not None:
                yield part.add.register_forward_pre_hook(partial(self._on_sum, number))

    def _on_block(self, number: int, _: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.streams[number] = size(inputs[0])
        self.outputs[number] = output

    def _on_sum(self, number: int, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.branches[number], self.shortcuts[number] = size(inputs[0]), size(inputs[1])


@torch.no_grad()
def size(tensor: Tensor) -> Size:
    """How large the values of a tensor are."""
    values = tensor.float()
    return Size(values.square().mean(), values.std())


def read_signal(
    network: nn.Module, parts: Sequence[Part], images: Tensor, labels: Tensor, step: int = 0
) -> SignalReading:
    """One forward and one backward pass over a batch; weights, gradients, statistics and modes stay as they were."""
    notes = Notes()
    weights = [each for part in parts for each in part.module.parameters()]
    with undisturbed(network), hooked(notes.hooks(parts)), torch.enable_grad():
        network.train()
        loss = mean_loss(network, images, labels)
        outputs = [notes.outputs[number] for number in range(len(parts))]
        gradients = torch.autograd.grad(loss, [*outputs, *weights], materialize_grads=True)
    norms = iter(torch._foreach_norm(gradients[len(parts) :]))  # noqa: SLF001  (no other call norms a list)
    by_block = [torch.stack([next(norms) for _ in part.module.parameters()]).norm() for part in parts]
    streams = [notes.streams[number] for number in range(len(parts))]
    ratios = {number: each.deviation / notes.shortcuts[number].deviation for number, each in notes.branches.items()}
    return SignalReading(
        step=step,
        loss=loss.item(),
        stream_mean_square=numbers([each.mean_square for each in streams]),
        stream_deviation=numbers([each.deviation for each in streams]),
        branch_mean_square=_by_block(parts, {n: each.mean_square for n, each in notes.branches.items()}),
        branch_deviation=_by_block(parts, {n: each.deviation for n, each in notes.branches.items()}),
        ratio=_by_block(parts, ratios),
        output_gradient=numbers([each.float().square().mean().sqrt() for each in gradients[: len(parts)]]),
        weight_gradient=numbers(by_block),
    )


def signal_and_gradient(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | SignalResult]:
    """Readings of each network after the steps asked for (those beyond the end of training fall away).

    A finished run is read once, as it stands after its last step: the weights on its way are not kept.
    """
    found: list[SignalNetwork] = []
    wanted = repetitions(request)
    start = partial(set_border, request.parameters["border"])
    for seed, subject in wanted:
        readings: list[SignalReading] = []
        batch = networks.images(request.parameters["images"], seed)
        spec = fit_spec(subject.spec, request.training.dataset)
        observe = partial(_take_reading, readings, spec, request.parameters["readings"], batch)
        trained = yield from _trained(networks, subject, seed, observe, start)
        parts = parts_of(trained.network, spec)
        if subject.run:
            readings.append(read_signal(trained.network, parts, *batch, request.training.steps))
        blocks = tuple(part.path for part in parts)
        found.append(SignalNetwork(subject.label, blocks, tuple(readings), trained.training))
        so_far = SignalResult(tuple(found))
        yield Progress(len(found), len(wanted), sentence("Read {network}", network=sentence(subject.label)), so_far)
    yield SignalResult(tuple(found))


def _trained(
    networks: TrainedNetworks, subject: Subject, seed: int, observe: Observer, start: Start
) -> Generator[Progress, None, Trained]:
    """A finished run as it is; else a training that is observed from its start on."""
    if subject.run:
        return (yield from networks.trained(subject, seed=seed))
    return (yield from networks.trained(subject, observe, seed=seed, start=start))


def set_border(border: Border, network: nn.Module, spec: ModelSpec) -> None:
    """Makes every padded convolution meet `zeros` beyond the border of its map, or the opposite side (`circular`)."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and any(module.padding):
            module.padding_mode = border


def _take_reading(
    readings: list[SignalReading],
    spec: ModelSpec,
    steps: Sequence[int],
    batch: tuple[Tensor, Tensor],
    network: nn.Module,
    step: int,
) -> None:
    """An observer that reads the network whenever training stands at one of `steps`."""
    if step in steps:
        readings.append(read_signal(network, parts_of(network, spec), *batch, step))


def _by_block(parts: Sequence[Part], values: dict[int, Tensor]) -> tuple[float, ...]:
    """A value a block, NaN for those that have none."""
    known = dict(zip(values, numbers(list(values.values())), strict=True))
    return tuple(known.get(number, math.nan) for number in range(len(parts)))
