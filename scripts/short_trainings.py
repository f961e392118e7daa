"""Repeats the short trainings that texts quote, and writes their record: `python -m scripts.short_trainings`.

Arguments are names of CONDITIONS (default: all); the rows of the others stay. Every condition is a process of its own,
since libraries read at their start which instructions they may use. All conditions take an hour on a quiet core.
"""

import csv
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import explorer.analysis
from explorer.analysis.short_trainings import COLUMNS, CONDITIONS, DEFAULT, FILE, NO_NORM, ORDERS, SMALL, ShortTraining
from explorer.experiments import QUICK_TRAINING, small_network
from explorer.model import ModelSpec, preset
from explorer.runs.events import Diagnostics, Diverged, Event, Finished, Started, Step
from explorer.runs.settings import TrainingSettings
from explorer.ui.train.curves.readings import Readings, backward_growth
from explorer.ui.train.setup import DEFAULT_NETWORKS

RECORD = Path(explorer.analysis.__file__).parent / FILE
SEEDS, FEW_SEEDS = 5, 2
"""The seeds of each network, from 0 on: where much is computed, and where it only shows how far results move."""
CHILD = "--child"


class Way(NamedTuple):
    """How a process computes: its threads, the environment of the libraries that compute, and what it repeats."""

    threads: int
    environment: Mapping[str, str]
    studies: tuple[str, ...] = (DEFAULT,)
    seeds: int = FEW_SEEDS


WITHOUT_AVX512 = MappingProxyType(
    {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
)
"""What torch's own kernels, oneDNN and MKL read."""
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "one_thread": Way(1, {}, (DEFAULT, SMALL, NO_NORM, ORDERS), SEEDS),
        # Threads that wait busily would slow each other down on a machine that has other work.
        "two_threads": Way(2, {"OMP_WAIT_POLICY": "PASSIVE"}),
        "avx2": Way(1, WITHOUT_AVX512, seeds=SEEDS),
    }
)


class Study(NamedTuple):
    """Networks by name, and how they are trained."""

    networks: Mapping[str, ModelSpec]
    settings: TrainingSettings


READ = replace(QUICK_TRAINING, diagnose_every=10)
STUDIES: Mapping[str, Study] = MappingProxyType(
    {
        DEFAULT: Study({name: preset(name) for name in DEFAULT_NETWORKS}, TrainingSettings(device="cpu")),
        SMALL: Study(
            {
                f"{kind}{depth}": small_network(depth, plain=kind == "plain")
                for depth in (8, 20, 56)
                for kind in ("plain", "residual")
            },
            QUICK_TRAINING,
        ),
        NO_NORM: Study(
            {
                "plain20": small_network(20, plain=True, norm="none"),
                "residual20": small_network(20, norm="none"),
                "plain56": small_network(56, plain=True, norm="none"),
                "residual56": small_network(56, norm="none"),
                "zero56": small_network(56, norm="none", zero_init_residual=True),
            },
            READ,
        ),
        ORDERS: Study(
            {
                f"{order}{depth}": small_network(depth, activation_order=order)
                for depth in (20, 56)
                for order in ("post", "bn_after_add", "relu_before_add", "relu_only_preact", "preact")
            },
            QUICK_TRAINING,
        ),
    }
)


def trained(study: str, network: str, condition: str, seed: int) -> ShortTraining:
    """Trains one network as the app does, apart from the condition."""
    # Imported in the process of one condition, whose environment torch reads.
    from explorer.engine.training.loop import train

    spec, settings = STUDIES[study].networks[network], replace(STUDIES[study].settings, seed=seed)
    return record(study, network, condition, seed, list(train(spec, settings)))


def record(study: str, network: str, condition: str, seed: int, events: Sequence[Event]) -> ShortTraining:
    """The row of a training, from its events."""
    gradients = Readings()
    first_loss = last_loss = last_error = math.nan
    diverged_at = 0
    for event in events:
        if isinstance(event, Started):
            gradients.begin(event.layers, event.step)
        elif isinstance(event, Diagnostics):
            gradients.add(event.step, event.gradient_norms)
        elif isinstance(event, Step) and event.step == 1:
            first_loss = event.train_loss
        elif isinstance(event, Finished):
            last_loss, last_error = event.train_loss, event.test_error
        elif isinstance(event, Diverged):
            diverged_at = event.step
    ratios = [backward_growth(gradients, place) for place in range(len(gradients.columns))]
    first, *later = [math.nan if ratio is None else ratio for ratio in ratios] or [math.nan]
    numbers = [ratio for ratio in later if math.isfinite(ratio)] or [math.nan]
    inside = [place for place, name in enumerate(gradients.names) if name.startswith("layer")]
    first_gradient = gradients.columns[0][inside[0]] if gradients.columns and inside else math.nan
    return ShortTraining(
        *(study, network, condition, seed, first_loss, last_loss, last_error),
        *(first_gradient, first, min(numbers), max(numbers), diverged_at),
    )


def compute(condition: str) -> None:
    """Prints the rows of one condition as CSV, each as soon as it is known."""
    import torch

    from explorer.engine.training.device import prepare_process

    prepare_process()
    torch.set_num_threads(WAYS[condition].threads)
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    for study in WAYS[condition].studies:
        for network in STUDIES[study].networks:
            for seed in range(WAYS[condition].seeds):
                writer.writerow(_as_texts(trained(study, network, condition, seed)))
                sys.stdout.flush()


def _as_texts(row: ShortTraining) -> dict[str, str]:
    """The row with four significant digits."""
    return {name: f"{value:.4g}" if isinstance(value, float) else str(value) for name, value in asdict(row).items()}


def rows_of(condition: str) -> Iterator[dict[str, str]]:
    """The rows of one condition, computed in a process of its own. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", "scripts.short_trainings", CHILD, condition]
    environment = {**os.environ, **WAYS[condition].environment}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for row in csv.DictReader(child.stdout, COLUMNS):
            sys.stderr.write(f"{' '.join(row.values())}\n")
            yield row
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)


def main(conditions: Sequence[str]) -> None:
    """Computes the conditions, and puts their rows in the place of those before them."""
    lines = csv.DictReader(RECORD.read_text(encoding="utf-8").splitlines()) if RECORD.exists() else ()
    rows = {name: [line for line in lines if line["condition"] == name] for lines in [list(lines)] for name in WAYS}
    for condition in conditions:
        rows[condition] = list(rows_of(condition))
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for each in rows.values():
            writer.writerows(each)


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        compute(sys.argv[2])
    else:
        main(sys.argv[1:] or list(CONDITIONS))
