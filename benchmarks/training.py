"""How fast training is, against an ordinary loop in the same run.

    python -m benchmarks.training [race steps click] [--device cpu|cuda] [--rounds N] [--quick]

The ordinary loop is what a tutorial writes: nested modules, a DataLoader with transforms of one sample at a time, fp32,
contiguous layout, `torch.optim.SGD`, `loss.item()` at every step. It starts from the same weights and sees the same
images in the same order, so that its losses, printed beside ours, must be ours but for rounding.

    race    the four networks of the default race on two single-thread workers, against one after another with all of
            torch's threads
    steps   ResNet-20 and ResNet-56 on 32x32 images of noise, one process, one thread, fp32 (CUDA: our default, bf16)
    click   from a run's entry into the queue to its first point in the store, with a warm worker

Every figure is the median of rounds taken in turns. `steps` needs torch only; `race` and `click` also need SQLAlchemy
and scikit-learn's digits.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from benchmarks.ordinary import OrdinaryLoop
from explorer.engine.data import ImageData, load_data
from explorer.engine.device import device_name, prepare_process
from explorer.engine.lowering import build_module
from explorer.engine.trainer import Trainer
from explorer.model import preset
from explorer.runs.config import TrainingSettings

RACE = ("cifar_plain20", "cifar_plain56", "cifar_resnet20", "cifar_resnet56")
NETWORKS = ("cifar_resnet20", "cifar_resnet56")
AIMS = {"race": 2.0, "steps on cpu": 1.25, "steps on cuda": 8.0}
"""How many times faster than the ordinary loop."""
CLICK_AIM = 1.5
"""Seconds to the first point."""
SILENCE = 60.0
"""Seconds after which a worker that says nothing counts as broken."""


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds, steps a round of the race and of the single networks, images to draw from."""

    rounds: int
    race_steps: int
    steps: int
    images: int = 2048


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of one call, by the wall clock unless told."""
    start = clock()
    work()
    return clock() - start


def noise(count: int) -> ImageData:
    """Images of noise in CIFAR's shape, with labels to learn by heart."""
    random = np.random.Generator(np.random.PCG64(0))
    images = random.integers(0, 256, (count + 256, 32, 32, 3), dtype=np.uint8)
    labels = random.integers(0, 10, count + 256)
    return ImageData("noise", tuple("abcdefghij"), images[:count], labels[:count], images[count:], labels[count:])


