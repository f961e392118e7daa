"""Lab 9: one image on its way through a network."""

import math
from dataclasses import replace

from explorer.experiments.catalogue.look_inside import LookInsideNetwork, LookInsideResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, judge_seeds, span
from explorer.experiments.request_values import QUICK_TRAINING, small_network
from explorer.language import N_, sentence

DEPTH, IMAGE, CHANNELS, SEEDS = 20, 0, 6, 3


def inside_plan(
    image: int = IMAGE,
    channels: int = CHANNELS,
    trained: bool = True,
    seeds: int = SEEDS,
    dataset: str = QUICK_TRAINING.dataset,
) -> Plan:
    """The tensors of every block for one test image of a data set."""
    parameters = {"image": image, "channels": channels, "trained": trained, "seeds": seeds}
    return Plan("look_inside", parameters, training=replace(QUICK_TRAINING, dataset=dataset))


def deviations(network: LookInsideNetwork, name: str) -> list[float]:
    """The deviation of the tensor `name` in every block; NaN in a block without this tensor."""
    by_name = [{each.name: each.deviation for each in view.tensors} for view in network.blocks]
    return [each.get(name, math.nan) for each in by_name]


def judge_inside(result: LookInsideResult) -> Outcome:
    """Whether x has a larger deviation at the last block than at the first."""
    found = {
        network.training.seed: (values[0], values[-1])
        for network in result.networks
        if (values := deviations(network, "x")) and math.isfinite(values[0] + values[-1])
    }
    first, last = ([ends[place] for ends in found.values()] for place in (0, 1))
    return judge_seeds(
        {seed: ends[1] > ends[0] for seed, ends in found.items()},
        sentence("Deviation of x at the first block {first}, at the last {last}.", first=span(first), last=span(last))
        if found
        else "",
        N_("The blocks that change the shape drop pixels and add channels of zeros, which lowers the deviation."),
        N_("This needs a network with blocks."),
    )


INSIDE_CLAIM = Claim(
    "inside",
    "maps",
    N_("Every block adds its branch to x, so the deviation of x grows from the first block to the last."),
    N_("De & Smith 2020 (arXiv:2002.10444), section 3"),
    lambda: inside_plan().request(small_network(DEPTH)),
    judge_inside,
)
