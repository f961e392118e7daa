"""How long a computation will take on two cores, reckoned from the networks' size; said before it is started.

Measured as processor time of the computing process while its neighbours were busy, so that a quiet machine is rather
faster. `python -m benchmarks.labs` holds what is said against the clock.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from explorer.datasets.catalogue import dataset_facts, fit_spec
from explorer.experiments import ExperimentRequest, Subject
from explorer.experiments.client import MOST_WAYS
from explorer.experiments.networks import with_blocks, without_shortcuts
from explorer.experiments.sharding import split
from explorer.jobs.capacity import usable_cores
from explorer.model import ModelSpec, assemble

SECONDS_PER_OP = 1.2e-4
"""Of one training step, for each op of a small network: calls, not arithmetic."""
SECONDS_PER_MAC = 1.75e-10
"""Of one training step, for each multiply-add of a forward pass over the batch."""
SECONDS_PER_OP_LOOKED_AT = 4e-5
SECONDS_PER_MAC_LOOKED_AT = 1.0e-10
"""Of one pass over a batch that nothing is learnt from."""
PASSES_MEASURED = 10
"""Steps of training that are as much work as the fewest passes of a measurement."""
SLOWED = 1.15
"""By a second process beside it."""
BESIDES = 1.5
"""Seconds for starting and for what is looked at besides."""


def training_seconds(spec: ModelSpec, steps: int, batch: int, dataset: str = "digits") -> float:
    """Seconds of one training in one process."""
    graph = assemble(fit_spec(spec, dataset))
    ops = sum(1 for _ in graph.nodes())
    return steps * (SECONDS_PER_OP * ops + SECONDS_PER_MAC * batch * graph.cost.macs)


def _pass_seconds(spec: ModelSpec, images: int, dataset: str) -> float:
    """Seconds of a pass over some images without learning."""
    graph = assemble(fit_spec(spec, dataset))
    ops = sum(1 for _ in graph.nodes())
    return SECONDS_PER_OP_LOOKED_AT * ops + SECONDS_PER_MAC_LOOKED_AT * images * graph.cost.macs


def expected_seconds(request: ExperimentRequest) -> float:
    """Seconds of a whole request, from the click: its slower share, the shares running side by side."""
    if not request.facts.trains:
        batch: int = request.parameters["batch"]
        macs = batch * sum(assemble(each.spec).cost.macs for each in request.networks)
        return request.facts.seconds + PASSES_MEASURED * SECONDS_PER_MAC * macs
    shares = split(request, min(MOST_WAYS, usable_cores()))
    slowest = max(sum(_trainings(share)) + sum(_looks(share)) for share in shares)
    # A landscape is looked at for as long as it is told to.
    allowed: int = request.parameters.get("seconds", 0)
    return BESIDES + slowest * (SLOWED if len(shares) > 1 else 1.0) + allowed


def _trainings(request: ExperimentRequest) -> Iterator[float]:
    """Seconds of every training; the weights of a finished run are there already."""
    values, training = request.parameters, request.training
    specs = [subject.spec for subject in request.networks if not subject.run]
    if request.experiment == "depth_sweep":
        base = request.networks[0].spec
        specs = [with_blocks(each, blocks) for blocks in values["blocks"] for each in (base, without_shortcuts(base))]
    trained: int = values.get("trained", True)
    times = values.get("seeds", 1) * len(values.get("factors", (1,))) * trained
    for spec in specs:
        yield times * training_seconds(spec, training.steps, training.batch_size, training.dataset)


def _looks(request: ExperimentRequest) -> Iterator[float]:
    """Seconds of what is looked at in each network beside its training."""
    if (count := LOOKS.get(request.experiment)) is None:
        return
    for subject in request.networks:
        passes, images = count(request, subject)
        times = 1 if subject.run else request.parameters.get("seeds", 1)
        yield times * passes * _pass_seconds(subject.spec, images, request.training.dataset)


def _lesions(request: ExperimentRequest, subject: Subject) -> tuple[int, int]:
    values = request.parameters
    draws: int = values["draws"]
    passes = 1 + sum(subject.spec.stage_blocks) + draws * (len(values["counts"]) + len(values["swaps"]))
    return passes, dataset_facts(request.training.dataset).test_images


def _paths(request: ExperimentRequest, subject: Subject) -> tuple[int, int]:
    values = request.parameters
    return (1 + sum(subject.spec.stage_blocks)) * values["samples"], values["images"]


def _readings(request: ExperimentRequest, subject: Subject) -> tuple[int, int]:
    # Forwards and backwards: three times a pass.
    return 3 * len(request.parameters["readings"]), request.parameters["images"]


LOOKS: Mapping[str, Callable[[ExperimentRequest, Subject], tuple[int, int]]] = MappingProxyType(
    {"lesion": _lesions, "gradient_paths": _paths, "signal_and_gradient": _readings}
)
"""How many passes over how many images a probe makes with a network that is trained."""


def words(seconds: float) -> str:
    """Seconds for a reader."""
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
