"""What this machine bears: networks that it trains at once, and bytes of an upload. Without loading torch."""

import os
import shutil
import subprocess
from pathlib import Path

from explorer.jobs.errors import SettingsError
from explorer.language import sentence

WORKERS_VARIABLE = "RESIDUAL_EXPLORER_WORKERS"
UPLOAD_VARIABLE = "RESIDUAL_EXPLORER_UPLOAD"
UPLOAD_MB, MOST_UPLOAD_MB = 300, 100_000
"""Megabytes of a file of weights from a visitor: a ResNet-152 in 32-bit floats, or a ResNet-50 with its momentum.

Streamlit keeps an upload in the server's memory.
"""
GIB = 2**30
MEMORY_OF_A_WORKER = 1 * GIB
"""Bytes that a worker may need besides its network: the interpreter, torch and its libraries."""
GPU_MEMORY_OF_A_WORKER = 6 * GIB
MOST_ON_A_GPU = 4
"""Networks on one GPU at the same time: a small one leaves it idle between launches, many slow each other down."""


def usable_cores() -> int:
    """The number of cores that this process may use: its affinity or its container's share, whichever is less."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return cores
    return cores if quota == "max" else max(1, min(cores, int(quota) // int(period)))


def memory_bytes() -> int:
    """The machine's memory in bytes, or the container's share of it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 * GIB
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def upload_limit_mb() -> int:
    """The most megabytes of a file of weights that a visitor may upload: the environment's number, else 300.

    Raises SettingsError where the environment's number is none from 1 to 100,000.
    """
    chosen = os.environ.get(UPLOAD_VARIABLE)
    if chosen is None:
        return UPLOAD_MB
    if not chosen.isdigit() or not 1 <= int(chosen) <= MOST_UPLOAD_MB:
        told = sentence(
            "{chosen!r} is not a number of megabytes from 1 to {most:,}", chosen=chosen, most=MOST_UPLOAD_MB
        )
        raise SettingsError(UPLOAD_VARIABLE, told)
    return int(chosen)


def gpu_memories() -> list[int]:
    """Bytes of memory of each NVIDIA GPU, none where there is no driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [int(line) * 2**20 for line in answer.split("\n") if line.strip().isdigit()]


def worker_limit() -> int:
    """The most workers at the same time: the environment's number, else by GPU memory, else one for each core.

    0 where none is to run here, but elsewhere (`python -m explorer worker`). Raises SettingsError where the
    environment's number is none from 0 to 256.
    """
    chosen = os.environ.get(WORKERS_VARIABLE)
    if chosen is not None:
        if not chosen.isdigit() or not 0 <= int(chosen) <= 256:
            told = sentence("{chosen!r} is not a number of workers from 0 to 256", chosen=chosen)
            raise SettingsError(WORKERS_VARIABLE, told)
        return int(chosen)
    bound = min(usable_cores(), max(1, memory_bytes() // (2 * MEMORY_OF_A_WORKER)), 16)
    gpus = gpu_memories()
    if gpus:
        bound = min(bound, sum(max(1, min(MOST_ON_A_GPU, size // GPU_MEMORY_OF_A_WORKER)) for size in gpus))
    return bound
