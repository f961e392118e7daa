"""Lab 1: deeper plain networks train worse, residual ones do not; a deeper network can copy a shallower one."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.experiments.catalogue.depth_sweep import DepthSweepResult
from explorer.experiments.catalogue.learning_rates import RATES
from explorer.experiments.catalogue.signal_and_gradient import SignalResult
from explorer.experiments.claims.claim import Claim, Outcome, Plan, by_seed, judge_seeds, span
from explorer.experiments.claims.lengths import SHORT, TrainingLength
from explorer.experiments.request_values import QUICK_TRAINING, Subject, small_network
from explorer.language import N_, sentence
from explorer.model import ModelSpec

BLOCKS = (1, 3, 9)
COPY_DEPTH = 56
ZERO, USUAL = N_("branches start at 0"), N_("usual start")
RATE = "0.02"


def sweep_plan(blocks: Sequence[int] = BLOCKS, length: TrainingLength = SHORT, rate: str = RATE) -> Plan:
    """The network at several depths, plain and residual."""
    training = replace(length.training, **RATES[rate])
    return Plan("depth_sweep", {"blocks": list(blocks), "seeds": length.seeds}, training=training)


def judge_sweep(result: DepthSweepResult) -> Outcome:
    """Whether the deepest plain network ends above the shallowest in training loss, and the residual one below it."""
    depths = sorted({point.depth for point in result.points})
    shallow, deep = (depths[0], depths[-1]) if depths else (0, 0)
    wanted = [(shallow, True), (deep, True), (deep, False)]
    found = by_seed(result.points, lambda point: (point.depth, point.plain))
    seeds = {
        seed: [points[key].training.final_loss for key in wanted]
        for seed, points in found.items()
        if shallow < deep and all(key in points for key in wanted)
    }
    columns = [list(column) for column in zip(*seeds.values(), strict=True)]
    return judge_seeds(
        {seed: losses[1] > losses[0] and losses[2] < losses[1] for seed, losses in seeds.items()},
        sentence(
            "Training loss of plain-{shallow} {first}, of plain-{deep} {second}, of residual-{deep} {third}.",
            shallow=shallow,
            deep=deep,
            first=span(columns[0]),
            second=span(columns[1]),
            third=span(columns[2]),
        )
        if seeds
        else "",
        sentence("With {deep} layers the plain network still trains: choose more layers.", deep=deep),
        N_("This needs two depths, plain and residual."),
    )


SWEEP_CLAIM = Claim(
    "degradation",
    "sweep",
    N_("Of plain networks the deep one ends with the higher training loss; with shortcuts the deep one trains."),
    N_("He et al. 2015, section 4.2 and Fig. 6"),
    lambda: sweep_plan().request(small_network(20)),
    judge_sweep,
)


def copies(base: ModelSpec) -> tuple[Subject, ...]:
    """The network with branches that start at zero, and with the usual start. Raises SpecError without branches."""
    return tuple(
        Subject(label, replace(base, zero_init_residual=zero)) for label, zero in ((ZERO, True), (USUAL, False))
    )


COPY_PLAN = Plan("signal_and_gradient", {"readings": [0]}, copies, replace(QUICK_TRAINING, steps=1))
"""One reading before training."""


def judge_copy(result: SignalResult) -> Outcome:
    """Whether every block whose branch starts at zero adds exactly nothing."""
    found = {
        network.training.seed: network.readings[0].branch_mean_square
        for network in result.networks
        if network.label == ZERO and network.readings
    }
    silent = [sum(value == 0 for value in values) for values in found.values()]
    blocks = len(next(iter(found.values()), ()))
    return judge_seeds(
        {seed: all(value == 0 for value in values) for seed, values in found.items()},
        sentence("{silent} of {blocks} blocks add exactly nothing.", silent=span(silent, ".0f"), blocks=blocks)
        if found
        else "",
        N_("A branch without weights at its end cannot start at zero."),
        N_("This needs a network with branches."),
    )


COPY_CLAIM = Claim(
    "degradation",
    "copy",
    N_("A residual block whose branch is zero passes on its input, so a deeper network can equal a shallower one."),
    N_("He et al. 2015, sections 1 and 3.1"),
    lambda: COPY_PLAN.request(small_network(COPY_DEPTH)),
    judge_copy,
)