def report(what: str, ours: Sequence[float], theirs: Sequence[float], aim: float) -> None:
    """One line: both medians, their ratio and the aim."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    reached = "reached" if other / mine >= aim else "MISSED"
    print(f"{what:28s} ours {mine:8.3f} s   ordinary {other:8.3f} s   {other / mine:5.2f} times faster", end="")
    print(f" (aim {aim:g}, {reached}; {len(ours)} rounds)", flush=True)


def our_steps(trainer: Trainer, count: int) -> list[float]:
    """Takes `count` steps as the loop of a run does, and gives their losses."""
    losses: list[float] = []
    for _ in range(count):
        trainer.advance()
        if trainer.stepping.unread == trainer.stepping.room:
            losses += _read(trainer)
    return losses + (_read(trainer) if trainer.stepping.unread else [])


def _read(trainer: Trainer) -> list[float]:
    return [loss for event in trainer.told() for loss in getattr(event, "losses", ())]


def measure_steps(plan: Plan, device: str) -> None:
    """ResNet-20 and ResNet-56 on images of CIFAR's size, batch 128, cropped and mirrored as in He 2015.

    On a CPU the processor's seconds count: either loop keeps one thread busy, and a neighbour's load changes nothing.
    """
    clock = time.process_time if device == "cpu" else time.perf_counter
    settings = TrainingSettings(
        dataset="shapes_easy",
        steps=200_000,
        batch_size=128,
        augmentation="crop_flip",
        device=device,
        evaluate_every=0,
        diagnose_every=0,
    )
    data = noise(plan.images)
    for name in NETWORKS:
        ours, theirs = Trainer(preset(name), settings, data, build_module), OrdinaryLoop(preset(name), settings, data)
        first = our_steps(ours, 3), theirs.steps(3)
        print(f"{name}: losses of three steps {_shown(first[0])} | ordinary {_shown(first[1])}; ours {ours.precision}")
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(plan.rounds):
            times[0].append(seconds(partial(our_steps, ours, plan.steps), clock) / plan.steps)
            times[1].append(seconds(partial(theirs.steps, plan.steps), clock) / plan.steps)
        report(f"{name}, a step", *times, AIMS[f"steps on {device}"])


def measure_race(plan: Plan, threads: int) -> None:
    """The default race: two warm workers against the networks one after another."""
    settings = TrainingSettings(steps=plan.race_steps, device="cpu", evaluate_every=plan.race_steps, diagnose_every=0)
    data = load_data("digits")
    ours, theirs = [], []
    with workers(2) as race:
        for round_number in range(plan.rounds):
            found: dict[str, float] = {}
            ours.append(seconds(partial(race, RACE, settings, found)))
            torch.set_num_threads(threads)
            answer: dict[str, float] = {}
            theirs.append(seconds(partial(_ordinary_race, settings, data, answer)))
            torch.set_num_threads(1)
            if round_number == 0:
                for name in RACE:
                    print(f"{name}: first loss {found[name]:.4f} | ordinary {answer[name]:.4f}")
    report(f"race of {len(RACE)}, {settings.steps} steps", ours, theirs, AIMS["race"])


def _ordinary_race(settings: TrainingSettings, data: ImageData, first: dict[str, float]) -> None:
    for name in RACE:
        loop = OrdinaryLoop(preset(name), settings, data)
        first[name] = loop.steps(settings.steps)[0]
        loop.test()


def measure_click(plan: Plan) -> None:
    """Seconds from queueing a run to its first loss in the store."""
    settings = TrainingSettings(steps=3, device="cpu", evaluate_every=0, diagnose_every=0)
    with workers(1) as race:
        times = [
            seconds(partial(race, ("cifar_resnet56",), settings, {}, until_first=True)) for _ in range(plan.rounds)
        ]
    found = statistics.median(times)
    reached = "reached" if found <= CLICK_AIM else "MISSED"
    print(f"click to first point         {found:.3f} s (aim {CLICK_AIM} s, {reached}; worst {max(times):.3f} s)")


class workers:  # noqa: N801  (read as a statement: `with workers(2) as race`)
    """`count` warm worker processes of their own store; gives a function that runs a race and tells first losses."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __enter__(self) -> Callable[..., None]:
        from explorer.runs import LocalLauncher, Store

        self.folder = tempfile.TemporaryDirectory()
        os.environ["RESIDUAL_EXPLORER_DATA"] = self.folder.name
        self.store = Store()
        self.launcher = LocalLauncher(self.store, limit=self.count, warm=self.count, polite=False)
        self.launcher.start()
        settings = TrainingSettings(steps=2, device="cpu", evaluate_every=0, diagnose_every=0)
        self.race(RACE[:1] * self.count, settings, {})
        return self.race

    def __exit__(self, *_: object) -> None:
        self.launcher.stop()
        self.store.close()
        self.folder.cleanup()

    def race(
        self, names: Sequence[str], settings: TrainingSettings, first: dict[str, float], *, until_first: bool = False
    ) -> None:
        """Runs the networks to their end, or to the first point; puts each one's first loss into `first`."""
        from explorer.runs import Contestant

        entries = [Contestant(name, preset(name)) for name in names]
        race = self.store.create_race(entries, settings, owner="benchmark", name="benchmark")
        self.launcher.wake()
        labels = {run.id: run.label for run in race.runs}
        seen = dict.fromkeys(labels, 0)
        heard = time.monotonic()
        while True:
            over = not any(run.active for run in self.store.runs(race_id=race.id))
            for stored in self.store.events(seen):
                seen[stored.run_id], heard = stored.id, time.monotonic()
                for loss in getattr(stored.event, "losses", ())[:1]:
                    first.setdefault(labels[stored.run_id], loss)
            if over or (until_first and first):
                return
            if time.monotonic() - heard > SILENCE:
                raise TimeoutError("the workers say nothing")
            time.sleep(0.01)


def _shown(losses: Sequence[float]) -> str:
    return " ".join(f"{loss:.5f}" for loss in losses)


def main() -> None:
    """Print the device, then what was asked for."""
    parser = argparse.ArgumentParser(description="training against an ordinary loop")
    parser.add_argument("what", nargs="*", choices=("race", "steps", "click"), default=["race", "steps", "click"])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="few steps: shows that it works, not how fast it is")
    options = parser.parse_args()
    plan = Plan(1, 4, 1, 512) if options.quick else Plan(3, 200, 10)
    plan = replace(plan, rounds=options.rounds or plan.rounds)
    threads = torch.get_num_threads()
    prepare_process()
    print(f"{device_name(torch.device(options.device))}, torch {torch.__version__}, {threads} threads by default")
    if "race" in options.what and options.device == "cpu":
        measure_race(plan, threads)
    if "steps" in options.what:
        measure_steps(plan, options.device)
    if "click" in options.what and options.device == "cpu":
        measure_click(plan)


if __name__ == "__main__":
    main()
