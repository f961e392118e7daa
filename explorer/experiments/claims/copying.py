"""Lab 1: layers inserted into a trained network, and blocks that are trained to pass on their input."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from explorer.experiments.catalogue.inserted_layers import DeeperNetwork, InsertedResult
from explorer.experiments.catalogue.learn_identity import IdentityResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.language import N_, Sentence, sentence
from explorer.model import ModelSpec

DEPTH, SEEDS = 8, 3
COUNTS = (1, 3, 9)
GUESSING = 80.0
"""A test error in percent above which a network of ten classes does little more than guess; a guess has 90."""


def insert_plan(counts: Sequence[int] = COUNTS, seeds: int = SEEDS) -> Plan:
    """The network trained, then made deeper by untrained layers."""
    return Plan("inserted_layers", {"counts": list(counts), "seeds": seeds})


def judge_insert(result: InsertedResult) -> Outcome:
    """Whether silent branches leave the error as it is, and plain layers raise it to that of a guess."""
    seeds: dict[int, list[DeeperNetwork]] = {}
    for each in result.networks:
        seeds.setdefault(each.training.seed, []).append(each)
    of = {
        kind: [each.error for each in result.networks if each.inserted == kind] for kind in ("silent", "usual", "plain")
    }
    return judge_seeds(
        {
            seed: all(each.error == each.before for each in found if each.inserted == "silent")
            and all(each.error > GUESSING for each in found if each.inserted == "plain")
            for seed, found in seeds.items()
        },
        sentence(
            "Test error of the trained network {before}, with silent residual blocks {silent}, with residual blocks as"
            " they usually start {usual}, with plain layers {plain}.",
            before=span([each.before for each in result.networks], ".1f", " %"),
            silent=span(of["silent"], ".1f", " %"),
            usual=span(of["usual"], ".0f", " %"),
            plain=span(of["plain"], ".0f", " %"),
        )
        if all(of.values())
        else "",
        N_("A branch without weights at its end cannot be silent."),
        N_("No network is complete yet."),
    )


INSERT_CLAIM = Claim(
    "degradation",
    "insert",
    N_(
        "Residual blocks with silent branches can be inserted into a trained network without any "
        "loss; after plain layers "
        "with random weights it guesses."
    ),
    N_("after He et al. 2015, section 1: the solution by construction"),
    lambda: insert_plan().request(small_network(DEPTH)),
    judge_insert,
)

PLAIN, RESIDUAL = N_("one plain block"), N_("one residual block")
PLAINS, RESIDUALS, SILENT = (
    N_("four plain blocks"),
    N_("four residual blocks"),
    N_("four residual blocks, silent at the start"),
)
CONTESTANTS: Mapping[str, tuple[int, dict[str, Any]]] = MappingProxyType(
    {
        PLAIN: (1, {"shortcut": "none"}),
        RESIDUAL: (1, {}),
        PLAINS: (4, {"shortcut": "none"}),
        RESIDUALS: (4, {}),
        SILENT: (4, {"zero_init_residual": True}),
    }
)
"""The number of blocks in the first stage, and changed fields of the network, by label."""
STEPS, RATE = 100, 0.1
FACTOR = 10
"""The plain block's error must be this many times the residual one's."""
FAR = 0.1
"""A relative error above which blocks are still far from passing on their input."""


def copiers(base: ModelSpec) -> tuple[Subject, ...]:
    """Networks whose first stages are the blocks that learn to pass on their input."""
    return tuple(
        Subject(label, replace(base, stage_blocks=(blocks, 1, 1), **fields))
        for label, (blocks, fields) in CONTESTANTS.items()
    )


def learn_plan(steps: int = STEPS, seeds: int = SEEDS, rate: float = RATE) -> Plan:
    """All contestants, trained for so many steps at this rate."""
    return Plan("learn_identity", {"seeds": seeds}, copiers, replace(QUICK_TRAINING, steps=steps, learning_rate=rate))


def _ends(result: IdentityResult, labels: Sequence[str]) -> dict[int, list[float]]:
    """The relative errors after the last step, in the order of the labels, of each seed that has them all."""
    return {
        seed: [found[label].errors[-1] for label in labels]
        for seed, found in by_seed(result.fits).items()
        if found.keys() >= set(labels)
    }


def _columns(ends: dict[int, list[float]]) -> dict[str, Sentence]:
    """The first and the second number of each seed."""
    columns = zip(*ends.values(), strict=True)
    return {name: span(column, ".1g") for name, column in zip(("first", "second"), columns, strict=True)}


def judge_learn(result: IdentityResult) -> Outcome:
    """Whether one plain block ends at least ten times as far from its input as one residual block."""
    ends = _ends(result, (PLAIN, RESIDUAL))
    return judge_seeds(
        {seed: plain >= FACTOR * residual for seed, (plain, residual) in ends.items()},
        sentence(
            "Relative error at the end: {first} in the plain block, {second} in the residual one.", **_columns(ends)
        )
        if ends
        else "",
        N_("After few steps both are far from the input, after very many both are near."),
        N_("This needs one plain and one residual block."),
    )


def judge_start(result: IdentityResult) -> Outcome:
    """Whether four residual blocks are still far from their input, except from a silent start, which is exact."""
    ends = _ends(result, (RESIDUALS, SILENT))
    return judge_seeds(
        {seed: usual > FAR and silent == 0 for seed, (usual, silent) in ends.items()},
        sentence(
            "Relative error at the end: {first} in four residual blocks, {second} in four that start silent.",
            **_columns(ends),
        )
        if ends
        else "",
        N_("After more steps four blocks find it from the usual start as well."),
        N_("This needs four residual blocks from both starts."),
    )


LEARN_CLAIM = Claim(
    "degradation",
    "learn",
    N_("A residual block learns to pass on its input much sooner than a plain block."),
    N_("He et al. 2015, section 3.1"),
    lambda: learn_plan().request(small_network(DEPTH)),
    judge_learn,
)
START_CLAIM = Claim(
    "degradation",
    "learn",
    N_(
        "Four residual blocks from the usual start do not learn it in as many steps, while silent "
        "ones begin with it: the "
        "start counts, not the shortcut alone."
    ),
    N_("after Zhang et al. 2019, section 1"),
    lambda: learn_plan().request(small_network(DEPTH)),
    judge_start,
    variant="start",
)
