"""Writes the tensors that the start page shows in motion: `python -m scripts.start_example`.

The labs' small network of 20 layers is trained for some seconds; then one test image passes through it, and one channel
of one block is kept: what comes in, and what the branch adds.
"""

import json
from collections.abc import Generator

from explorer.datasets.catalogue import fit_spec
from explorer.engine.experiments.blocks import parts_of
from explorer.engine.experiments.feature_maps import BRANCH, SHORTCUT, SUM, tensors_of
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks
from explorer.engine.training.device import prepare_process
from explorer.experiments import QUICK_TRAINING, Progress, Subject, small_network
from explorer.ui.start.example import FILE, ROUNDED_TO

IMAGE, BLOCK = 5, "layer1.1"
"""The test image, and the block; of its channels the one whose sum varies most."""


def main() -> None:
    """Trains, looks inside, writes."""
    prepare_process()
    networks, spec = TrainedNetworks(QUICK_TRAINING), small_network(20)
    trained = result_of(networks.trained(Subject("residual", spec)))
    part = next(each for each in parts_of(trained.network, trained.spec) if each.path == BLOCK)
    images = next(images for images, _ in networks.batches.test_batches())
    tensors = tensors_of(trained.network, part, images[IMAGE : IMAGE + 1])
    channel = int(tensors[SUM].flatten(1).std(dim=1).argmax())
    example = {
        "digit": networks.data.classes[int(networks.data.test_labels[IMAGE])],
        "layers": fit_spec(spec, QUICK_TRAINING.dataset).depth,
        "steps": QUICK_TRAINING.steps,
        "block": BLOCK,
        "channel": channel,
        "x": rounded(tensors[SHORTCUT][channel].tolist()),
        "residual": rounded(tensors[BRANCH][channel].tolist()),
    }
    FILE.write_text(json.dumps(example, indent=None, separators=(", ", ": ")) + "\n", encoding="utf-8")


def result_of(training: Generator[Progress, None, Trained]) -> Trained:
    """What a training returns at its end."""
    while True:
        try:
            next(training)
        except StopIteration as end:
            return end.value


def rounded(rows: list[list[float]]) -> list[list[float]]:
    """The values as the page shows them."""
    return [[round(value, ROUNDED_TO) for value in row] for row in rows]


if __name__ == "__main__":
    main()
