"""Which device trains, at what precision, and what to call it."""

import contextlib
import ctypes
import gc
import platform
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch

from explorer.jobs.errors import SettingsError
from explorer.jobs.worker_settings import thread_count, usual_device
from explorer.language import N_, sentence

UNABLE = "The GPU could not take a training step ({}); the processor trains."


def choose_device(requested: str) -> torch.device:
    """The device for `auto`, `cpu`, `cuda` or `mps`; SettingsError where the machine does not have it.

    `auto` is the environment's device, where that names one.
    """
    requested = usual_device() if requested == "auto" else requested
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if requested == "auto":
        return torch.device(next(name for name, there in present.items() if there))
    if not present[requested]:
        names = ", ".join(name for name, there in present.items() if there)
        raise SettingsError(
            "device",
            sentence(
                "this machine has no {device} device; it has {names} (or choose auto)", device=requested, names=names
            ),
        )
    return torch.device(requested)


def settle_device(requested: str) -> tuple[torch.device, tuple[str, ...]]:
    """The device that is `requested`, and a sentence where `auto` passes an Apple GPU over because it cannot train.

    Raises SettingsError where a device was asked for by name that the machine does not have.
    """
    device = choose_device(requested)
    if requested != "auto" or device.type != "mps":
        return device, ()
    try:
        _try_training(device)
    except (RuntimeError, TypeError) as error:  # NotImplementedError, for an operation that it lacks, is among them
        reason = (str(error) or type(error).__name__).splitlines()[0]
        return torch.device("cpu"), (UNABLE.format(reason),)
    return device, ()


def _try_training(device: torch.device) -> None:
    """One step of a very small network; raises what the device raises."""
    images = torch.zeros(2, 3, 8, 8, device=device).to(memory_format=torch.channels_last)
    layers = [torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten()]
    network = torch.nn.Sequential(*layers).to(device)
    network(images).square().mean().backward()


def choose_precision(requested: str, device: torch.device) -> tuple[str, tuple[str, ...]]:
    """`fp32` or `bf16` for the `requested` precision, and a sentence where the machine cannot use the requested one.

    `auto` takes bf16 only on a GPU: on a CPU without the instructions it is nine times slower than fp32.
    """
    if requested == "fp32" or (requested == "auto" and device.type != "cuda"):
        return "fp32", ()
    if _has_bf16(device):
        return "bf16", ()
    return "fp32", () if requested == "auto" else (N_("This device has no fast bf16; the run used fp32."),)


def _has_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001  (there is no public way to ask)
    return False


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context of a forward pass at that precision."""
    if precision == "fp32":
        return contextlib.nullcontext()
    # Each weight is used once in a forward pass, so nothing is lost without the cache, which a recording forbids.
    return torch.autocast(device.type, dtype=torch.bfloat16, cache_enabled=False)


def prepare_process() -> None:
    """Sets a training process up: memory kept between steps, its threads, no denormals.

    Dead units drive numbers below 1e-38, which an x86 processor adds a hundred times slower unless they count as zero.
    """
    keep_memory()
    torch.set_num_threads(thread_count())
    torch.set_flush_denormal(True)
    torch.backends.cudnn.benchmark = True


def keep_memory() -> None:
    """Lets glibc's allocator keep what a step gives back, for the next step to take, instead of the system.

    The system hands out pages filled with zeros, one fault each: at CIFAR's size that is a tenth of a step's time. Does
    nothing with another C library. `release_memory` gives back what is not in use.
    """
    for option, value in MALLOC_OPTIONS.items():
        _libc("mallopt", option, value)


def versions() -> dict[str, str]:
    """The versions of what computes here, by name."""
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


def release_memory() -> None:
    """Gives free memory back to the system, a GPU's too: an idle worker should not hold what its last run used."""
    gc.collect()  # a run's step and its recording refer to each other
    torch.cuda.empty_cache()
    _libc("malloc_trim", 0)


M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MALLOC_OPTIONS = {M_TRIM_THRESHOLD: 2**30, M_MMAP_THRESHOLD: 2**30}
"""Numbers from glibc's malloc.h: nothing below a gibibyte is returned to the system or mapped on its own."""


def _libc(function: str, *arguments: int) -> None:
    """Calls a function of the C library, if it has it."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        getattr(ctypes.CDLL(None), function)(*arguments)


def device_name(device: torch.device) -> str:
    """The manufacturer's name of the device."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    if device.type == "mps":
        return f"{platform.processor() or 'Apple'} GPU"
    return _processor_name()


def _processor_name() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "CPU"


class MemoryGauge:
    """The most bytes that a run has taken so far: of tensors on a CUDA device, else of the process's resident memory.

    Made before the run's first tensor: a warm worker's next run is not charged with what the last one took.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._seen = 0
        self._due = 0.0
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        # Linux: 5 resets the peak of the process's resident memory (proc(5), clear_refs). Elsewhere the peak stays.
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")

    def lately(self) -> int:
        """The peak in bytes, at most one second old: reading it takes about as long as a step of a small network."""
        return self.peak() if time.monotonic() >= self._due else self._seen

    def peak(self) -> int:
        """The peak in bytes now; 0 where the system does not count."""
        self._due = time.monotonic() + 1.0
        on_device = self._device.type == "cuda"
        self._seen = int(torch.cuda.max_memory_allocated(self._device)) if on_device else resident_peak()
        return self._seen


def resident_peak() -> int:
    """The most bytes of memory that this process has held; 0 where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    with contextlib.suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return 0
