"""The most bytes that tensors hold at once, in inference and in a training step.

On CUDA the caching allocator counts (`max_memory_allocated`). On a CPU torch's profiler records every allocation and
release of tensor memory, temporaries of the operators included, and the running sum has a peak; what libraries take
behind torch's back (oneDNN's scratch space, code) shows only in the growth of the process, which is given beside it.
"""

import sys
from collections.abc import Callable
from types import ModuleType

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from explorer.runs.probes.measured import MeasuredMemory

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows does not tell
    resource = None

CUDA_METHOD = "torch.cuda.max_memory_allocated"
CPU_METHOD = "torch.profiler: running sum of tensor allocations and releases"


def measure_memory(
    device: torch.device, network: nn.Module, inference: Callable[[], None], step: Callable[[], None]
) -> MeasuredMemory:
    """Peaks of inference and of a training step in the long run; the batch itself is not counted.

    `step` frees old gradients first, and is called once before, so that the momentum is there.
    """
    peak = _cuda_peak if device.type == "cuda" else _cpu_peak
    weights = sum(each.numel() * each.element_size() for each in (*network.parameters(), *network.buffers()))
    before = _largest_process()
    in_inference = weights + peak(device, inference)
    momentum = sum(each.numel() * each.element_size() for each in network.parameters())
    step()
    network.zero_grad(set_to_none=True)
    in_training = weights + momentum + peak(device, step)
    return MeasuredMemory(
        method=CUDA_METHOD if device.type == "cuda" else CPU_METHOD,
        weights=weights,
        inference=in_inference,
        training=in_training,
        process_growth=max(0, _largest_process() - before),
    )


def _cuda_peak(device: torch.device, work: Callable[[], None]) -> int:
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    work()
    torch.cuda.synchronize(device)
    return int(torch.cuda.max_memory_allocated(device) - before)


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


def _largest_process() -> int:
    """The most bytes of memory that this process has held so far, 0 where the system does not say."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * unit
