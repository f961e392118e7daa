"""Reads tensors from files that are not trusted: PyTorch checkpoints and safetensors.

Size and kind are checked before anything is read, an archive's members before anything is unpacked. Pickled data go
through torch's restricted reader, which builds tensors and plain containers only.
"""

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from explorer.engine.jobs.harmless import DAMAGED, harmless_names, stand_ins
from explorer.jobs.file_kind import HEAD_BYTES, file_kind

ZIP_START = b"PK\x03\x04"
LEGACY_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch.save's magic number, pickled: how files from before PyTorch 1.6 begin."""

LARGEST_PICKLE = 16 * 2**20
"""Bytes of the structure in a checkpoint, without its tensors."""

LARGEST_HEADER = 16 * 2**20
"""Bytes of the table of contents of a safetensors file."""

MOST_MEMBERS = 100_000

WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "params", "weights")
"""The keys under which training programs keep the weights among other things."""

CODE_DIRECTORY = "code/"
"""What a TorchScript archive holds besides tensors."""

SAVE_AGAIN = "torch.save(model.state_dict(), 'weights.pt')"
OF_A_RUN = ("momentum.", "random.")
"""How the names begin of what a run of this program keeps beside its weights until it has finished."""
KERAS_MEMBERS = frozenset({"config.json", "model.weights.h5", "metadata.json"})
NO_SUCH_FILE = "{}: there is no such file."
OTHER_CONTENT, OTHER_ARCHIVE = "is not a checkpoint", "it is an archive, but not one that PyTorch wrote"
TOO_MUCH, NO_TENSORS = "holds far more than named tensors", "holds no named tensors"
"""What follows the name of a file that is refused, as does `OTHER_CONTENT`."""


class WeightsError(ValueError):
    """A checkpoint that is refused; the message is one sentence."""


def check_file(path: Path, most_bytes: int) -> None:
    """Raises WeightsError unless `path` is a file of a sensible size. Does not open it."""
    if path.is_dir():
        raise WeightsError(f"{path.name} is a folder; name the file of weights in it.")
    if not path.is_file():
        raise WeightsError(NO_SUCH_FILE.format(path.name))
    size = path.stat().st_size
    if size > most_bytes:
        raise WeightsError(f"{path.name}: {size:,} bytes are too many for this network, at most {most_bytes:,} can be.")


@dataclass(frozen=True)
class TensorFile:
    """The named tensors of a file, and what lay beside them and was left out, each by its name."""

    tensors: dict[str, Tensor]
    skipped: tuple[str, ...] = ()


def read_tensors(path: Path, most_bytes: int) -> TensorFile:
    """The named tensors of a checkpoint, on the CPU. Raises WeightsError."""
    try:
        with path.open("rb") as file:
            start = file.read(HEAD_BYTES)
    except OSError as error:
        raise WeightsError(f"{path.name} cannot be read: {error.strerror}.") from error
    if start.startswith(ZIP_START):
        _check_archive(path, most_bytes)
        return _unpickled(path)
    if start.startswith(LEGACY_START):
        return _unpickled(path)
    header = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and header <= LARGEST_HEADER:
        try:
            return _of_a_run(dict(load_file(path)))
        except (SafetensorError, *DAMAGED) as error:
            raise WeightsError(f"{path.name} is damaged: no tensors can be read from it.") from error
    kind = file_kind(start)
    found = f"it is {kind}" if kind else "neither PyTorch nor safetensors wrote it"
    raise WeightsError(f"{path.name} {OTHER_CONTENT}: {found}.")


def _of_a_run(tensors: dict[str, Tensor]) -> TensorFile:
    """The weights alone where the file is the checkpoint of a run of this program, which keeps momentum beside them."""
    beside = [name for name in tensors if name.startswith(OF_A_RUN)]
    if not beside or not all(name.startswith((*OF_A_RUN, "model.")) for name in tensors):
        return TensorFile(tensors)
    weights = {name.removeprefix("model."): each for name, each in tensors.items() if name.startswith("model.")}
    return TensorFile(weights, (f"{len(beside)} tensors of momentum and random state of an unfinished run",))


def _check_archive(path: Path, most_bytes: int) -> None:
    """Raises WeightsError for an archive that torch.save did not write, or that unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, *DAMAGED) as error:
        raise WeightsError(f"{path.name} is damaged: its archive cannot be read.") from error
    names = [member.filename.partition("/")[2] for member in members]
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > most_bytes:
        raise WeightsError(f"{path.name} would unpack to more than the {most_bytes:,} bytes this network can need.")
    if any(name.startswith(CODE_DIRECTORY) for name in names):
        raise WeightsError(f"{path.name} is a program (TorchScript); only tensors are read.")
    if KERAS_MEMBERS & {member.filename for member in members}:
        raise WeightsError(f"{path.name} is not a checkpoint of PyTorch: it is a Keras file.")
    if names.count("data.pkl") != 1 or any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise WeightsError(f"{path.name} {OTHER_CONTENT}: {OTHER_ARCHIVE}.")
    if members[names.index("data.pkl")].file_size > LARGEST_PICKLE:
        raise WeightsError(f"{path.name} {TOO_MUCH}.")


def _unpickled(path: Path) -> TensorFile:
    names = harmless_names(path)
    with torch.serialization.safe_globals(stand_ins(names)):
        return TensorFile(_named_tensors(_unpickle(path), path.name), tuple(names))


def _unpickle(path: Path) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of the time that checking sparse tensors takes
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        named = f" ({found.group(1)})" if found else ""
        raise WeightsError(
            f"{path.name} carries code{named} besides tensors, and is refused. Where you trust it, save the tensors"
            f" alone: {SAVE_AGAIN}."
        ) from error
    except DAMAGED as error:
        raise WeightsError(f"{path.name} is damaged: no tensors can be read from it.") from error


def _named_tensors(content: object, name: str) -> dict[str, Tensor]:
    """The tensors by name, from where training programs put them."""
    for _ in WRAPPERS:
        if not isinstance(content, Mapping):
            break
        tensors = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
        inner = next((content[key] for key in WRAPPERS if isinstance(content.get(key), Mapping)), None)
        if inner is None:
            if tensors:
                return tensors
            break
        content = inner
    raise WeightsError(f"{name} {NO_TENSORS}.")
