"""Whether the later blocks of a stage refine what the first ones found (Greff et al. 2017; Jastrzebski et al. 2018).

To first order, a branch lowers the loss L where its F(x) points along the negative gradient: with s = h(x) + F(x),
L(s - F) = L(s) - <F, dL/ds>. So the cosine of F and -dL/ds is measured at every sum, image by image. How much of the
classes can be read off the stream is measured by a linear head after every block.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.experiments.blocks import Part, bypassed, error_percent, parts_of, undisturbed
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.iterative_refinement import RefinedBlock, RefinedNetwork, RefinementResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence

Labelled = tuple[Tensor, Tensor]
ANGLE_IMAGES = 256
HEAD_STEPS = 60
HEAD_DECAY = 1e-3
"""Weight decay of the linear heads: it keeps a head on few images finite where the classes can be separated."""


@dataclass(frozen=True)
class Angles:
    """Mean cosines of one block, as `RefinedBlock` names them."""

    cosine: float = math.nan
    random_cosine: float = math.nan
    other_cosine: float = math.nan
    noise: float = math.nan


def angles(network: nn.Module, parts: Sequence[Part], images: Tensor, labels: Tensor, seed: int) -> list[Angles]:
    """The angles of every block over a batch, in evaluation mode, so that no image changes another's output."""
    branches: dict[int, Tensor] = {}
    sums: dict[int, Tensor] = {}

    def note(number: int, _: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        branches[number], sums[number] = inputs[0], output

    joined = {number: part.add for number, part in enumerate(parts) if part.add is not None}
    handles = (add.register_forward_hook(partial(note, number)) for number, add in joined.items())
    with undisturbed(network), hooked(handles), torch.enable_grad():
        # The sum over images: each image's gradient is then that of its own loss.
        loss = F.cross_entropy(network.eval()(images).float(), labels, reduction="sum")
        gradients = dict(zip(sums, torch.autograd.grad(loss, list(sums.values())), strict=True)) if sums else {}
    draw = torch.Generator().manual_seed(seed)
    return [
        _angles(-gradients[number].flatten(1).float(), branches[number].detach().flatten(1).float(), draw)
        if number in gradients
        else Angles()
        for number in range(len(parts))
    ]


def _angles(downhill: Tensor, branch: Tensor, draw: torch.Generator) -> Angles:
    random = torch.randn(downhill.shape, generator=draw).to(downhill.device)
    others = (branch, random, branch.roll(1, 0))
    cosine, at_random, of_another = (float(F.cosine_similarity(downhill, each).mean()) for each in others)
    return Angles(cosine, at_random, of_another, 1 / math.sqrt(downhill.numel()))


@torch.no_grad()
def streams(network: nn.Module, parts: Sequence[Part], batches: Sequence[Labelled]) -> list[Tensor]:
    """The stream after every block, averaged over each map: what the network's own head would see of it."""
    found: dict[int, list[Tensor]] = {number: [] for number in range(len(parts))}

    def note(number: int, _: nn.Module, __: object, output: Tensor) -> None:
        found[number].append(output.float().mean((2, 3)))

    with hooked(part.module.register_forward_hook(partial(note, number)) for number, part in enumerate(parts)):
        for images, _ in batches:
            network(images)
    return [torch.cat(each) for each in found.values()]


def train_head(features: Tensor, labels: Tensor, classes: int) -> nn.Module:
    """A linear head on standardised features, by L-BFGS from zero: nothing of it is random."""
    deviation, mean = torch.std_mean(features, 0)
    scaled = (features - mean) / (deviation + 1e-6)
    head = nn.Linear(features.shape[1], classes).to(features.device)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=HEAD_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.cross_entropy(head(scaled), labels) + HEAD_DECAY * head.weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    with torch.enable_grad():
        optimiser.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        # The standardisation becomes a part of the head.
        head.weight.div_(deviation + 1e-6)
        head.bias.sub_(head.weight @ mean)
    return head


def own_accuracies(network: nn.Module, parts: Sequence[Part], batches: Sequence[Labelled]) -> list[float]:
    """Accuracy of the network's own head on the stream after each block, in percent.

    The blocks behind are skipped. NaN where one of them changes the shape.
    """
    found = []
    for number in range(len(parts)):
        later = parts[number + 1 :]
        if all(part.keeps_shape for part in later):
            with bypassed(later):
                found.append(100 - error_percent(network, batches))
        else:
            found.append(math.nan)
    return found


def iterative_refinement(
    request: ExperimentRequest, networks: TrainedNetworks
) -> Iterator[Progress | RefinementResult]:
    """Reads each network block by block; one that diverged has no blocks."""
    found: list[RefinedNetwork] = []
    wanted = repetitions(request)
    for seed, subject in wanted:
        trained = yield from networks.trained_if(request.parameters["trained"], subject, seed)
        images = networks.images(request.parameters["images"], seed)
        read = () if trained.training.diverged else _read(trained, images, networks, seed)
        found.append(RefinedNetwork(subject.label, read, trained.training))
        yield Progress(
            len(found),
            len(wanted),
            sentence("Read {network}", network=sentence(subject.label)),
            RefinementResult(tuple(found)),
        )
    yield RefinementResult(tuple(found))


def _read(trained: Trained, images: Labelled, networks: TrainedNetworks, seed: int) -> tuple[RefinedBlock, ...]:
    network, parts = trained.network, parts_of(trained.network, trained.spec)
    test = list(networks.batches.test_batches())
    labels = torch.cat([each for _, each in test])
    own = own_accuracies(network, parts, test)
    images_seen, labels_seen = test[0][0][:ANGLE_IMAGES], test[0][1][:ANGLE_IMAGES]
    directions = angles(network, parts, images_seen, labels_seen, seed)
    learnt, tested = streams(network, parts, [images]), streams(network, parts, test)
    blocks = []
    for number, part in enumerate(parts):
        head = train_head(learnt[number], images[1], trained.spec.num_classes)
        accuracy = 100 - error_percent(head, [(tested[number], labels)])
        each = directions[number]
        angle = (each.cosine, each.random_cosine, each.other_cosine, each.noise)
        blocks.append(RefinedBlock(part.path, part.stage, accuracy, own[number], *angle))
    return tuple(blocks)
