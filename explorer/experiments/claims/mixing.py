"""Lab 2: the gain of several streams that every block mixes by a matrix (Zhu et al. 2024; Xie et al. 2025)."""

from collections.abc import Iterable, Mapping, Sequence

from explorer.analysis.theory.mixing import Gain, doubly_stochastic, gains, mixing_matrices
from explorer.experiments.claims.claim import Claim, Outcome, judge_seeds, span
from explorer.language import N_, sentence

FREE, BALANCED = N_("free"), N_("doubly stochastic")
NEARLY_ONE = 0.05
"""How far a gain may be from 1 and still count as 1: columns sum to 1 only after infinitely many iterations."""
STREAMS, BLOCKS, SPREAD, ITERATIONS, DRAWS = 4, 64, 0.2, 20, 5
Drawn = Mapping[str, Sequence[tuple[Gain, ...]]]
"""The gains by depth of every draw, by the kind of matrix."""


def mixed(
    seeds: Iterable[int],
    streams: int = STREAMS,
    count: int = BLOCKS,
    spread: float = SPREAD,
    iterations: int = ITERATIONS,
) -> Drawn:
    """Both kinds, from the same random matrices of each seed: as they are, and made doubly stochastic."""
    free = [mixing_matrices(streams, count, spread, seed) for seed in seeds]
    return {
        FREE: [gains(each) for each in free],
        BALANCED: [gains(doubly_stochastic(each, iterations)) for each in free],
    }


def judge_mixing(drawn: Drawn) -> Outcome:
    """Whether the gain is 1 with doubly stochastic matrices, forwards and backwards, and above 1 with free ones."""
    ends = {kind: [each[-1] for each in every] for kind, every in drawn.items()}
    away = [max(abs(each.forward - 1), abs(each.backward - 1)) for each in ends[BALANCED]]
    free = [each.forward for each in ends[FREE]]
    return judge_seeds(
        {draw: far <= NEARLY_ONE < gain - 1 for draw, (far, gain) in enumerate(zip(away, free, strict=True))},
        sentence(
            "Doubly stochastic: the gain is at most {away:.1g} away from 1, forwards and backwards. Free: {free}.",
            away=max(away),
            free=span(free),
        )
        if free
        else "",
        N_("So few iterations do not make the matrices doubly stochastic, or so few blocks do not let free ones grow."),
        N_("No matrices were drawn."),
    )


MIXING_CLAIM = Claim(
    "signal",
    "mixing",
    N_(
        "The gain of a product of doubly stochastic matrices stays 1, and that of free random ones "
        "grows with the depth."
    ),
    N_("Xie et al. 2025 (mHC, arXiv:2512.24880)"),
    None,
    judge_mixing,
    compute=mixed,
)
