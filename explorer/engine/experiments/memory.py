"""The most bytes that tensors hold at once, in inference and in a training step, and what a step is made of.

On CUDA the caching allocator counts (`max_memory_allocated`). On a CPU torch's profiler records every allocation and
release of tensor memory, temporaries of the operators included, and the running sum has a peak; what libraries take
behind torch's back (oneDNN's scratch space, code) shows only in the growth of the process, which is given too.
On Apple's GPUs only the size of the pool that the allocator took from the driver is known, which is rounded up.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile

from explorer.engine.training.device import resident_peak
from explorer.experiments.catalogue.measure import MeasuredMemory
from explorer.language import N_

METHODS = {
    "cuda": "torch.cuda.max_memory_allocated",
    "mps": N_("torch.mps.driver_allocated_memory: growth of the allocator's pool"),
    "cpu": N_("torch.profiler: running sum of tensor allocations and releases"),
}


def measure_memory(
    device: torch.device,
    network: nn.Module,
    inference: Callable[[], None],
    step: Callable[[], None],
    *,
    batch: Sequence[Tensor] = (),
    optimiser: torch.optim.Optimizer | None = None,
) -> MeasuredMemory:
    """Peaks of inference and of a training step in the long run, and the parts of a step.

    `step` frees old gradients first, and is called once before, so that the optimiser's state is there; then once
    more to see what autograd keeps. `batch` are the images and labels, which were there before.
    """
    peak = PEAKS.get(device.type, _cpu_peak)
    weights = _bytes((*network.parameters(), *network.buffers()))
    held = weights + _bytes(batch)
    before = resident_peak()
    in_inference = held + peak(device, inference)
    with _saved_tensors({*_storages(network.parameters()), *_storages(network.buffers())}) as saved:
        step()
    gradients = _bytes([each.grad for each in network.parameters() if each.grad is not None])
    state = _bytes(_state_of(optimiser))
    network.zero_grad(set_to_none=True)
    in_training = held + state + peak(device, step)
    return MeasuredMemory(
        method=METHODS.get(device.type, METHODS["cpu"]),
        weights=weights,
        inference=in_inference,
        training=in_training,
        process_growth=max(0, resident_peak() - before),
        gradients=gradients,
        optimiser=state,
        saved=sum(saved.values()),
    )


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(each.numel() * each.element_size() for each in tensors)


def _storages(tensors: Iterable[Tensor]) -> Iterator[int]:
    return (each.untyped_storage().data_ptr() for each in tensors)


def _state_of(optimiser: torch.optim.Optimizer | None) -> Iterator[Tensor]:
    """What the optimiser remembers of every parameter; its step counters are single numbers."""
    for state in optimiser.state.values() if optimiser else ():
        yield from (each for each in state.values() if isinstance(each, Tensor) and each.ndim)


@contextlib.contextmanager
def _saved_tensors(owned: set[int]) -> Iterator[dict[int, int]]:
    """Inside, autograd's saved tensors are noted: the bytes of each distinct storage that is not in `owned`.

    The tensors themselves are held until the end, so that no address is given out twice.
    """
    saved: dict[int, int] = {}
    held: list[Tensor] = []

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in owned and storage.data_ptr() not in saved:
            saved[storage.data_ptr()] = storage.nbytes()
            held.append(tensor.detach())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield saved


def _cuda_peak(device: torch.device, work: Callable[[], None]) -> int:
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    work()
    torch.cuda.synchronize(device)
    return int(torch.cuda.max_memory_allocated(device) - before)


def _mps_peak(_: torch.device, work: Callable[[], None]) -> int:
    torch.mps.synchronize()
    torch.mps.empty_cache()
    before = torch.mps.driver_allocated_memory()
    work()
    torch.mps.synchronize()
    return max(0, int(torch.mps.driver_allocated_memory() - before))


def _cpu_peak(_: torch.device, work: Callable[[], None]) -> int:
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as record:
        work()
    assert record.profiler is not None
    results = record.profiler.kineto_results
    assert results is not None
    live = peak = 0
    for event in results.events():
        if event.name() == "[memory]":
            live += event.nbytes()
            peak = max(peak, live)
    return peak


PEAKS: Mapping[str, Callable[[torch.device, Callable[[], None]], int]] = {"cuda": _cuda_peak, "mps": _mps_peak}
"""How much more is held at the peak of some work than before it, by the kind of device; others count as a CPU."""
