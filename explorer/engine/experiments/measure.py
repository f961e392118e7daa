"""What networks cost on this machine: time, with its spread, and the memory that tensors took at the peak."""

import contextlib
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import torch

from explorer.engine.experiments.bench import FEWEST_ROUNDS, Bench, timed_rounds
from explorer.engine.experiments.block_times import BlockClock, block_rounds
from explorer.engine.experiments.memory import measure_memory
from explorer.engine.experiments.trained_networks import TrainedNetworks
from explorer.engine.training.device import choose_device, choose_precision, device_name
from explorer.experiments.catalogue.measure import MeasuredMemory, MeasuredNetwork, MeasureResult, Timing
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.language import N_, Text, as_sentence, joined, sentence
from explorer.model import assemble

UNITS = 100
"""Units of progress for each network."""
MEMORY_UNITS, BLOCK_UNITS = 12, 8
"""Of them, those for memory and for blocks; the timed passes have the others."""
PASSES: Mapping[str, Callable[[Bench], None]] = {
    "forward": Bench.forward,
    "forward + backward": Bench.forward_and_backward,
}


def measure(request: ExperimentRequest, networks: TrainedNetworks | None = None) -> Iterator[Progress | MeasureResult]:
    """Measures the networks: memory first, while the process is small; then time, all networks in turn.

    Random weights and images: neither changes the time. Raises SettingsError for a device or a precision that this
    machine does not have.
    """
    settings = request.parameters
    device = choose_device(settings["device"])
    if settings["precision"] == "bf16" and choose_precision("bf16", device)[0] != "bf16":
        raise SettingsError("precision", sentence("this device has no fast bf16; choose fp32"))
    with _threads(settings["threads"]):
        result = MeasureResult(
            device=device.type,
            device_name=device_name(device),
            precision=settings["precision"],
            threads=torch.get_num_threads(),
            batch_size=settings["batch"],
            versions={"python": platform.python_version(), "torch": torch.__version__},
            networks=(),
            optimiser=settings["optimiser"],
        )
        whole = UNITS * len(request.networks)
        for units, what, measured in _measured(request, device):
            result = replace(result, networks=measured)
            yield Progress(
                round(units), whole, sentence("Measuring {what}", what=as_sentence(what)), result if measured else None
            )
        yield result


def _measured(
    request: ExperimentRequest, device: torch.device
) -> Iterator[tuple[float, Text, tuple[MeasuredNetwork, ...]]]:
    """The networks, known ever better; before them the units of progress made and what comes next."""
    settings, count = request.parameters, len(request.networks)
    benches: list[Bench] = []
    memories: list[MeasuredMemory] = []
    for number, subject in enumerate(request.networks):
        yield MEMORY_UNITS * number, sentence("{network}: memory", network=sentence(subject.label)), ()
        bench = Bench(subject, device, settings["precision"], settings["batch"], settings["optimiser"])
        memories.append(_memory(bench))
        benches.append(bench)
    names = joined(", ", *(bench.label for bench in benches))
    clocks = [BlockClock(bench) for bench in benches]
    for part in block_rounds(clocks):
        yield (MEMORY_UNITS + part * BLOCK_UNITS) * count, sentence("{networks}: blocks", networks=names), ()
    known = [_untimed(*each) for each in zip(benches, memories, clocks, strict=True)]
    before = (MEMORY_UNITS + BLOCK_UNITS) * count
    chosen = list(PASSES)[: 1 if settings["passes"] == "inference" else None]
    allowed, each = settings["seconds"] / len(chosen), (UNITS * count - before) / len(chosen)
    for number, name in enumerate(chosen):
        yield (
            before + number * each,
            sentence("{networks}: {passes}", networks=names, passes=sentence(name)),
            tuple(known),
        )
        rounds = timed_rounds(benches, name, PASSES[name], allowed)
        begun = list(known)
        for part, timings in _parts(rounds, allowed):
            known = [
                replace(network, timings=(*network.timings, timing))
                for network, timing in zip(begun, timings, strict=True)
            ]
            yield (
                before + (number + part) * each,
                sentence("{networks}: {passes}", networks=names, passes=sentence(name)),
                tuple(known),
            )
    yield UNITS * count, N_("done"), tuple(known)


def _untimed(bench: Bench, memory: MeasuredMemory, clock: BlockClock) -> MeasuredNetwork:
    """The network before its whole passes are timed."""
    cost = assemble(bench.spec).cost
    blocks, ops = clock.times()
    return MeasuredNetwork(bench.label, cost.params, cost.macs, (), blocks, memory, ops)


def _memory(bench: Bench) -> MeasuredMemory:
    """The network's peaks; afterwards it holds its weights and its batch alone."""
    found = measure_memory(
        bench.device,
        bench.network,
        bench.forward,
        bench.step,
        batch=(bench.images, bench.labels),
        optimiser=bench.optimiser,
    )
    bench.free()
    return found


def _parts(rounds: Iterator[tuple[Timing, ...]], allowed: float) -> Iterator[tuple[float, tuple[Timing, ...]]]:
    """Each round's timings, with the part of the rounds that is over, as far as can be said: it never goes back."""
    part = 0.0
    for timings in rounds:
        spent = sum(sum(timing.seconds) for timing in timings)
        part = max(part, min(1.0, timings[0].repeats / FEWEST_ROUNDS, spent / allowed))
        yield part, timings


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
