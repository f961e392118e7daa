"""Lab 10: whether the later blocks of a stage refine (Greff et al. 2017; Jastrzebski et al. 2018)."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.experiments.catalogue.iterative_refinement import RefinedBlock, RefinementResult
from explorer.experiments.claims.claim import POINTS, Claim, Outcome, Plan, by_seed, judge_seeds, one_network, span
from explorer.experiments.request_values import Subject, small_network
from explorer.language import N_, sentence
from explorer.model import ModelSpec

DEPTH, ORDER, SEEDS = 32, "preact", 3
SURE = 3.0
"""Standard deviations of the random reference above which a cosine counts as positive."""


def refinement_plan(trained: bool = True, seeds: int = SEEDS, order: str = ORDER) -> Plan:
    """The network, with another order of activations unless `order` is empty, read block by block."""

    def subjects(spec: ModelSpec) -> tuple[Subject, ...]:
        return one_network(replace(spec, activation_order=order) if order else spec)

    return Plan("iterative_refinement", {"trained": trained, "seeds": seeds}, subjects)


def last_stage(blocks: Sequence[RefinedBlock]) -> Sequence[RefinedBlock]:
    """The blocks of the last stage after its first."""
    return [block for block in blocks if block.stage == blocks[-1].stage][1:]


def gains(blocks: Sequence[RefinedBlock]) -> tuple[float, float]:
    """By how many points the first block of the last stage raises the heads' accuracy, and each later one."""
    later = last_stage(blocks)
    first = len(blocks) - len(later) - 1
    inside = blocks[-1].head_accuracy - blocks[first].head_accuracy
    return blocks[first].head_accuracy - blocks[first - 1].head_accuracy, inside / len(later)


def judge_refinement(result: RefinementResult) -> Outcome:
    """Whether the last stage refines: its first block adds most, and all later ones point downhill beyond noise."""
    seeds = {
        seed: network.blocks
        for seed, found in by_seed(result.networks).items()
        for network in list(found.values())[:1]
        if network.blocks and last_stage(network.blocks) and len({block.stage for block in network.blocks}) > 1
    }
    pairs = {seed: gains(blocks) for seed, blocks in seeds.items()}
    at_first, at_later = ([pair[place] for pair in pairs.values()] for place in (0, 1))
    cosines = [block.cosine for blocks in seeds.values() for block in last_stage(blocks)]
    return judge_seeds(
        {
            seed: first > later and all(block.cosine > SURE * block.noise for block in last_stage(seeds[seed]))
            for seed, (first, later) in pairs.items()
        },
        sentence(
            "The first block of the last stage adds {first} to the heads' accuracy, each later one {later}; the cosines"
            " of the later ones are {cosines}.",
            first=span(at_first, ".1f", POINTS),
            later=span(at_later, ".1f", POINTS),
            cosines=span(cosines, ".2f"),
        )
        if seeds
        else "",
        N_("Without training, or where the network has hardly learnt, the branches do not point downhill."),
        N_("This needs a network of several stages with more than one block in the last."),
    )


REFINEMENT_CLAIM = Claim(
    "refinement",
    "blocks",
    N_("The later blocks of the last stage refine: they add less than its first, and point to where the loss falls."),
    N_("Greff et al. 2017; Jastrzebski et al. 2018"),
    lambda: refinement_plan().request(small_network(DEPTH)),
    judge_refinement,
)
