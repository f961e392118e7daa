"""Lab 7: blocks removed from trained networks, and the lengths of the paths that carry gradient (Veit et al. 2016)."""

import math
from math import comb
from statistics import median

from explorer.experiments.catalogue.gradient_paths import PathNetwork, PathResult
from explorer.experiments.catalogue.lesion import LesionNetwork, LesionResult
from explorer.experiments.claims.claim import POINTS, Claim, Outcome, Plan, by_seed, judge_seeds, one_network, span
from explorer.experiments.request_values import Subject, small_network
from explorer.language import N_, sentence
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin

PLAIN, RESIDUAL = "plain", "residual"
"""Labels of a network's plain twin and of the network beside it."""
DEPTH, DRAWS, SEEDS = 20, 5, 3


def with_plain_twin(spec: ModelSpec) -> tuple[Subject, ...]:
    """The network after its plain twin; alone if it has no twin. Raises SpecError for an invalid twin."""
    twin = plain_twin(spec)
    return one_network(spec) if twin is None else (Subject(PLAIN, twin), Subject(RESIDUAL, spec))


def damage_plan(draws: int = DRAWS, seeds: int = SEEDS) -> Plan:
    """The network and its plain twin, trained, then damaged."""
    return Plan("lesion", {"draws": draws, "seeds": seeds}, with_plain_twin)


def rise(network: LesionNetwork) -> float:
    """By how many points the test error rises without one block, the median over the blocks; NaN if none can go."""
    errors = [each.test_error for each in network.dropped if not each.problem]
    return median(errors) - network.intact_error if errors else math.nan


def judge_damage(result: LesionResult) -> Outcome:
    """Whether the loss of a block costs the plain network more than twice as many points as the residual one."""
    seeds = {
        seed: (rise(found[PLAIN]), rise(found[RESIDUAL]))
        for seed, found in by_seed(result.networks).items()
        if {PLAIN, RESIDUAL} <= set(found)
    }
    seeds = {seed: rises for seed, rises in seeds.items() if all(map(math.isfinite, rises))}
    plain, residual = ([rises[place] for rises in seeds.values()] for place in (0, 1))
    return judge_seeds(
        {seed: rises[0] > 2 * max(rises[1], 0.0) for seed, rises in seeds.items()},
        sentence(
            "Without one block, at the median over the blocks, the test error rises by {plain} in the plain network and"
            " by {residual} in the residual one.",
            plain=span(plain, ".0f", POINTS),
            residual=span(residual, ".0f", POINTS),
        )
        if seeds
        else "",
        N_("A plain network that has hardly learnt has little to lose: choose fewer layers."),
        N_("This needs a residual network and its plain twin."),
    )


DAMAGE_CLAIM = Claim(
    "lesion",
    "damage",
    N_("A residual network loses little without any one block; a plain network only guesses."),
    N_("Veit et al. 2016, section 4.1 and Fig. 3"),
    lambda: damage_plan().request(small_network(DEPTH)),
    judge_damage,
)

PATHS_DEPTH, SAMPLES = 56, 10
SHARE = 0.95


def paths_plan(samples: int = SAMPLES, trained: bool = True, seeds: int = SEEDS) -> Plan:
    """Random paths of each length through a network."""
    return Plan("gradient_paths", {"samples": samples, "trained": trained, "seeds": seeds})


def lengths_that_carry(network: PathNetwork) -> tuple[int, int, float]:
    """First and last length of the range around the peak with 95 % of the gradient, and its share of all paths."""
    shares = [each.share for each in network.lengths]
    low = high = shares.index(max(shares))
    while sum(shares[low : high + 1]) < SHARE and (low > 0 or high < len(shares) - 1):
        below = shares[low - 1] if low > 0 else -1.0
        above = shares[high + 1] if high < len(shares) - 1 else -1.0
        low, high = (low - 1, high) if below > above else (low, high + 1)
    paths = sum(comb(network.blocks, length) for length in range(low, high + 1))
    return low, high, paths / 2**network.blocks


def judge_paths(result: PathResult) -> Outcome:
    """Whether 95 % of the gradient comes along paths shorter than half of the blocks."""
    networks = {each.training.seed: each for each in result.networks if each.blocks and len(each.lengths) > each.blocks}
    found = {seed: lengths_that_carry(network) for seed, network in networks.items()}
    blocks = max((each.blocks for each in networks.values()), default=0)
    lows, highs, parts = (list(column) for column in zip(*found.values(), strict=True)) if found else ([], [], [])
    return judge_seeds(
        {seed: high < blocks / 2 for seed, (_, high, _) in found.items()},
        sentence(
            "95 % of the gradient comes along paths through at least {least} and at most {most} of {blocks} blocks,"
            " which are {share} of all paths.",
            least=span(lows, ".0f"),
            most=span(highs, ".0f"),
            blocks=blocks,
            share=span([100 * part for part in parts], ".2g", " %"),
        )
        if found
        else "",
        N_(
            "Over few blocks the gradient hardly fades along a path, so the most frequent lengths "
            "carry most of it: choose "
            "more layers."
        ),
        N_("This needs one residual network."),
    )


PATHS_CLAIM = Claim(
    "lesion",
    "paths",
    N_("Nearly all of the gradient comes along paths that are shorter than half of the blocks."),
    N_("Veit et al. 2016, section 5 and Fig. 6"),
    lambda: paths_plan().request(small_network(PATHS_DEPTH)),
    judge_paths,
)
