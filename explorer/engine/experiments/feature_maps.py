"""One image on its way through a network: x, F(x), h(x) and their sum, as feature maps."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

import torch
from torch import Tensor, nn

from explorer.engine.experiments.blocks import Part, parts_of, undisturbed
from explorer.engine.experiments.trained_networks import Trained, TrainedNetworks, repetitions
from explorer.engine.lowering import hooked
from explorer.experiments.catalogue.look_inside import BlockView, FeatureMaps, LookInsideNetwork, LookInsideResult
from explorer.experiments.request import ExperimentRequest
from explorer.experiments.result import Progress
from explorer.jobs.errors import SettingsError
from explorer.language import sentence

MOST_PIXELS = 3_000_000
"""Values in one answer; all blocks of a large network would be more than a page can hold."""

FIVE = X, BRANCH, SHORTCUT, SUM, OUTPUT = "x", "F(x)", "h(x)", "F(x) + h(x)", "output"
"""What the tensors of a block are called."""


@torch.no_grad()
def tensors_of(network: nn.Module, part: Part, image: Tensor) -> dict[str, Tensor]:
    """The tensors of one block, `(channels, height, width)` each, for one image `(1, channels, height, width)`.

    In evaluation mode. A plain block has `x` and `output` alone.
    """
    seen: dict[str, Tensor] = {}

    def on_block(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen[X], seen[OUTPUT] = inputs[0][0], output[0]

    def on_sum(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen[BRANCH], seen[SHORTCUT], seen[SUM] = inputs[0][0], inputs[1][0], output[0]

    handles = [part.module.register_forward_hook(on_block)]
    if part.add is not None:
        handles.append(part.add.register_forward_hook(on_sum))
    with undisturbed(network), hooked(handles):
        network.eval()
        network(image)
    return {name: seen[name] for name in FIVE if name in seen}


def view_block(network: nn.Module, part: Part, image: Tensor, channels: int) -> BlockView:
    """The block's tensors in the channels in which its sum (in a plain block: its output) varies most."""
    tensors = tensors_of(network, part, image)
    shown = tensors.get(SUM, tensors[OUTPUT])
    spread = shown.float().flatten(1).std(dim=1, correction=0)
    best = tuple(sorted(spread.argsort(descending=True, stable=True)[:channels].tolist()))
    maps = tuple(feature_maps(name, each, [n for n in best if n < len(each)]) for name, each in tensors.items())
    return BlockView(part.path, part.block.shortcut, maps)


def feature_maps(name: str, tensor: Tensor, channels: Sequence[int]) -> FeatureMaps:
    """Channels of `(channels, height, width)` as bytes; the range is that of the channels shown."""
    values = tensor.float().cpu()
    shown = values[list(channels)]
    low, high = (shown.min().item(), shown.max().item()) if len(channels) else (0.0, 0.0)
    scaled = (shown - low) * (255 / (high - low) if high > low else 0.0)
    return FeatureMaps(
        name=name,
        channels=tuple(channels),
        total_channels=values.shape[0],
        height=values.shape[1],
        width=values.shape[2],
        lowest=low,
        highest=high,
        mean=values.mean().item(),
        deviation=values.std(correction=0).item(),
        pixels=base64.b64encode(scaled.round().to(torch.uint8).numpy().tobytes()).decode(),
    )


def look_inside(request: ExperimentRequest, networks: TrainedNetworks) -> Iterator[Progress | LookInsideResult]:
    """Sends one test image through each network. Raises SettingsError for an image or a block that is not there."""
    index, data = request.parameters["image"], networks.data
    if index >= len(data.test_labels):
        raise SettingsError(
            "image", sentence("there are {count} test images, the first being 0", count=len(data.test_labels))
        )
    picture = torch.tensor(data.test_images[index]).permute(2, 0, 1)
    result = LookInsideResult(
        index=index,
        truth=data.classes[int(data.test_labels[index])],
        classes=data.classes,
        image=feature_maps("image", picture, range(len(picture))),
        networks=(),
    )
    image = torch.cat([images for images, _ in networks.batches.test_batches()])[index : index + 1]
    wanted = repetitions(request)
    for seed, subject in wanted:
        trained = yield from networks.trained_if(request.parameters["trained"], subject, seed)
        result = replace(result, networks=(*result.networks, _views(request, trained, image)))
        yield Progress(
            len(result.networks),
            len(wanted),
            sentence("Looked into {network}", network=sentence(subject.label)),
            result,
        )
    yield result


def _views(request: ExperimentRequest, trained: Trained, image: Tensor) -> LookInsideNetwork:
    channels, wanted = request.parameters["channels"], request.parameters["block"]
    parts = parts_of(trained.network, trained.spec)
    chosen = [part for part in parts if wanted in ("", part.path)]
    if not chosen:
        told = sentence(
            "{network} has no block {wanted}; it has {first} to {last}",
            network=sentence(trained.label),
            wanted=wanted,
            first=parts[0].path,
            last=parts[-1].path,
        )
        raise SettingsError("block", told)
    pixels = sum(len(FIVE) * channels * prod(part.block.output_shape[1:]) for part in chosen)
    if pixels > MOST_PIXELS:
        told = sentence(
            "{count} blocks with {channels} channels are too much at once; name one",
            count=len(chosen),
            channels=channels,
        )
        raise SettingsError("block", told)
    with torch.no_grad():
        scores = trained.network(image)[0].float().softmax(0).tolist()
    return LookInsideNetwork(
        label=trained.label,
        scores=tuple(scores),
        blocks=tuple(view_block(trained.network, part, image, channels) for part in chosen),
        training=trained.training,
    )
