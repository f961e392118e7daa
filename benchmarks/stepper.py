"""One loop in a process of its own, which takes steps when it is told to: `python -m benchmarks.stepper ours NETWORK`.

Ours sets its process up as a worker does; the ordinary one is left as a tutorial leaves it, but for the one thread.
Each line on standard input is a command: a number of steps to take, `floor`, or `kernels` and a number of steps. Each
is answered by a line of JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.floor import floor, kernel_seconds
from benchmarks.ordinary import OrdinaryLoop
from explorer.engine.data.images import ImageData
from explorer.engine.training.device import choose_device, device_name, prepare_process
from explorer.engine.training.in_place import training_module
from explorer.engine.training.trainer import Trainer
from explorer.model import preset
from explorer.runs.settings import TrainingSettings

Loop = Callable[[int], list[float]]

WARM_UP = {"cpu": 2, "cuda": 20}
"""Steps before the first that counts; on a GPU, libraries choose their kernels and ours records its step then."""


def cifar_settings(device: str) -> TrainingSettings:
    """Batches of 128, cropped and mirrored as in He 2015, section 4.2, at its rate; nothing is read or evaluated."""
    return TrainingSettings(
        dataset="shapes_easy",  # which only says that a mirrored image keeps its class: the images are given
        steps=200_000,
        batch_size=128,
        augmentation="crop_flip",
        learning_rate=0.02,
        device=device,
        evaluate_every=0,
        diagnose_every=0,
    )


def noise(count: int, tested: int = 256) -> ImageData:
    """Images of noise in CIFAR's shape, with labels to learn by heart."""
    random = np.random.Generator(np.random.PCG64(0))
    images = random.integers(0, 256, (count + tested, 32, 32, 3), dtype=np.uint8)
    labels = random.integers(0, 10, count + tested)
    return ImageData("noise", tuple("abcdefghij"), images[:count], labels[:count], images[count:], labels[count:])


def our_steps(trainer: Trainer, count: int) -> list[float]:
    """Takes `count` steps as the loop of a run does, and gives their losses."""
    losses: list[float] = []
    for _ in range(count):
        trainer.advance()
        if trainer.training_step.unread == trainer.training_step.room:
            losses += _read(trainer)
    return losses + (_read(trainer) if trainer.training_step.unread else [])


def _read(trainer: Trainer) -> list[float]:
    return [loss for event in trainer.new_events() for loss in getattr(event, "losses", ())]


def timed(loop: Loop, count: int) -> dict[str, Any]:
    """Takes steps; seconds by the wall clock and of this process's processor time. Both loops end with a reading."""
    wall, processor = time.perf_counter(), time.process_time()
    losses = loop(count)
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor, "losses": losses}


def main() -> None:
    """Make the loop, warm it up, say that it is ready, and obey."""
    parser = argparse.ArgumentParser(description="one loop that takes steps when it is told to")
    parser.add_argument("which", choices=("ours", "ordinary"))
    parser.add_argument("network")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--images", type=int, default=2048)
    options = parser.parse_args()
    settings, data, spec = cifar_settings(options.device), noise(options.images), preset(options.network)
    torch.set_num_threads(1)
    trainer = None
    if options.which == "ours":
        prepare_process()
        trainer = Trainer(spec, settings, data, training_module)
        loop: Loop = lambda count: our_steps(trainer, count)  # noqa: E731
    else:
        torch.backends.cudnn.benchmark = True  # what a careful tutorial sets, too
        loop = OrdinaryLoop(spec, settings, data).steps
    first = loop(3)
    loop(WARM_UP[options.device])
    facts = {"device": device_name(choose_device(options.device)), "torch": torch.__version__, "losses": first}
    if trainer is not None:
        facts |= {"precision": trainer.precision, "recorded": trainer.training_step.works[False].recorded}
    _say(facts)
    for line in sys.stdin:
        word = line.strip()
        if word == "floor":
            assert trainer is not None
            _say(floor(trainer, loop))
        elif word.startswith("kernels "):
            _say({"kernels": kernel_seconds(loop, int(word.split()[1]))})
        else:
            _say(timed(loop, int(word)))


def _say(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
