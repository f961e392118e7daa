"""How alike two inputs stay on their way through a network (Yang & Schoenholz 2017), block by block.

All images go through the network in one batch, with and without noise, and batch norms use the batch's statistics.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.engine.experiments.blocks import batch_statistics, parts_of
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.two_inputs import InputPairs, TwoInputsResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.language import sentence

NOISE_SEED = 0


def with_noise(images: Tensor, size: float) -> Tensor:
    """The images with normal noise of this standard deviation, the same for every network."""
    drawn = torch.randn(images.shape, generator=torch.Generator().manual_seed(NOISE_SEED))
    return images + size * drawn.to(images.device)


def pair_cosines(values: Tensor, labels: Tensor) -> tuple[float, float]:
    """The mean cosine of near and of far pairs. `values` holds the images' rows, then those of the noisy images.

    Near are a row and that of the same image with noise, far are the rows of two images with different `labels`.
    """
    rows = values.detach().flatten(1).float()
    lengths = rows.norm(dim=1, keepdim=True)
    units = torch.where(lengths > 0, rows / lengths, torch.nan)
    images, noisy = units.chunk(2)
    near = (images * noisy).sum(1).nanmean()
    far = (images @ images.T)[labels[:, None] != labels[None, :]].nanmean()
    return float(near), float(far)


@torch.no_grad()
def read_pairs(trained: Trained, batch: Tensor, labels: Tensor) -> InputPairs:
    """What `InputPairs` says of one network; `batch` holds the images and then the noisy ones."""
    cosines = [pair_cosines(batch, labels)]
    parts = parts_of(trained.network, trained.spec)
    handles = [
        part.module.register_forward_hook(lambda _, __, output: cosines.append(pair_cosines(output, labels)))
        for part in parts
    ]
    with batch_statistics(trained.network), hooked(handles):
        trained.network(batch)
    near, far = zip(*cosines, strict=True)
    return InputPairs(trained.label, near, far, trained.training)


def two_inputs(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | TwoInputsResult]:
    """Reads every network with every seed; the pairs are the same for all."""
    values, pairs = request.parameters, repetitions(request)
    images, labels = networks.images(values["images"])
    batch = torch.cat([images, with_noise(images, values["noise"])])
    found: tuple[InputPairs, ...] = ()
    for seed, subject in pairs:
        trained = yield from networks.trained_if(values["trained"], subject, seed)
        found = (*found, read_pairs(trained, batch, labels))
        yield Progress(
            len(found),
            len(pairs),
            sentence("Two inputs in {network}", network=sentence(subject.label)),
            TwoInputsResult(found),
        )
    yield TwoInputsResult(found)
