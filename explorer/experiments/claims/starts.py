"""The lab of starts: a plain network that begins as the identity, and branches that begin small, without a norm."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

from explorer.experiments.catalogue.starts import START_FACTS, StartsResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL, with_plain_twin
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.experiments.result import Training
from explorer.language import N_, joined, sentence
from explorer.model import ModelSpec

DEPTH, STEPS, SEEDS = 56, 80, 3
GUESSING = log(10)
LEARNS_BELOW = 0.9 * GUESSING
"""A training that ends above this loss, in nats, has hardly left the guess among ten classes."""
USUAL = "he"
GRID_STARTS, GRID_RATE = (USUAL, "identity"), 0.005
BRANCH_STARTS, BRANCH_RATE = (USUAL, "branch_root", "skip_init", "fixup"), 0.05


def learned(training: Training) -> bool:
    """Whether a training ended clearly below the loss of a guess."""
    return training.final_loss < LEARNS_BELOW


def starts_plan(
    starts: Sequence[str] = GRID_STARTS,
    subjects: Callable[[ModelSpec], tuple[Subject, ...]] = with_plain_twin,
    norm: str = "none",
    steps: int = STEPS,
    seeds: int = SEEDS,
    rate: float = GRID_RATE,
) -> Plan:
    """The networks that `subjects` makes, with this norm, trained from several starts at this learning rate."""
    return Plan(
        "starts",
        {"starts": list(starts), "seeds": seeds},
        lambda base: subjects(replace(base, norm=norm, zero_init_residual=False)),
        replace(QUICK_TRAINING, steps=steps, learning_rate=rate),
    )


def judge_grid(result: StartsResult) -> Outcome:
    """Whether the plain network learns when it begins as the identity, and does not from He's weights."""
    found = by_seed(result.points, lambda point: (point.label, point.start))
    wanted = [(PLAIN, "he"), (PLAIN, "identity")]
    seeds = {
        seed: [points[key].training for key in wanted] for seed, points in found.items() if points.keys() >= set(wanted)
    }
    losses = [[each[place].final_loss for each in seeds.values()] for place in (0, 1)]
    return judge_seeds(
        {seed: not learned(usual) and learned(identity) for seed, (usual, identity) in seeds.items()},
        sentence(
            "Training loss of the plain network from He's weights {usual}, from the identity {identity}; a guess has"
            " {guessing:.2f}.",
            usual=span(losses[0]),
            identity=span(losses[1]),
            guessing=GUESSING,
        )
        if seeds
        else "",
        N_("At this depth, norm and learning rate the two starts do not separate."),
        N_("This needs the plain network from both starts."),
    )


def judge_branches(result: StartsResult) -> Outcome:
    """Whether every start that makes the branches small learns, and He's weights do not."""
    found = by_seed(result.points, lambda point: point.start)
    small = [name for name in START_FACTS if name in {point.start for point in result.points} - {USUAL}]
    seeds = {seed: points for seed, points in found.items() if small and points.keys() >= {USUAL, *small}}
    listed = [
        joined(
            " ",
            START_FACTS[name].label,
            span([points[name].training.final_loss for points in seeds.values()]),
        )
        for name in (USUAL, *small)
        if seeds
    ]
    return judge_seeds(
        {
            seed: not learned(points[USUAL].training) and all(learned(points[name].training) for name in small)
            for seed, points in seeds.items()
        },
        sentence(
            "Training loss by start: {listed}; a guess has {guessing:.2f}.",
            listed=joined(", ", *listed),
            guessing=GUESSING,
        )
        if seeds
        else "",
        N_("At this depth and learning rate the starts do not separate."),
        N_("This needs He's weights and another start."),
    )


GRID_CLAIM = Claim(
    "starts",
    "grid",
    N_("Without normalisation a deep plain network that begins as the identity learns; from He's weights it does not."),
    N_("Zagoruyko & Komodakis 2017 (DiracNets, arXiv:1706.00388)"),
    lambda: starts_plan().request(small_network(DEPTH)),
    judge_grid,
)


def with_branches(spec: ModelSpec) -> tuple[Subject, ...]:
    """The network alone, as the residual one."""
    return (Subject(RESIDUAL, spec),)


BRANCHES_CLAIM = Claim(
    "starts",
    "branches",
    N_(
        "Without normalisation a deep residual network does not train from He's weights at a high learning rate; with "
        "branches that begin small, in each of three ways, it does."
    ),
    N_("De & Smith 2020; Bachlechner et al. 2020; Zhang et al. 2019"),
    lambda: starts_plan(BRANCH_STARTS, with_branches, rate=BRANCH_RATE).request(small_network(DEPTH)),
    judge_branches,
)
