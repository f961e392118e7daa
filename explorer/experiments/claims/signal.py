"""Lab 2: gradients block by block, with and without normalisation; a factor on every shortcut."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.experiments.catalogue.lambda_sweep import LambdaPoint, LambdaResult
from explorer.experiments.catalogue.signal_and_gradient import SignalNetwork, SignalResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.language import N_, sentence
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin

PLAIN, POST, PREACT, ZERO = (
    "plain",
    N_("residual, as it is"),
    N_("residual, pre-activation"),
    N_("residual, branches start at 0"),
)
VARIANTS = {"plain": PLAIN, "post": POST, "preact": PREACT, "zero": ZERO}
DEPTH = 56
COMPARED, READINGS = ("plain", "post"), (0, 20)
SEEDS = 3
SHRUNK = 1e-3
"""First over last gradient; below it the gradient counts as vanished."""


def variants(base: ModelSpec, chosen: Sequence[str]) -> tuple[Subject, ...]:
    """The chosen variants of a network. Raises SpecError for a variant that is not valid."""
    make = {
        "plain": lambda: plain_twin(base) or base,
        "post": lambda: base,
        "preact": lambda: replace(base, activation_order="preact"),
        "zero": lambda: replace(base, zero_init_residual=True),
    }
    return tuple(Subject(VARIANTS[name], make[name]()) for name in chosen)


def signal_plan(
    names: Sequence[str] = COMPARED,
    readings: Sequence[int] = READINGS,
    norm: str = "batch",
    border: str = "zeros",
    seeds: int = SEEDS,
) -> Plan:
    """Readings of the variants of a network with this norm, before and during a training of at least 20 steps."""

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return variants(replace(base, norm=norm) if norm != base.norm else base, names)

    parameters = {"readings": list(readings), "border": border, "seeds": seeds}
    training = replace(QUICK_TRAINING, steps=max([20, *readings]))
    return Plan("signal_and_gradient", parameters, subjects, training)


def first_over_last(network: SignalNetwork) -> float | None:
    """The gradient at the first block's output over that at the last one's, before training; None if not measured."""
    first = next((reading for reading in network.readings if reading.step == 0), None)
    if first is None or not first.output_gradient[-1]:
        return None
    return first.output_gradient[0] / first.output_gradient[-1]


def plain_ratios(result: SignalResult) -> dict[int, float]:
    """First over last gradient of the plain network before training, by seed."""
    found = {each.training.seed: first_over_last(each) for each in result.networks if each.label == PLAIN}
    return {seed: ratio for seed, ratio in found.items() if ratio is not None}


MISSING = N_("This needs the plain network, read before training.")


def judge_normalised(result: SignalResult) -> Outcome:
    """Whether the plain network's gradient reaches the first block no smaller than it leaves the last."""
    ratios = plain_ratios(result)
    return judge_seeds(
        {seed: ratio >= 1 for seed, ratio in ratios.items()},
        sentence(
            "Gradient at the first block over that at the last, plain, before training: {ratios}.",
            ratios=span(list(ratios.values())),
        )
        if ratios
        else "",
        N_("The gradient shrinks towards the first block."),
        MISSING,
    )


def judge_unnormalised(result: SignalResult) -> Outcome:
    """Whether more than a thousandth of the plain network's gradient reaches the first block without a norm."""
    ratios = plain_ratios(result)
    return judge_seeds(
        {seed: ratio >= SHRUNK for seed, ratio in ratios.items()},
        sentence(
            "Gradient at the first block over that at the last, plain, before training: {ratios}; below {shrunk:g} it"
            " counts as vanished.",
            ratios=span(list(ratios.values())),
            shrunk=SHRUNK,
        )
        if ratios
        else "",
        N_(
            "On the last stage's maps of 2x2 pixels a 3x3 filter with a border of zeros meets the map with four of its "
            "nine weights, while the initialisation counts on all nine; so each layer there passes "
            "on less than it gets. "
            "With the other border it meets the map with all nine."
        ),
        MISSING,
    )


NORMALISED_CLAIM = Claim(
    "signal",
    "blocks",
    N_(
        "With batch normalisation the gradient of a deep plain network does not vanish, so vanishing gradients do not "
        "explain degradation."
    ),
    N_("He et al. 2015, section 4.1"),
    lambda: signal_plan().request(small_network(DEPTH)),
    judge_normalised,
)
UNNORMALISED_CLAIM = Claim(
    "signal",
    "blocks",
    N_("Without normalisation, He's initialisation alone keeps the gradient of a deep plain network from vanishing."),
    N_("He et al. 2015, Delving Deep into Rectifiers (arXiv:1502.01852), section 2.2"),
    lambda: signal_plan(norm="none", border="circular").request(small_network(DEPTH)),
    judge_unnormalised,
    variant="no norm",
)

FACTOR_DEPTH, FACTOR_STEPS = 56, 50
FACTORS = (0.5, 0.9, 1.0, 1.1, 1.5)


def factor_plan(
    factors: Sequence[float] = FACTORS, order: str = "post", dataset: str = "digits", seeds: int = SEEDS
) -> Plan:
    """The network with each factor on all of its shortcuts."""

    def subjects(base: ModelSpec) -> tuple[Subject, ...]:
        return (Subject("network", replace(base, activation_order=order)),)

    parameters = {"factors": list(factors), "seeds": seeds}
    return Plan("lambda_sweep", parameters, subjects, replace(QUICK_TRAINING, dataset=dataset, steps=FACTOR_STEPS))


def judge_factor(result: LambdaResult) -> Outcome:
    """Whether the training with the smallest factor and that with the largest end worse than that with the factor 1."""
    found = by_seed(result.points, lambda point: point.factor)
    factors = sorted({point.factor for point in result.points})
    low, high = (factors[0], factors[-1]) if factors else (0.0, 0.0)
    seeds = {
        seed: [points[factor].training.final_loss for factor in (low, 1.0, high)]
        for seed, points in found.items()
        if low < 1 < high and {low, 1.0, high} <= set(points)
    }
    columns = [list(column) for column in zip(*seeds.values(), strict=True)]
    return judge_seeds(
        {seed: min(losses[0], losses[2]) > losses[1] for seed, losses in seeds.items()},
        sentence(
            "Training loss with λ = {low:g} {below}, with λ = 1 {one}, with λ = {high:g} {above}.",
            low=low,
            below=span(columns[0]),
            one=span(columns[1]),
            high=high,
            above=span(columns[2]),
        )
        if seeds
        else "",
        N_("The branches compensate the factor: choose more layers, or factors further from 1."),
        N_("This needs the factor 1 with one below and one above."),
    )


def longest_chain(point: LambdaPoint) -> int:
    """The number of blocks in the longest chain of identity shortcuts."""
    return max((chain.blocks for chain in point.chains), default=0)


FACTOR_CLAIM = Claim(
    "signal",
    "factor",
    N_("A constant factor on every shortcut other than 1 makes the training harder, below 1 and above 1."),
    N_("He et al. 2016, section 3, Eqns. 6 to 8"),
    lambda: factor_plan().request(small_network(FACTOR_DEPTH)),
    judge_factor,
)
