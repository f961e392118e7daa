"""The tensors of an identified file under the network's own names, all of them or none, as safetensors.

`python -m explorer.engine.jobs.file_weights` answers a `FileWeightsRequest` with the number of tensors that it wrote.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from explorer.engine.files import WeightsError, open_weights
from explorer.engine.jobs.weights import COUNTER
from explorer.engine.lowering import build_module
from explorer.engine.training.checkpoint import keep_weights, write_tensors
from explorer.jobs.child_side import SendProgress, answer_one, texts_of
from explorer.jobs.file_weights import FileWeightsRequest
from explorer.language import N_, sentence
from explorer.model import ModelSpec, SpecError
from explorer.model.identity.library_names import LibraryNames, libraries_of

DOES_NOT_FIT = N_("{name} does not fit the network: {reason}.")


def renamed_tensors(request: FileWeightsRequest) -> dict[str, Tensor]:
    """Every tensor of the network of the request by its own name, in 32-bit floats, with the values of the file.

    Raises WeightsError, one sentence, where a tensor is missing or has another shape.
    """
    path = Path(request.path)
    expected = build_module(ModelSpec.from_json(request.spec)).state_dict()
    theirs = {pair.ours: request.wrapping + pair.theirs for pair in request.renaming}
    missing = [name for name in expected if name not in theirs and not name.endswith(COUNTER)]
    if missing:
        reason = sentence("{count} tensors are missing, first {name}", count=len(missing), name=missing[0])
        raise WeightsError(sentence(DOES_NOT_FIT, name=path.name, reason=reason))
    named = [name for name in expected if name in theirs]
    values = dict(zip(named, open_weights(path).load([theirs[name] for name in named]), strict=True))
    for name, tensor in expected.items():
        found = values.get(name, tensor)
        # A counter may have the shape (1,) in files.
        if found.shape != tensor.shape and not (name.endswith(COUNTER) and found.numel() == 1):
            ours, theirs_shape = str(tuple(tensor.shape)), str(tuple(found.shape))
            reason = sentence("{name} is {ours} here, {theirs} there", name=name, ours=ours, theirs=theirs_shape)
            raise WeightsError(sentence(DOES_NOT_FIT, name=path.name, reason=reason))
        expected[name] = found.reshape(tensor.shape).to(tensor.dtype).contiguous()
    return expected


def work(request: FileWeightsRequest, _: SendProgress) -> int:
    """Writes the tensors to the request's output, under other names if it has some; returns their number."""
    tensors = renamed_tensors(request)
    if request.of_a_run:
        if request.order == "BGR":
            _reverse_colours(tensors)
        keep_weights(Path(request.output), tensors, f"{request.spec} weights of a file")
    else:
        write_tensors(Path(request.output), _named(tensors, request))
    return len(tensors)


def _reverse_colours(tensors: dict[str, Tensor]) -> None:
    """Lets the first convolution read the colours in the other order."""
    stem = next(name for name, each in tensors.items() if each.ndim == 4)
    tensors[stem] = tensors[stem].flip(1).contiguous()


def _named(tensors: dict[str, Tensor], request: FileWeightsRequest) -> dict[str, Tensor]:
    """The tensors under the names of the request's library; under our own where it names none that has the network."""
    found = {each.library: each for each in libraries_of(ModelSpec.from_json(request.spec))}
    return under_names(tensors, found[request.library]) if request.library in found else tensors


def under_names(tensors: Mapping[str, Tensor], names: LibraryNames) -> dict[str, Tensor]:
    """The tensors as a library has them, by its names."""
    shaped = {name: each[..., None, None] if name in names.convolutions else each for name, each in tensors.items()}
    return {names.name(name): each.contiguous() for name, each in shaped.items()}


if __name__ == "__main__":
    sys.exit(answer_one(FileWeightsRequest, work, texts_of(WeightsError, SpecError, OSError)))
