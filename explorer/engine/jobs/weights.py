"""Weights from a file or from torchvision into a network: tensors only, all of them or none.

`python -m explorer.engine.jobs.weights` answers a `WeightsRequest` with a `CheckpointReport`.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
import torchvision.models
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.engine.files import Limits, WeightsError, check_file, open_weights
from explorer.engine.files.part import part_for
from explorer.engine.jobs.renamings import renamed_tensors
from explorer.engine.lowering import build_module
from explorer.identify.names import NAMINGS
from explorer.jobs.child_side import SendProgress, answer_one, bound_growth, texts_of
from explorer.jobs.weights_and_onnx import MOST_KEYS, CheckpointReport, WeightsRequest, WrongShape
from explorer.language import N_, sentence
from explorer.model import ModelSpec, SpecError, assemble

__all__ = ["WeightsError", "load_checkpoint", "load_published"]

COUNTER = "num_batches_tracked"
"""A step counter that checkpoints from before PyTorch 0.4.1 lack; it has no effect on any output."""


UNPUBLISHED = N_("torchvision publishes no weights called {name!r}.")
TOO_LARGE = N_("{name}: {size:,} bytes are too many for this network, at most {most:,} can be.")

BESIDE = re.compile(r"(^|\.)total_(ops|params)$|^(criterion|loss|loss_fn|metrics?|\w+_metrics?)\.")
"""thop's totals, a criterion's weights, buffers of metrics: no part of a network of this family."""


def load_checkpoint(path: Path, network: nn.Module) -> CheckpointReport:
    """Load a file of weights into a network, if every tensor fits.

    The file's size is compared with the network's before it is opened, and its contents are never run as code.
    Raises WeightsError, one sentence, for a file that is none, too large, damaged, or holds more than tensors.
    """
    most = most_bytes(network)
    check_file(path, most, TOO_LARGE)
    file = open_weights(path, Limits(file=most, values=most))
    part = part_for(file.listing, network.state_dict().keys(), [each.name for each in NAMINGS])
    loaded = dict(zip(part.names(file.listing), file.load(part.places), strict=True))
    tensors, beside = _without_beside(loaded)
    report = fill(network, tensors, path.name)
    skipped = (*file.listing.skipped, *part.beside, *(f"{part.wrapping}{name}" for name in beside))
    broken = tuple(name for name, each in tensors.items() if _is_not_finite(each))
    return replace(
        report,
        skipped_count=len(skipped),
        skipped=skipped[:MOST_KEYS],
        not_finite_count=len(broken),
        not_finite=broken[:MOST_KEYS],
    )


def load_published(name: str, network: nn.Module) -> CheckpointReport:
    """Load weights that torchvision publishes, by its own name for them: `ResNet50_Weights.IMAGENET1K_V2`.

    Downloads the file into torch's cache unless it is there, and checks it against the published hash; so call this
    only when it was asked for. Raises WeightsError, also where there is no connection.
    """
    try:
        weights = torchvision.models.get_weight(name)
    except (ValueError, AttributeError, KeyError) as error:
        raise WeightsError(sentence(UNPUBLISHED, name=name[:80])) from error
    file = Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rsplit("/", 1)[-1]
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        digest = file.stem.rsplit("-", 1)[-1]
        try:
            torch.hub.download_url_to_file(weights.url, str(file), hash_prefix=digest, progress=False)
        except (OSError, RuntimeError) as error:
            told = sentence(
                "{name} cannot be downloaded ({error}); a local file still works.", name=name, error=str(error)
            )
            raise WeightsError(told) from error
    return replace(load_checkpoint(file, network), source=name)


def most_bytes(network: nn.Module) -> int:
    """The largest file worth opening for a network: its tensors in double precision with an optimiser's two moments."""
    tensors: int = sum(tensor.numel() for tensor in network.state_dict().values())
    return 8 * 3 * tensors + 16 * 2**20


def fill(network: nn.Module, tensors: Mapping[str, Tensor], source: str) -> CheckpointReport:
    """Copy named tensors into a network if all of them fit, under the first renaming with which they do."""
    reports = []
    for naming in NAMINGS:
        renamed = renamed_tensors(naming, tensors)
        report = _compare(network, renamed, source, naming.source)
        if report.fits:
            network.load_state_dict(network.state_dict() | renamed, strict=True)
            return report
        reports.append(report)
    return max(reports, key=lambda report: report.matched)


def _is_not_finite(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and tensor.layout == torch.strided and not bool(torch.isfinite(tensor).all())


def _without_beside(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], list[str]]:
    """The network's tensors, and the names of those that other programs put beside them. Counters lose their axis."""
    beside = [name for name in tensors if BESIDE.search(name)]
    kept = {name: each for name, each in tensors.items() if not BESIDE.search(name)}
    for name, each in kept.items():
        if name.endswith(COUNTER) and each.shape == (1,):
            kept[name] = each.reshape(())
    return kept, beside


def _compare(network: nn.Module, tensors: Mapping[str, Tensor], source: str, renaming: str) -> CheckpointReport:
    wanted = network.state_dict()
    wrong = tuple(
        WrongShape(key, _shape(wanted[key]), _shape(tensor))
        for key, tensor in tensors.items()
        if key in wanted and not _alike(tensor, wanted[key])
    )
    missing = tuple(key for key in wanted if key not in tensors and not key.endswith(COUNTER))
    unexpected = tuple(key for key in tensors if key not in wanted)
    return CheckpointReport(
        source,
        matched=len(wanted.keys() & tensors.keys()) - len(wrong),
        renaming=renaming,
        missing_count=len(missing),
        missing=missing[:MOST_KEYS],
        unexpected_count=len(unexpected),
        unexpected=unexpected[:MOST_KEYS],
        wrong_count=len(wrong),
        wrong=wrong[:MOST_KEYS],
    )


def _alike(given: Tensor, wanted: Tensor) -> bool:
    plain = given.layout == torch.strided and not given.is_meta and not given.is_quantized
    return plain and given.shape == wanted.shape and given.is_floating_point() == wanted.is_floating_point()


def _shape(tensor: Tensor) -> str:
    kind = "" if tensor.is_floating_point() and tensor.layout == torch.strided else f" {tensor.dtype}"
    return f"{tuple(tensor.shape)}{kind}"


BASE_BYTES, BYTES_PER_NUMBER = 2**30, 100
"""What the work may need: a file may have three numbers in double precision for each of the network's; and copies."""


def bounded_work(request: WeightsRequest, send_progress: SendProgress) -> CheckpointReport:
    """`work` in a process whose memory is bounded from then on. Raises SpecError, WeightsError."""
    cost = assemble(ModelSpec.from_json(request.spec)).cost
    bound_growth(BASE_BYTES + BYTES_PER_NUMBER * (cost.params + cost.buffers))
    return work(request, send_progress)


def work(request: WeightsRequest, _send_progress: SendProgress) -> CheckpointReport:
    """Compares, and writes what fits where that was asked for. Raises SpecError, WeightsError."""
    network = build_module(ModelSpec.from_json(request.spec))
    file = Path(request.source)
    published = "_Weights." in request.source and not file.exists()
    report = load_published(request.source, network) if published else load_checkpoint(file, network)
    if report.fits and request.output:
        try:
            save_file({key: each.contiguous() for key, each in network.state_dict().items()}, request.output)
        except OSError as error:
            told = sentence("{name} cannot be written: {error}.", name=request.output, error=str(error.strerror))
            raise WeightsError(told) from error
    return report


if __name__ == "__main__":
    sys.exit(answer_one(WeightsRequest, bounded_work, texts_of(SpecError, WeightsError)))
