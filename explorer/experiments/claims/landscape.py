"""Lab 8: the loss around trained weights, plain and residual (Li et al. 2018)."""

import math
from itertools import pairwise

from explorer.experiments.catalogue.landscape import LandscapeNetwork, LandscapeResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, Verdict, by_seed, judge_seeds, span
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL, with_plain_twin
from explorer.experiments.request_values import small_network
from explorer.language import N_, sentence

DEPTH, SECONDS, RADIUS, SEEDS = 56, 4, 1.0, 3
MORE_VALLEYS = 2
"""By how many valleys of one cut the plain network's slice must exceed the residual one's to count as chaotic."""


def landscape_plan(
    seconds: int = SECONDS, directions: str = "random", radius: float = RADIUS, seeds: int = SEEDS
) -> Plan:
    """Slices around the trained network and its trained plain twin."""
    parameters = {"seconds": seconds, "directions": directions, "radius": radius, "seeds": seeds}
    return Plan("landscape", parameters, with_plain_twin)


def cut(network: LandscapeNetwork) -> list[float] | None:
    """The losses along alpha in the row with beta nearest to 0; None until that row is computed."""
    if not network.ys:
        return None
    middle = min(range(len(network.ys)), key=lambda row: abs(network.ys[row]))
    return list(network.losses[middle]) if middle < len(network.losses) else None


def valleys(losses: list[float]) -> int:
    """The places of a cut where the loss falls before and rises after: 1 in a bowl."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    falls = [after < before for before, after in pairwise(finite) if after != before]
    return sum(before and not after for before, after in pairwise(falls))


def judge_landscape(result: LandscapeResult) -> Outcome:
    """Whether the cut of the plain network has at least two valleys more than that of the residual one."""
    seeds = {}
    for seed, found in by_seed(result.networks).items():
        cuts = [cut(found[label]) for label in (PLAIN, RESIDUAL) if label in found]
        if len(cuts) == 2 and cuts[0] and cuts[1]:
            seeds[seed] = [(valleys(losses), max(losses) / min(losses)) for losses in cuts if losses]
    plain, residual = ([each[place] for each in seeds.values()] for place in (0, 1))
    return judge_seeds(
        {seed: each[0][0] >= each[1][0] + MORE_VALLEYS for seed, each in seeds.items()},
        sentence(
            "Valleys in the middle cut: plain {plain}, residual {residual}. The highest loss of the cut is {steep}"
            " times the lowest in the plain network, {flat} times in the residual one.",
            plain=span([n for n, _ in plain], ".0f"),
            residual=span([n for n, _ in residual], ".0f"),
            steep=span([r for _, r in plain]),
            flat=span([r for _, r in residual]),
        )
        if seeds
        else "",
        N_(
            "The plain network has hardly learnt in so few steps, so it lies on a plateau; the paper's networks were "
            "trained to the end on CIFAR-10."
        ),
        N_("This needs a residual network and its plain twin."),
    )


LANDSCAPE_CLAIM = Claim(
    "landscape",
    "slices",
    N_("Around a deep plain network the loss is chaotic, with many valleys; with shortcuts it is a smooth bowl."),
    N_("Li et al. 2018, section 5 and Figs. 1 and 5"),
    lambda: landscape_plan().request(small_network(DEPTH)),
    judge_landscape,
    expected=Verdict.FAILS,
)
