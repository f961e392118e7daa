"""A lowered network taken apart: its blocks by path, their sums, and ways to run it that leave no trace."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.lowering import BlockModule, hooked
from explorer.model import Block, ModelSpec, assemble

NORMS = (nn.modules.batchnorm._BatchNorm,)  # noqa: SLF001  (the one class that all batch norms share)


@dataclass(frozen=True, eq=False)
class Part:
    """One block of a network: its place, what the graph says of it, its module and the module of its sum, if any."""

    path: str
    stage: str
    block: Block
    module: nn.Module
    add: nn.Module | None

    @property
    def keeps_shape(self) -> bool:
        """Whether what leaves the block has the shape of what enters."""
        return self.block.input_shape == self.block.output_shape


def parts_of(network: nn.Module, spec: ModelSpec) -> tuple[Part, ...]:
    """The blocks of the network of `spec` in running order, without stem and head."""
    found = []
    for stage, placed in assemble(spec).placed_blocks():
        if placed.path:
            module = network.get_submodule(placed.path)
            assert isinstance(module, BlockModule)
            found.append(Part(placed.path, stage.name, placed.block, module, module.merge))
    return tuple(found)


def without_branches(parts: Iterable[Part]) -> AbstractContextManager[None]:
    """Inside, F(x) of these blocks does not count; blocks without a sum stay as they are."""
    sums = [part.add for part in parts if part.add is not None]
    return hooked(add.register_forward_hook(lambda _, inputs, __: inputs[1]) for add in sums)


def bypassed(parts: Iterable[Part]) -> AbstractContextManager[None]:
    """Inside, these blocks hand on their input; each must keep the shape."""
    return hooked(part.module.register_forward_hook(lambda _, inputs, __: inputs[0]) for part in parts)


@contextmanager
def reordered(network: nn.Module, parts: Sequence[Part], order: Sequence[int]) -> Iterator[None]:
    """Inside, the block number `order[i]` stands at the place of block number i."""
    places = [part.path.rpartition(".") for part in parts]

    def put(numbers: Iterable[int]) -> None:
        for (stage, _, position), number in zip(places, numbers, strict=True):
            setattr(network.get_submodule(stage), position, parts[number].module)

    try:
        put(order)
        yield
    finally:
        put(range(len(parts)))


@contextmanager
def undisturbed(network: nn.Module) -> Iterator[None]:
    """Whatever runs inside, modes, running statistics and torch's random numbers are the same bits afterwards."""
    modes = [(module, module.training) for module in network.modules()]
    buffers = [(buffer, buffer.clone()) for buffer in network.buffers()]
    device = next(network.parameters()).device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            yield
        finally:
            for buffer, before in buffers:
                buffer.copy_(before)
            for module, training in modes:
                module.training = training


@contextmanager
def batch_statistics(network: nn.Module) -> Iterator[None]:
    """Inside, norms use the batch's own statistics, dropout and stochastic depth rest; running statistics return.

    Running statistics belong to one set of weights: away from it they say nothing, and losses explode.
    """
    with undisturbed(network):
        network.eval()
        for module in network.modules():
            if isinstance(module, NORMS):
                module.train()
        yield


@torch.no_grad()
def error_percent(run: Callable[[Tensor], Tensor], batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    """Share of images in `batches` that `run` puts in a wrong class, in percent."""
    wrong = torch.stack([(run(images).argmax(1) != labels).sum() for images, labels in batches])
    return 100 * int(wrong.sum()) / sum(len(labels) for _, labels in batches)


def mean_loss(run: Callable[[Tensor], Tensor], images: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy in nats."""
    return F.cross_entropy(run(images).float(), labels)


def numbers(values: Sequence[Tensor]) -> tuple[float, ...]:
    """Scalars read from the device at once."""
    return tuple(torch.stack([each.detach().float() for each in values]).tolist()) if values else ()
