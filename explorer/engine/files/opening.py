"""Opens a file of weights by what it contains, whatever its name, and without running anything of it."""

import math
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import (
    DAMAGED,
    NO_SUCH_FILE,
    NO_TENSORS,
    NONSENSE,
    OTHER_ARCHIVE,
    OTHER_CONTENT,
    OTHER_KIND,
    TOO_MUCH,
    RefusedError,
    WeightsError,
)
from explorer.engine.files.keras_form import is_keras_archive, read_hdf5, read_keras_archive
from explorer.engine.files.numpy_form import ENDING, read_npz
from explorer.engine.files.onnx_form import is_onnx, read_onnx
from explorer.engine.files.safetensors_form import is_safetensors, read_safetensors
from explorer.engine.files.torch_forms import read_archive, read_pickles
from explorer.engine.files.torch_tar import MEMBERS, read_tar
from explorer.engine.files.values import item_bytes
from explorer.identify.records import Listing
from explorer.jobs.errors import text_of
from explorer.jobs.file_kind import HEAD_BYTES, file_kind
from explorer.language import N_, Sentence, Text, as_sentence, sentence

T = TypeVar("T")

ZIP_START = b"PK\x03\x04"
LEGACY_START = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""torch.save's magic number, pickled: how files from before PyTorch 1.6 begin."""
HDF5_START = b"\x89HDF\r\n\x1a\n"
TAR_KIND = N_("a tar archive")
MOST_MEMBERS = 100_000

Wanted = int | str | tuple[str, ...]
"""A tensor by its place in the listing, its dotted name or its path."""


@dataclass(frozen=True)
class WeightFile:
    """An opened file of weights: what is in it, and a way to the values. Holds no open file."""

    path: Path
    contents: Contents

    @cached_property
    def listing(self) -> Listing:
        """The tensors of all its containers in the file's order, without their values."""
        contents = self.contents
        return Listing(self.path.name, contents.form, contents.tensors, contents.skipped, contents.ordered)

    def load(self, wanted: Iterable[Wanted]) -> list[Tensor]:
        """The tensors that are asked for, in that order, on the CPU, in the file's types and the listing's shapes.

        Raises WeightsError where the values cannot be read, KeyError for a name and IndexError for a place that the
        listing lacks.
        """
        places = [each if isinstance(each, int) else self._places[each] for each in wanted]
        shapes = [self.contents.tensors[place].shape for place in places]
        loaded = _in_one_sentence(self.path, lambda: self.contents.load(places))
        assert all(tuple(each.shape) == shape for each, shape in zip(loaded, shapes, strict=True))
        return loaded

    @cached_property
    def _places(self) -> dict[str | tuple[str, ...], int]:
        tensors = self.contents.tensors
        return {each.name: place for place, each in reversed(list(enumerate(tensors)))} | {
            each.path: place for place, each in reversed(list(enumerate(tensors)))
        }


def open_weights(path: Path, limits: Limits = Limits()) -> WeightFile:  # noqa: B008  (a frozen value)
    """What is in a file of weights: PyTorch's three forms, safetensors, ONNX, Keras, NumPy.

    Reads names, shapes and types. Raises WeightsError, one sentence, for another file, a damaged one, one that holds
    code, quantised weights or no tensors, and for more than the limits allow. Bounds no memory and no time by itself:
    call it in a process that does.
    """
    check_file(path, limits.file)
    contents = _in_one_sentence(path, lambda: _read(path, limits))
    return WeightFile(path, contents)


TOO_LARGE = N_("{name}: {size:,} bytes are too many, at most {most:,} can be.")


def check_file(path: Path, most_bytes: int, too_large: str = TOO_LARGE) -> None:
    """Raises WeightsError unless `path` is a file of a sensible size. Does not open it."""
    if path.is_dir():
        raise WeightsError(sentence("{name} is a folder; name the file of weights in it.", name=path.name))
    if not path.is_file():
        raise WeightsError(sentence(NO_SUCH_FILE, name=path.name))
    size = path.stat().st_size
    if size > most_bytes:
        raise WeightsError(sentence(too_large, name=path.name, size=size, most=most_bytes))


def _in_one_sentence(path: Path, work: Callable[[], T]) -> T:
    try:
        return work()
    except RefusedError as error:
        raise WeightsError(_about(path, text_of(error))) from error
    except PermissionError as error:
        raise WeightsError(
            sentence("{name} cannot be read: {error}.", name=path.name, error=str(error.strerror))
        ) from error
    except MemoryError as error:
        raise WeightsError(sentence("{name} needs more memory than it may take.", name=path.name)) from error
    except NONSENSE as error:
        raise WeightsError(_about(path, DAMAGED)) from error


def _about(path: Path, reason: Text) -> Sentence:
    return sentence("{name} {reason}.", name=path.name, reason=as_sentence(reason))


def _read(path: Path, limits: Limits) -> Contents:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    contents = _reader(head, limits)(path, limits)
    if not contents.tensors:
        raise RefusedError(NO_TENSORS)
    claimed = sum(math.prod(each.shape) * item_bytes(each.dtype) for each in contents.tensors)
    if len(contents.tensors) > limits.tensors or claimed > limits.values:
        raise RefusedError(TOO_MUCH)
    return contents


def _reader(head: bytes, limits: Limits) -> Callable[[Path, Limits], Contents]:
    """What reads a file that begins so. Raises RefusedError where nothing does."""
    kind = file_kind(head)
    found: tuple[tuple[bool, Callable[[Path, Limits], Contents]], ...] = (
        (head.startswith(ZIP_START), _read_zip),
        (head.startswith(LEGACY_START), read_pickles),
        (head.startswith(HDF5_START), read_hdf5),
        (kind == TAR_KIND, _read_tar),
        (is_safetensors(head, limits), read_safetensors),
        (not kind and is_onnx(head), read_onnx),
    )
    reader = next((reader for fits, reader in found if fits), None)
    if reader is None:
        raise RefusedError(sentence(OTHER_KIND, kind=sentence(kind)) if kind else OTHER_CONTENT)
    return reader


def _read_tar(path: Path, limits: Limits) -> Contents:
    try:
        return read_tar(path, limits)
    except KeyError as error:
        if any(name in str(error) for name in MEMBERS):
            raise RefusedError(sentence(OTHER_KIND, kind=sentence(TAR_KIND))) from error
        raise


def _read_zip(path: Path, limits: Limits) -> Contents:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > limits.values:
            raise RefusedError(sentence("would unpack to more than {most:,} bytes", most=limits.values))
        names = [member.filename for member in members]
        if is_keras_archive(names):
            return read_keras_archive(path, limits, archive)
        if sum(name.partition("/")[2] == "data.pkl" for name in names) == 1:
            return read_archive(path, limits, archive)
        if names and all(name.endswith(ENDING) for name in names):
            return read_npz(path, limits, archive)
        raise RefusedError(OTHER_ARCHIVE)
