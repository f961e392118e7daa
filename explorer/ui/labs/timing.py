"""How long a computation will take on two cores, guessed from the networks' size; said before it is started."""

from explorer.model import ModelSpec, assemble
from explorer.runs.datasets import fit_spec
from explorer.runs.probes import ProbeRequest
from explorer.runs.probes.networks import with_blocks, without_shortcuts

SECONDS_PER_OP = 1.4e-4
"""Of one training step, for each op of a small network: calls, not arithmetic (measured on one busy core)."""
SECONDS_PER_MAC = 1.0e-10
"""Of one training step, for each multiply-add of a forward pass over the batch."""
PASSES_MEASURED = 10
"""Steps of training that are as much work as the fewest passes of a measurement."""
SIDE_BY_SIDE = 1.7
"""What a second process gains."""
BESIDES = 1.5
"""Seconds for starting and for what is looked at besides training."""


def training_seconds(spec: ModelSpec, steps: int, batch: int, dataset: str = "digits") -> float:
    """Seconds of one training in one process."""
    graph = assemble(fit_spec(spec, dataset))
    ops = sum(1 for _ in graph.nodes())
    return steps * (SECONDS_PER_OP * ops + SECONDS_PER_MAC * batch * graph.cost.macs)


def expected_seconds(request: ProbeRequest) -> float:
    """Seconds of a whole request, in two processes."""
    if not request.facts.trains:
        batch: int = request.parameters["batch"]
        macs = batch * sum(assemble(each.spec).cost.macs for each in request.networks)
        return request.facts.seconds + PASSES_MEASURED * SECONDS_PER_MAC * macs
    training = request.training
    seconds = sum(
        training_seconds(spec, training.steps, training.batch_size, training.dataset) for spec in _trained(request)
    )
    # A landscape is looked at for as long as it is told to.
    allowed: int = request.parameters.get("seconds", 0)
    return BESIDES + seconds / SIDE_BY_SIDE + allowed


def _trained(request: ProbeRequest) -> list[ModelSpec]:
    """Every network that is trained, as often as it is."""
    values = request.parameters
    specs = [subject.spec for subject in request.networks if not subject.run]
    if request.probe == "depth_sweep":
        base = request.networks[0].spec
        specs = [with_blocks(each, blocks) for blocks in values["blocks"] for each in (base, without_shortcuts(base))]
    times: int = values.get("seeds", 1) * len(values.get("factors", (1,)))
    return specs * times


def words(seconds: float) -> str:
    """Seconds for a reader."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
