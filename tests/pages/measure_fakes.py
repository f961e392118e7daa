"""Measurements that a test can reckon, under the pages' desk."""

from explorer.analysis.memory import measure_memory
from explorer.experiments import ExperimentRequest
from explorer.experiments.catalogue.measure import BlockTime, MeasuredMemory, MeasuredNetwork, MeasureResult, Timing
from explorer.model import assemble

SECONDS = 0.002
"""Of every block and of every op of stem and head."""
PEAK = 1_100_000_000
METHOD = "counted by the test"


SPREAD = (0.8, 0.9, 0.9, 0.95, 1.0, 1.1, 1.2, 1.2, 2.0)
"""Nine repeats as parts of their median: the quartiles are 0.9 and 1.2, the interval of the median 0.9 to 1.2."""


def timing(name: str, median: float, images: int = 1, share: float = 1.0) -> Timing:
    """Nine repeats with this median, of which the thread had a processor for `share` of the time."""
    seconds = tuple(median * each for each in SPREAD)
    return Timing(name, images, seconds, tuple(share * each for each in seconds))


def measured(request: ExperimentRequest) -> MeasureResult:
    """A forward pass takes as long as its blocks, a step three times that; memory is what was predicted."""
    networks, settings = [], request.parameters
    for subject in request.networks:
        graph = assemble(subject.spec)
        placed = [(stage, each) for stage, each in graph.placed_blocks()]
        blocks = tuple(
            BlockTime(each.path or stage.name, SECONDS * (1 if each.path else len(each.block.nodes)))
            for stage, each in placed
        )
        ops = tuple(BlockTime(node.name, SECONDS) for _, each in placed if not each.path for node in each.block.nodes)
        whole = sum(each.seconds for each in blocks)
        timings = tuple(
            timing(name, median, settings["batch"])
            for name, median in (("forward", whole), ("forward + backward", 3 * whole))
        )
        known = measure_memory(graph, settings["batch"])
        memory = MeasuredMemory(
            method=METHOD,
            weights=known.weights + known.buffers,
            inference=known.inference,
            training=PEAK,
            process_growth=123,
            gradients=known.gradients,
            optimiser=known.optimizer,
            saved=known.saved_activations,
        )
        networks.append(
            MeasuredNetwork(subject.label, graph.cost.params, graph.cost.macs, timings, blocks, memory, ops)
        )
    return MeasureResult(
        device="cpu",
        device_name="a test's processor",
        precision=settings["precision"],
        threads=settings["threads"],
        batch_size=settings["batch"],
        versions={"torch": "2.0"},
        networks=tuple(networks),
        optimiser=settings["optimiser"],
    )
