"""How long it takes to say which network a file is, against running the network once on the images.

    python -m benchmarks.identify

A ResNet-50 whose norms remember photographs is saved and identified in this process, first by names and shapes alone,
then with crops of photographs too. The floor is one forward pass of the images on which candidates are compared: no
candidate can be ranked without one. Seconds of processor time, which other programs on the machine lengthen less than
those on the wall; each the least of several rounds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.engine import build_module, identify
from explorer.engine.identification import photographs
from explorer.engine.identification.trial import images_for
from explorer.jobs.identification import PHOTOGRAPHS
from explorer.model import ModelSpec, preset

TARGET_SECONDS = 5.0
"""With a warm process, for ResNet-50."""


def least_seconds(work: Callable[[], object], rounds: int) -> float:
    """Processor seconds of the shortest of several calls, after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def remembering(spec: ModelSpec, images: Tensor) -> nn.Module:
    """A network of random weights whose norms store the statistics of the images."""
    torch.manual_seed(0)
    network = build_module(spec)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0.0, 0.3)
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(images)
    return network.eval()


def main() -> None:
    """Print the seconds by names and shapes, with images, and of the floor, and their ratio."""
    parser = argparse.ArgumentParser(description="identification of a file against one forward pass of its network")
    parser.add_argument("--model", default="resnet50")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    spec = preset(options.model)
    images = photographs(spec)
    network = remembering(spec, images.pixels[-32:])
    shown = images.first(images_for(spec, images))
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        path = Path(folder) / "weights.pth"
        torch.save(network.state_dict(), path)
        shapes = least_seconds(lambda: identify(path), options.rounds)
        floor = least_seconds(lambda: network(shown), options.rounds)
        found = identify(path, images=PHOTOGRAPHS)
        weighed = least_seconds(lambda: identify(path, images=PHOTOGRAPHS), options.rounds)
    print(f"{options.model} by names and shapes: {shapes:.2f} s")
    print(f"{options.model} with photographs: {weighed:.2f} s, aimed at {TARGET_SECONDS:g} s or less")
    print(f"floor, one pass of {len(shown)} images of {shown.shape[-1]} pixels: {floor:.2f} s")
    print(f"{len(found.evidence)} candidates cost {weighed / floor:.1f} passes, {found.grade}")


if __name__ == "__main__":
    main()
