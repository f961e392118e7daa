"""Lab 1: whether another optimiser or another learning rate trains a deep plain network as shortcuts do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from explorer.experiments.catalogue.learning_rates import RATE_LABELS, RATES, RatesResult
from explorer.experiments.catalogue.optimisers import OptimisersResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL, with_plain_twin
from explorer.experiments.request_values import QUICK_TRAINING, small_network
from explorer.language import N_, joined, sentence
from explorer.runs.settings import OPTIMISERS

DEPTH, SEEDS = 56, 3
STEPS, RATE_STEPS = 40, 300


def optimisers_plan(
    names: Sequence[str] = tuple(OPTIMISERS), steps: int = STEPS, seeds: int = SEEDS, factor: float = 1.0
) -> Plan:
    """The network and its plain twin under each optimiser, at its usual rate times a factor."""
    parameters = {"optimisers": list(names), "seeds": seeds, "rate_factor": factor}
    return Plan("optimisers", parameters, with_plain_twin, replace(QUICK_TRAINING, steps=steps))


def _judge(found: Mapping[int, Mapping[Any, Any]], labels: Mapping[str, str], reason: str) -> Outcome:
    """Whether the plain network ends above the residual one in every seed, however both were trained.

    `found` has the points of each seed by how they were trained, by its name in `labels`, and by the network.
    """
    ways = [name for name in labels if any((name, PLAIN) in points for points in found.values())]
    wanted = [(way, label) for way in ways for label in (PLAIN, RESIDUAL)]
    seeds = {
        seed: {key: points[key].training.final_loss for key in wanted}
        for seed, points in found.items()
        if wanted and points.keys() >= set(wanted)
    }
    listed = [
        sentence(
            "{way}: plain {plain}, residual {residual}",
            way=sentence(labels[way]),
            plain=span([each[way, PLAIN] for each in seeds.values()]),
            residual=span([each[way, RESIDUAL] for each in seeds.values()]),
        )
        for way in ways
        if seeds
    ]
    return judge_seeds(
        {seed: all(losses[way, PLAIN] > losses[way, RESIDUAL] for way in ways) for seed, losses in seeds.items()},
        sentence("Training loss, {listed}.", listed=joined("; ", *listed)) if seeds else "",
        reason,
        N_("This needs a residual network and its plain twin, trained in every way."),
    )


def judge_optimisers(result: OptimisersResult) -> Outcome:
    """Whether the plain network ends above the residual one in training loss with every optimiser."""
    found = by_seed(result.points, lambda point: (point.optimiser, point.training.label))
    labels = {name: facts.label for name, facts in OPTIMISERS.items()}
    return _judge(found, labels, N_("Over few layers both train well with any optimiser: choose more layers."))


def rates_plan(rates: Sequence[str] = tuple(RATES), steps: int = RATE_STEPS, seeds: int = SEEDS) -> Plan:
    """The network and its plain twin at several learning rates."""
    parameters = {"rates": list(rates), "seeds": seeds}
    return Plan("learning_rates", parameters, with_plain_twin, replace(QUICK_TRAINING, steps=steps))


def judge_rates(result: RatesResult) -> Outcome:
    """Whether the plain network ends above the residual one in training loss at every learning rate."""
    found = by_seed(result.points, lambda point: (point.rate, point.training.label))
    return _judge(found, RATE_LABELS, N_("At a rate that is far too small neither network has left the start."))


OPTIMISER_CLAIM = Claim(
    "degradation",
    "optimiser",
    N_("With SGD, Adam and Muon alike, a deep plain network ends above the residual one in training loss."),
    N_("a question that He et al. 2015 leave open: they trained with SGD only"),
    lambda: optimisers_plan().request(small_network(DEPTH)),
    judge_optimisers,
)
RATES_CLAIM = Claim(
    "degradation",
    "sweep",
    N_(
        "At each of four learning rates, one of them with a warm-up, a deep plain network ends above "
        "the residual one in "
        "training loss: degradation is not a matter of the rate."
    ),
    N_("after He et al. 2015, section 4.1"),
    lambda: rates_plan().request(small_network(DEPTH)),
    judge_rates,
    variant="rates",
)
