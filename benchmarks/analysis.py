"""How fast a network's numbers are there: ours by arithmetic against torchinfo on torch's meta device.

    python -m benchmarks.analysis

Ours is everything from field values on: the validated spec, its graph, every layer row, every stage row and the
total, at an image size that was not seen before, so that no cache answers. torchinfo's is `summary` of a network that
stands already, on the meta device, where no arithmetic on tensors is done. Medians of several rounds, taken in turns.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count

import torch
import torchinfo

from explorer.analysis.network import analyse
from explorer.engine.lowering import build_module
from explorer.model import ModelSpec, assemble, preset

TARGETS = {"resnet50": 50.0, "resnet152": 50.0}
"""How many times faster than torchinfo on the same network."""

LARGEST, AGAINST, LARGEST_TARGET = "cifar_resnet1202", "resnet50", 10.0
"""The deepest network must take less than a tenth of torchinfo's time for the reference network."""


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def our_work(name: str, sizes: Iterator[int]) -> Callable[[], object]:
    """From field values to every row, at the next unseen image size."""
    values = preset(name).to_dict()

    def work() -> object:
        graph = assemble(ModelSpec(**(values | {"image_size": next(sizes)})))
        analysis = analyse(graph)
        return analysis.layers, analysis.stages, analysis.total

    return work


def their_work(name: str) -> Callable[[], object]:
    """torchinfo's summary of the lowered network on the meta device."""
    spec = preset(name)
    with torch.device("meta"):
        network = build_module(spec).eval()
    size = (1, spec.in_channels, spec.image_size, spec.image_size)
    return lambda: torchinfo.summary(network, input_size=size, device="meta", verbose=0)


def medians(name: str, rounds: int, sizes: Iterator[int]) -> tuple[float, float]:
    """Median seconds of ours and theirs, taken in turns; ours ten times a round, for it is short."""
    ours, theirs = our_work(name, sizes), their_work(name)
    our_times, their_times = [], []
    ours(), theirs()
    for _ in range(rounds):
        our_times += [seconds(ours) for _ in range(10)]
        their_times.append(seconds(theirs))
    return statistics.median(our_times), statistics.median(their_times)


def main() -> None:
    """Print one line a network: both times, their ratio, the ratio aimed at."""
    parser = argparse.ArgumentParser(description="analysis against torchinfo on the meta device")
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    sizes = count(96)
    references = {}
    for name, target in TARGETS.items():
        ours, theirs = medians(name, rounds, sizes)
        references[name] = theirs
        print(
            f"{name:18s} ours {ours * 1e3:7.2f} ms   torchinfo {theirs * 1e3:8.1f} ms   {theirs / ours:6.0f} times"
            f" faster (aim {target:.0f})"
        )
    ours = statistics.median(seconds(our_work(LARGEST, sizes)) for _ in range(10 * rounds))
    ratio = references[AGAINST] / ours
    print(
        f"{LARGEST:18s} ours {ours * 1e3:7.2f} ms   torchinfo on {AGAINST} {references[AGAINST] * 1e3:.1f} ms   "
        f"{ratio:.0f} times faster (aim {LARGEST_TARGET:.0f})"
    )


if __name__ == "__main__":
    main()
