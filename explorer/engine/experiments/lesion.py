"""Dropping and swapping blocks of trained networks (Veit et al. 2016, sections 4.1 to 4.3).

A residual block is dropped by silencing its branch: what its shortcut does (identity, padding, projection) and what
follows the sum stay, so every residual block can go. A plain block has nothing but its branch: it is skipped, which is
possible where it keeps the shape.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from torch import Tensor, nn

from explorer.engine.experiments.blocks import Part, bypassed, error_percent, parts_of, reordered, without_branches
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.experiments.catalogue.lesion import Dropped, LesionNetwork, LesionResult, Several, Shuffled
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import N_, sentence

Batches = Sequence[tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class NetworkUnderTest:
    """A trained network in evaluation mode, its blocks, and the images that it is tested on."""

    network: nn.Module
    parts: tuple[Part, ...]
    batches: Batches

    def error(self) -> float:
        """Test error in percent of the network as it stands."""
        return error_percent(self.network, self.batches)

    def error_without(self, gone: Sequence[Part]) -> float:
        """Test error in percent with some blocks dropped; each must be one that `can_go`."""
        plain = [part for part in gone if part.add is None]
        with without_branches(gone), bypassed(plain):
            return self.error()

    def error_in_order(self, order: Sequence[int]) -> float:
        """Test error in percent with block number `order[i]` at the place of block number i."""
        with reordered(self.network, self.parts, order):
            return self.error()


def can_go(part: Part) -> bool:
    """Whether the block can be dropped."""
    return part.add is not None or part.keeps_shape


def drop_each(under_test: NetworkUnderTest) -> Iterator[Dropped]:
    """Each block in turn."""
    for part in under_test.parts:
        if can_go(part):
            yield Dropped(part.path, part.block.shortcut, under_test.error_without([part]))
        else:
            reason = N_("A plain block that changes the shape cannot be skipped: the next one would not fit.")
            yield Dropped(part.path, part.block.shortcut, math.nan, reason)


def drop_several(under_test: NetworkUnderTest, counts: Sequence[int], draws: int, seed: int) -> Iterator[Several]:
    """Random sets of blocks; counts above the number of blocks that can go fall away."""
    choice = random.Random(f"several {seed}")  # noqa: S311  (an experiment, no secret)
    candidates = [part for part in under_test.parts if can_go(part)]
    for count in counts:
        if count <= len(candidates):
            errors = tuple(under_test.error_without(choice.sample(candidates, count)) for _ in range(draws))
            yield Several(count, errors)


def shuffle(under_test: NetworkUnderTest, swaps: Sequence[int], draws: int, seed: int) -> Iterator[Shuffled]:
    """Random swaps of two blocks of equal shape (Veit et al. 2016, section 4.3); none where no two are alike."""
    choice = random.Random(f"shuffle {seed}")  # noqa: S311  (an experiment, no secret)
    pairs = [
        (first, second)
        for first, second in combinations(range(len(under_test.parts)), 2)
        if _alike(under_test.parts[first], under_test.parts[second])
    ]
    for count in swaps if pairs else ():
        for _ in range(draws):
            order = list(range(len(under_test.parts)))
            for first, second in choice.choices(pairs, k=count):
                order[first], order[second] = order[second], order[first]
            yield Shuffled(count, kendall_tau(order), under_test.error_in_order(order))


def kendall_tau(order: Sequence[int]) -> float:
    """Kendall's rank correlation of an order without ties with the rising one: 1 the same, -1 reversed."""
    pairs = list(combinations(order, 2))
    return sum(1 if first < second else -1 for first, second in pairs) / len(pairs) if pairs else 1.0


def lesion(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | LesionResult]:
    """Trains each network (or takes it from its run) and damages it; one that diverged is left alone."""
    found: list[LesionNetwork] = []
    for seed, subject in repetitions(request):
        trained = yield from networks.trained(subject, seed=seed)
        examined = LesionNetwork(subject.label, math.nan, (), (), (), trained.training)
        if not trained.training.diverged:
            for done, total, examined in _examine(request, networks, trained, seed):
                yield Progress(
                    done,
                    total,
                    sentence("Damaging {network}", network=sentence(subject.label)),
                    LesionResult((*found, examined)),
                )
        found.append(examined)
    yield LesionResult(tuple(found))


def _examine(
    request: ExperimentRequest, networks: TrainedNetworks, trained: Trained, seed: int
) -> Iterator[tuple[int, int, LesionNetwork]]:
    """All lesions of one network: after each, how many of how many are done, and what is known so far."""
    under_test = NetworkUnderTest(
        trained.network, parts_of(trained.network, trained.spec), list(networks.batches.test_batches())
    )
    settings = request.parameters
    known = LesionNetwork(trained.label, under_test.error(), (), (), (), trained.training)
    total = len(under_test.parts) + len(settings["counts"]) + len(settings["swaps"]) * settings["draws"]
    for dropped in drop_each(under_test):
        known = replace(known, dropped=(*known.dropped, dropped))
        yield len(known.dropped), total, known
    for several in drop_several(under_test, settings["counts"], settings["draws"], seed):
        known = replace(known, several=(*known.several, several))
        yield len(known.dropped) + len(known.several), total, known
    for shuffled in shuffle(under_test, settings["swaps"], settings["draws"], seed):
        known = replace(known, shuffled=(*known.shuffled, shuffled))
        yield len(known.dropped) + len(known.several) + len(known.shuffled), total, known
    yield total, total, known


def _alike(first: Part, second: Part) -> bool:
    return first.keeps_shape and second.keeps_shape and first.block.input_shape == second.block.input_shape
