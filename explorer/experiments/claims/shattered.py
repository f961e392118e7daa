"""Lab 11: gradients of neighbouring inputs (Balduzzi et al. 2017), and two inputs (Yang & Schoenholz 2017)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from explorer.analysis.decay import Decay, fitted_decay
from explorer.experiments.catalogue.shattered_gradients import LineGradients, ShatteredResult
from explorer.experiments.catalogue.two_inputs import InputPairs, TwoInputsResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, Verdict, by_seed, judge_seeds, span
from explorer.experiments.claims.lesion import PLAIN, RESIDUAL
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.language import N_, Sentence, joined, sentence
from explorer.model import ModelSpec
from explorer.model.changes import plain_twin, with_equal_stages

KINDS: Mapping[str, str] = MappingProxyType(
    {"plain": PLAIN, "post": RESIDUAL, "preact": N_("residual, pre-activation"), "scaled": N_("residual, F × 0.1")}
)
"""The kinds of networks that the gradients part compares, by their names in the address."""
PAIR_KINDS: Mapping[str, str] = MappingProxyType({name: KINDS[name] for name in ("plain", "post", "preact")})
"""The same of the inputs part."""
BLOCKS, COMPARED, POINTS, SEEDS = (1, 3, 9), ("plain", "post"), 64, 3
PAIRS_DEPTH = 50
DATASET = QUICK_TRAINING.dataset
MISSING_PAIR = sentence(
    "This needs *{plain}* and *{residual}* in which a difference is left after the first block.",
    plain=sentence(PLAIN),
    residual=sentence(RESIDUAL),
)
NEARLY_EQUAL, UNRELATED = 0.8, 0.2
ALIKE_UP_TO: Mapping[int, tuple[int, int]] = MappingProxyType({64: (8, 20), 128: (14, 20)})
"""By the points of a line: layers of the untrained small plain network up to which the cosine of neighbouring gradients
is above `NEARLY_EQUAL`, and above `UNRELATED`: over ten seeds, on digits and gratings. With 32 points it changes with
the seed at 8 and at 20 layers."""
ALIKE = 0.83
KEPT_UP_TO, ALL_ALIKE_FROM = 14, 20
"""Layers of the untrained small plain network up to which, with batch norm, near pairs stay above a cosine of `ALIKE`,
and from which, without norm, all pairs are above it: over ten seeds, on digits and gratings. Without norm and with
fewer layers it changes with the seed."""
FLOOR = 0.05
"""A difference below it is not told from none: the mean over pairs, in a narrow network, varies by as much."""


def kinds_of_network(spec: ModelSpec) -> dict[str, ModelSpec]:
    """The network in every kind. Raises SpecError for a kind that the network cannot have."""
    return {
        "plain": plain_twin(spec) or spec,
        "post": spec,
        "preact": replace(spec, activation_order="preact"),
        "scaled": replace(spec, residual_scale=0.1),
    }


def name_at(kind: str, depth: int) -> str:
    """The label of a network of a kind, as `KINDS` names it, with so many layers."""
    return f"{kind}, {depth} layers"


def by_depth(kinds: Sequence[str], blocks: Iterable[int], base: ModelSpec) -> tuple[Subject, ...]:
    """The network in these kinds, with so many blocks in each stage. Raises SpecError where there is none."""
    found = []
    for kind in kinds:
        for count in sorted(blocks):
            spec = with_equal_stages(kinds_of_network(base)[kind], count)
            found.append(Subject(name_at(KINDS[kind], spec.depth), spec))
    return tuple(found)


def gradients_plan(
    kinds: Sequence[str] = COMPARED,
    blocks: Iterable[int] = BLOCKS,
    dataset: str = DATASET,
    trained: bool = False,
    points: int = POINTS,
    seeds: int = SEEDS,
) -> Plan:
    """The gradients along lines between two images."""
    return Plan(
        "shattered_gradients",
        {"points": points, "trained": trained, "seeds": seeds},
        partial(by_depth, tuple(kinds), tuple(blocks)),
        replace(QUICK_TRAINING, dataset=dataset),
    )


def pair_kinds(kinds: Sequence[str], norm: str, base: ModelSpec) -> tuple[Subject, ...]:
    """The network in these kinds with this norm. Raises SpecError where there is no such network."""
    networks = kinds_of_network(replace(base, norm=norm) if norm != base.norm else base)
    return tuple(Subject(PAIR_KINDS[kind], networks[kind]) for kind in kinds)


def inputs_plan(
    kinds: Sequence[str] = COMPARED,
    norm: str = "batch",
    dataset: str = DATASET,
    trained: bool = False,
    seeds: int = SEEDS,
) -> Plan:
    """Two inputs on their way through the network."""
    return Plan(
        "two_inputs",
        {"trained": trained, "seeds": seeds},
        partial(pair_kinds, tuple(kinds), norm),
        replace(QUICK_TRAINING, dataset=dataset),
    )


def neighbours(network: LineGradients) -> float:
    """The cosine of neighbouring gradients; NaN where there is none."""
    return network.correlations[0] if network.correlations else math.nan


def judge_gradients(result: ShatteredResult) -> Outcome:
    """Whether the plain network's neighbouring gradients end less alike than the residual one's, and fall by more."""
    seeds = {seed: cosines for seed, found in by_seed(result.networks).items() if (cosines := _at_both_ends(found))}
    ends = next(iter(seeds.values()), {})
    first, last = (min(ends, default=0), max(ends, default=0))
    numbers = [
        sentence(
            "{depth} layers: plain {plain}, residual {residual}",
            depth=depth,
            plain=span([each[depth][0] for each in seeds.values()], "z.2f"),
            residual=span([each[depth][1] for each in seeds.values()], "z.2f"),
        )
        for depth in ends
    ]
    return judge_seeds(
        {
            seed: each[last][0] < each[last][1] and each[first][0] - each[last][0] > each[first][1] - each[last][1]
            for seed, each in seeds.items()
        },
        sentence("Cosine of neighbouring gradients at {numbers}.", numbers=joined("; ", *numbers)),
        N_("With few layers, or points far from each other, plain and residual networks are alike."),
        sentence(
            "This needs *{plain}* and *{residual}* at two depths.", plain=sentence(PLAIN), residual=sentence(RESIDUAL)
        ),
    )


def _at_both_ends(found: Mapping[str, LineGradients]) -> dict[int, tuple[float, float]]:
    """Plain and residual cosine at the smallest and the greatest depth; empty where they are not two depths."""
    known = {}
    for depth in sorted({each.depth for each in found.values()}):
        pair = [found[name] for kind in (PLAIN, RESIDUAL) if (name := name_at(kind, depth)) in found]
        cosines = tuple(map(neighbours, pair))
        if len(cosines) == 2 and all(map(math.isfinite, cosines)):
            known[depth] = (cosines[0], cosines[1])
    return {depth: known[depth] for depth in (min(known), max(known))} if len(known) > 1 else {}


def left_over(network: InputPairs) -> float:
    """The difference after the last block in percent of that after the first; NaN where there is none."""
    differences = network.differences
    return 100 * differences[-1] / differences[1] if len(differences) > 1 and differences[1] > FLOOR else math.nan


def decay_of(network: InputPairs) -> Decay | None:
    """How the difference decays over the blocks; None where it is too short or too even for a law."""
    return fitted_decay(network.differences[1:], FLOOR)


def _pairs(result: TwoInputsResult) -> dict[int, tuple[InputPairs, InputPairs]]:
    """The plain and the residual network of each seed that has both, with something left over to compare."""
    found = {
        seed: (networks[PLAIN], networks[RESIDUAL])
        for seed, networks in by_seed(result.networks).items()
        if {PLAIN, RESIDUAL} <= set(networks)
    }
    return {seed: both for seed, both in found.items() if all(math.isfinite(left_over(each)) for each in both)}


def judge_inputs(result: TwoInputsResult) -> Outcome:
    """Whether less than half as much is left of the difference in the plain network as in the residual one."""
    seeds = _pairs(result)
    plain, residual = ([left_over(both[place]) for both in seeds.values()] for place in (0, 1))
    return judge_seeds(
        {seed: left_over(both[0]) < 0.5 * left_over(both[1]) for seed, both in seeds.items()},
        sentence(
            "Of the difference after the first block {plain} is left after the last one in the plain network, and"
            " {residual} in the residual one.",
            plain=span(plain, "z.0f", " %"),
            residual=span(residual, "z.0f", " %"),
        )
        if seeds
        else "",
        N_(
            "Without norm, ReLU networks with He's weights make all inputs alike, with shortcuts and without; with few "
            "layers neither network forgets much."
        ),
        MISSING_PAIR,
    )


def judge_law(result: TwoInputsResult) -> Outcome:
    """Whether the plain network's difference falls exponentially, and the residual one's as a power of the depth."""
    seeds = _pairs(result)
    fits = {seed: (decay_of(plain), decay_of(residual)) for seed, (plain, residual) in seeds.items()}
    sides = [
        _law_sentence(kind, [both[place] for both in fits.values()]) for place, kind in enumerate((PLAIN, RESIDUAL))
    ]
    return judge_seeds(
        {
            seed: plain is not None
            and plain.follows(exponential=True)
            and residual is not None
            and residual.follows(exponential=False)
            for seed, (plain, residual) in fits.items()
        },
        joined(" ", *sides),
        N_(
            "The paper's law is one of infinitely wide networks without norm; these are narrow and "
            "have other activations."
        ),
        MISSING_PAIR,
    )


def _law_sentence(kind: str, decays: Sequence[Decay | None]) -> Sentence:
    """Which law fits the differences of one kind of network better, in a sentence."""
    fitted = [each for each in decays if each is not None]
    falling = [each for each in fitted if each.falls]
    better = sum(each.is_exponential for each in falling)
    return sentence(
        "In the {kind} network the difference falls in {falling} of {seeds} seeds, and an exponential fits better than"
        " a power of the depth in {better} of them.",
        kind=sentence(kind),
        falling=len(falling),
        seeds=len(decays),
        better=better,
    )


GRADIENTS_CLAIM = Claim(
    "shattered",
    "gradients",
    N_(
        "With depth the gradients of neighbouring inputs become unrelated in a plain network, and "
        "much more slowly in a "
        "residual one."
    ),
    N_("Balduzzi et al. 2017 (arXiv:1702.08591), abstract"),
    lambda: gradients_plan().request(small_network(20)),
    judge_gradients,
)
INPUTS_CLAIM = Claim(
    "shattered",
    "inputs",
    N_("A deep plain network forgets which inputs were close to each other; a residual one keeps more of it."),
    N_("Yang & Schoenholz 2017 (arXiv:1712.08969), abstract"),
    lambda: inputs_plan().request(small_network(PAIRS_DEPTH)),
    judge_inputs,
)
LAW_CLAIM = Claim(
    "shattered",
    "inputs",
    N_(
        "What is kept of the difference falls exponentially with depth in a plain network, and as a "
        "power of the depth in "
        "a residual one."
    ),
    N_("Yang & Schoenholz 2017 (arXiv:1712.08969), abstract"),
    lambda: inputs_plan().request(small_network(PAIRS_DEPTH)),
    judge_law,
    Verdict.UNDECIDED,
    "law",
)
