"""How a worker trains where a run leaves it open, as the environment says: the device, and threads of the processor."""

import os
import re
from collections.abc import Mapping

from explorer.jobs.errors import SettingsError
from explorer.language import sentence

DEVICE_VARIABLE = "RESIDUAL_EXPLORER_DEVICE"
THREADS_VARIABLE = "RESIDUAL_EXPLORER_THREADS"
VISIBLE_VARIABLE = "CUDA_VISIBLE_DEVICES"
"""CUDA's own: the GPUs that a process sees, which Slurm and others set too."""
DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d{1,2})?")
MOST_THREADS = 256


def usual_device() -> str:
    """The device of runs that ask for `auto`: `cpu`, `mps` or `cuda`; `auto` where the worker is to choose itself.

    Raises SettingsError where the environment names no device.
    """
    return _chosen().partition(":")[0]


def gpu_environment(worker: int, gpus: int) -> Mapping[str, str]:
    """The environment of a worker that sees one GPU alone: the one that was chosen, else each worker the next.

    `worker` counts from 0, `gpus` are on this machine. Empty where there is nothing to choose. Raises SettingsError.
    """
    chosen = _chosen().partition(":")[2]
    if not chosen and gpus < 2:
        return {}
    visible = [each for each in os.environ.get(VISIBLE_VARIABLE, "").split(",") if each] or list(map(str, range(gpus)))
    number = int(chosen) if chosen else worker % len(visible)
    # A number that does not exist hides all GPUs: the worker then says that it has none.
    return {VISIBLE_VARIABLE: visible[number] if number < len(visible) else ""}


def thread_count() -> int:
    """The threads of the processor with which a process trains: the environment's number, else 1.

    One worker a network beats two threads in turn. Raises SettingsError where the number is none from 1 to 256.
    """
    chosen = os.environ.get(THREADS_VARIABLE, "1")
    if not chosen.isdigit() or not 1 <= int(chosen) <= MOST_THREADS:
        told = sentence("{chosen!r} is not a number of threads from 1 to {most}", chosen=chosen[:40], most=MOST_THREADS)
        raise SettingsError(THREADS_VARIABLE, told)
    return int(chosen)


def _chosen() -> str:
    chosen = os.environ.get(DEVICE_VARIABLE) or "auto"
    if DEVICE.fullmatch(chosen) is None:
        told = sentence("{chosen!r} is not a device: auto, cpu, cuda, cuda:0, cuda:1, ... or mps", chosen=chosen[:40])
        raise SettingsError(DEVICE_VARIABLE, told)
    return chosen
