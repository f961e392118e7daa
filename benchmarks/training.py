"""How fast training is, against an ordinary loop in the same run.

    python -m benchmarks.training [race steps click] [--device cpu|cuda] [--rounds N] [--quick]
    python -m benchmarks.training schedule --device cuda [--dataset cifar10] [--steps 64000]

The ordinary loop is what a tutorial writes: nested modules, a DataLoader with transforms of one sample at a time, fp32,
contiguous layout, `torch.optim.SGD`, `loss.item()` at every step. It starts from the same weights and sees the same
images in the same order, so that its losses, printed beside ours, must be ours but for rounding.

    race      the four networks of the default comparison on two single-thread workers, against one at a time with all
              of torch's threads
    steps     ResNet-20 and ResNet-56 on 32x32 images of noise, each loop a process with one thread, fp32 (CUDA: our
              default, bf16), with the floor under ours; on CUDA the share of the time in which the GPU computes
    click     from a run's entry into the queue to its first point in the store, with a warm worker
    schedule  He et al. 2015, section 4.2: ResNet-20, 64,000 steps of 128, its error beside the paper's 8.75 %

Every figure is the median of rounds taken in turns. Without `schedule`, about five minutes on two quiet cores. `steps`
and `schedule` need torch and numpy only; `race` and `click` also need the app's database and scikit-learn's digits.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch

from benchmarks.ordinary import OrdinaryLoop
from benchmarks.schedule import measure_schedule
from benchmarks.steps import Stepper, told_floor, told_share
from explorer.engine.data.images import ImageData, load_data
from explorer.engine.training.device import device_name
from explorer.model import preset
from explorer.runs.settings import TrainingSettings

COMPARISON = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")
NETWORKS = {"cifar_resnet20": 8, "cifar_resnet56": 4}
"""Steps a round on a processor."""
STEPS_ON_A_GPU = 100
AIMS = {"race": 2.0, "steps on cpu": 1.25, "steps on cuda": 8.0}
"""How many times faster than the ordinary loop."""
CLICK_AIM = 1.5
"""Seconds to the first point."""


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds, steps of the comparison, the share of `NETWORKS`' steps, images to draw from."""

    rounds: int
    comparison_steps: int
    share: float = 1.0
    images: int = 2048


def seconds(work: Callable[[], object]) -> float:
    """Seconds of one call, by the wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(what: str, ours: Sequence[float], theirs: Sequence[float], aim: float) -> None:
    """One line: both medians, their ratio and the aim."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    reached = "reached" if other / mine >= aim else "MISSED"
    print(f"{what:28s} ours {mine:8.4f} s   ordinary {other:8.4f} s   {other / mine:5.2f} times faster", end="")
    print(f" (aim {aim:g}, {reached}; {len(ours)} rounds)", flush=True)


def measure_steps(plan: Plan, device: str) -> None:
    """Both loops in turns, each in a process of its own, then what is under ours.

    On a CPU the processor's seconds count: either loop keeps one thread busy, and a neighbour's load changes little.
    """
    clock = "processor" if device == "cpu" else "wall"
    for name, usual in NETWORKS.items():
        count = max(1, round(plan.share * (usual if device == "cpu" else STEPS_ON_A_GPU)))
        with (
            Stepper("ours", name, device, plan.images) as ours,
            Stepper("ordinary", name, device, plan.images) as other,
        ):
            print(f"{name}: losses of three steps {_shown(ours.first)} | ordinary {_shown(other.first)}; {ours.words}")
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(plan.rounds):
                for side, stepper in zip(times, (ours, other), strict=True):
                    side.append(stepper.take(count)[clock] / count)
            report(f"{name}, a step", *times, AIMS[f"steps on {device}"])
            step, theirs = (statistics.median(side) for side in times)
            print(told_floor(ours.ask("floor"), step))
            if device == "cuda":
                print(told_share(ours.kernels(count), step, other.kernels(count), theirs))


def measure_comparison(plan: Plan) -> None:
    """The default comparison: two warm workers against the networks one after another, with all of torch's threads."""
    from benchmarks.workers import Workers

    settings = TrainingSettings(
        steps=plan.comparison_steps, device="cpu", evaluate_every=plan.comparison_steps, diagnose_every=0
    )
    data = load_data("digits")
    ours, theirs = [], []
    with Workers(2) as workers:
        for round_number in range(plan.rounds):
            found: dict[str, float] = {}
            ours.append(seconds(partial(workers.comparison, COMPARISON, settings, found)))
            answer: dict[str, float] = {}
            theirs.append(seconds(partial(_ordinary_comparison, settings, data, answer)))
            if round_number == 0:
                for name in COMPARISON:
                    print(f"{name}: first loss {found[name]:.4f} | ordinary {answer[name]:.4f}")
    report(f"race of {len(COMPARISON)}, {settings.steps} steps", ours, theirs, AIMS["race"])


def _ordinary_comparison(settings: TrainingSettings, data: ImageData, first: dict[str, float]) -> None:
    for name in COMPARISON:
        loop = OrdinaryLoop(preset(name), settings, data)
        first[name] = loop.steps(settings.steps)[0]
        loop.test()


def measure_click(plan: Plan) -> None:
    """Seconds from queueing a run to its first loss in the store."""
    from benchmarks.workers import Workers

    settings = TrainingSettings(steps=3, device="cpu", evaluate_every=0, diagnose_every=0)
    with Workers(1) as workers:
        # A fresh dictionary each time: one that holds a first loss would end the wait at once.
        click = partial(workers.comparison, ("cifar_resnet56",), settings, until_first=True)
        times = [seconds(partial(click, first={})) for _ in range(plan.rounds)]
    found = statistics.median(times)
    reached = "reached" if found <= CLICK_AIM else "MISSED"
    print(f"click to first point         {found:.3f} s (aim {CLICK_AIM} s, {reached}; worst {max(times):.3f} s)")


def _shown(losses: Sequence[float]) -> str:
    return " ".join(f"{loss:.5f}" for loss in losses)


PARTS = ("race", "steps", "click", "schedule")


def asked(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for; without a word, all but the schedule, which takes hours on a processor."""
    parser = argparse.ArgumentParser(description="training against an ordinary loop")
    # Not by `choices`: where no word is given, argparse looks for the list of none among them.
    parser.add_argument("what", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; usually the first three")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="few steps: shows that it works, not how fast it is")
    parser.add_argument("--dataset", default="cifar10", help="of the schedule; noise where it is not there")
    parser.add_argument("--steps", type=int, default=64_000, help="of the schedule")
    options = parser.parse_args(arguments)
    if unknown := set(options.what) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    options.what = options.what or list(PARTS[:3])
    return options


def main() -> None:
    """Print the device, then what was asked for."""
    options = asked()
    plan = Plan(1, 4, 0.1, 512) if options.quick else Plan(3, 200)
    plan = replace(plan, rounds=options.rounds or plan.rounds)
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    name, threads = device_name(torch.device(options.device)), torch.get_num_threads()
    print(f"{name}, torch {torch.__version__}, {threads} threads for the ordinary comparison")
    start = time.perf_counter()
    if "race" in options.what and options.device == "cpu":
        measure_comparison(plan)
    if "steps" in options.what:
        measure_steps(plan, options.device)
    if "click" in options.what and options.device == "cpu":
        measure_click(plan)
    if "schedule" in options.what:
        measure_schedule(options.dataset, options.steps, options.device)
    print(f"all of this took {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
