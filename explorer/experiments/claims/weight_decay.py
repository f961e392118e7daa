"""Lab 1: weight decay makes a branch smaller beside its shortcut."""

from collections.abc import Sequence

from explorer.experiments.catalogue.weight_decay import DecayResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.request_values import small_network
from explorer.language import N_, sentence

DEPTH, SEEDS = 20, 3
DECAYS = (0.0, 0.0001, 0.03, 0.1)


def decay_plan(decays: Sequence[float] = DECAYS, seeds: int = SEEDS) -> Plan:
    """The network trained with several values of weight decay."""
    return Plan("weight_decay", {"decays": list(decays), "seeds": seeds})


def judge_decay(result: DecayResult) -> Outcome:
    """Whether the last block's branch is smaller with the largest weight decay than with the smallest."""
    found = by_seed(result.points, lambda point: point.decay)
    ends = {seed: (points[min(points)], points[max(points)]) for seed, points in found.items() if len(points) > 1}
    least, most = ([pair[place].shares[-1] for pair in ends.values()] for place in (0, 1))
    return judge_seeds(
        {seed: after.shares[-1] < before.shares[-1] for seed, (before, after) in ends.items()},
        sentence(
            "Branch over shortcut in the last block: {least} with the smallest weight decay, {most} with the largest.",
            least=span(least, ".2f"),
            most=span(most, ".2f"),
        )
        if ends
        else "",
        N_("The pull is too weak for so few steps: choose a larger weight decay."),
        N_("This needs two values of weight decay."),
    )


DECAY_CLAIM = Claim(
    "degradation",
    "decay",
    N_(
        "Weight decay makes the branch of the last block smaller beside its shortcut, so the block comes nearer to the"
        " identity."
    ),
    N_("after He et al. 2015, section 3.1: weights driven towards zero approach the identity"),
    lambda: decay_plan().request(small_network(DEPTH)),
    judge_decay,
)
