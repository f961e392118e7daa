"""What no loop around these kernels can beat: the time of the arithmetic alone, of its convolutions, of its bytes.

On a processor, seconds of processor time; on a GPU, of the kernels as its profiler saw them.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.training.trainer import Trainer
from explorer.model import assemble

PASSES = 5
"""How often a step touches each op's output at the least: written and read forwards; backwards its gradient written
and read, and itself read again."""
COPIED_BYTES = 2**27
"""Of a tensor whose copying tells the bandwidth: more than a cache holds."""


def floor(trainer: Trainer, steps: Callable[[int], list[float]]) -> dict[str, Any]:
    """Seconds of one step by each floor, and the share of the convolutions."""
    on_gpu = trainer.device.type == "cuda"
    step_bytes = PASSES * _output_elements(trainer) * (2 if trainer.precision == "bf16" else 4)
    bandwidth = measured_bandwidth(trainer.device)
    return {
        "arithmetic": kernel_seconds(steps, 50) if on_gpu else arithmetic_seconds(trainer),
        "convolutions": None if on_gpu else convolution_seconds(trainer),
        "bytes": step_bytes,
        "bandwidth": bandwidth,
        "moving": step_bytes / bandwidth,
    }


def arithmetic_seconds(trainer: Trainer, count: int = 3) -> float:
    """Processor seconds of forward pass, backward pass and update on one batch that is there already."""
    images, labels = trainer.batches.batch(0)

    def step() -> None:
        trainer.optimiser.zero_grad()
        trainer.training_step.forward(images, labels)[0].backward()  # type: ignore[no-untyped-call]
        trainer.optimiser.step()

    return _least(step, count)


def convolution_seconds(trainer: Trainer, count: int = 3) -> float:
    """Processor seconds of all convolutions, forwards and backwards, each shape timed by itself in our layout."""
    kinds: dict[tuple[Any, ...], tuple[nn.Conv2d, Tensor]] = {}
    calls: Counter[tuple[Any, ...]] = Counter()

    def note(module: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        key = (tuple(inputs[0].shape), tuple(module.weight.shape), module.stride, inputs[0].requires_grad)
        kinds.setdefault(key, (module, inputs[0].detach()))
        calls[key] += 1

    handles = [each.register_forward_hook(note) for each in trainer.network.modules() if isinstance(each, nn.Conv2d)]
    trainer.training_step.forward(*trainer.batches.batch(0))
    for handle in handles:
        handle.remove()
    return sum(calls[key] * _one_convolution(*kinds[key], needs_input=key[3], count=count) for key in kinds)


def _one_convolution(module: nn.Conv2d, images: Tensor, *, needs_input: bool, count: int) -> float:
    given = images.clone().requires_grad_(needs_input)
    output = module(given)
    ahead = torch.ones_like(output)

    def work() -> None:
        module.weight.grad = None
        given.grad = None
        module(given).backward(ahead)

    return _least(work, count)


def measured_bandwidth(device: torch.device) -> float:
    """Bytes a second that a copy reads and writes."""
    source = torch.ones(COPIED_BYTES // 4, device=device)
    target = torch.empty_like(source)

    def copy() -> None:
        target.copy_(source)
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    copy()
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    return 2 * COPIED_BYTES / _least(copy, 5, clock)


def kernel_seconds(steps: Callable[[int], list[float]], count: int) -> float:
    """Seconds a step in which the GPU computes: the durations of all kernels and copies on it, by torch's profiler."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
        steps(count)
        torch.cuda.synchronize()
    cuda = torch.autograd.DeviceType.CUDA
    kernels = (event for event in profiler.events() if event.device_type == cuda and not event.is_user_annotation)
    spent = sum(event.time_range.elapsed_us() for event in kernels)
    return float(spent) / 1e6 / count


def _output_elements(trainer: Trainer) -> int:
    nodes = assemble(trainer.spec).nodes()
    return trainer.settings.batch_size * sum(int(torch.Size(node.shape).numel()) for _, node in nodes)


def _least(work: Callable[[], object], count: int, clock: Callable[[], float] = time.process_time) -> float:
    """The shortest of some calls: a floor is what is left when nobody disturbs."""
    work()
    times = []
    for _ in range(count):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)
