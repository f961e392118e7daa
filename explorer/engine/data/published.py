"""Fashion-MNIST and CIFAR from the files that their authors publish, as torchvision would read them.

CIFAR's batches are Python pickles. They are read only if their MD5 is the one torchvision knows, and even then by an
unpickler that makes arrays and plain containers and nothing else (`docs/decisions/0013-data-sets.md`).
"""

import gzip
import hashlib
import io
import pickle
import tarfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torchvision import datasets

from explorer.datasets.array_file import DataFileError
from explorer.language import sentence

Arrays = dict[str, NDArray[Any]]
LARGEST_FILE = 512 * 2**20


class Published(NamedTuple):
    """A data set of torchvision's: its class, which knows addresses and checksums, and how its files are read."""

    source: type[Any]
    read: Callable[[type[Any], Path], tuple[Arrays, tuple[str, ...]]]

    def downloads(self) -> list[tuple[str, str, str]]:
        """Name, address and MD5 of each file to fetch."""
        if hasattr(self.source, "tgz_md5"):
            return [(self.source.filename, self.source.url, self.source.tgz_md5)]
        mirror = self.source.mirrors[0]
        return [(name, f"{mirror}{name}", md5) for name, md5 in self.source.resources]


class PlainUnpickler(pickle.Unpickler):
    """Arrays of numbers, texts, lists and dictionaries; anything else in a pickle is refused before it is made."""

    ALLOWED = frozenset(
        {("numpy", "ndarray"), ("numpy", "dtype"), ("numpy._core.multiarray", "_reconstruct"), ("_codecs", "encode")}
    )

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle may call; UnpicklingError for all else."""
        module = module.replace("numpy.core.", "numpy._core.")  # as NumPy 2 calls what older pickles name
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def read_cifar(source: type[Any], place: Path) -> tuple[Arrays, tuple[str, ...]]:
    """The arrays and class names in CIFAR's folder or archive. Raises DataFileError for a file that is another."""
    wanted = dict([*source.train_list, *source.test_list, (source.meta["filename"], source.meta["md5"])])
    files = _from_archive(place, source.base_folder, wanted) if place.is_file() else _from_folder(place, wanted)
    loaded = {}
    for name, md5 in wanted.items():
        if hashlib.md5(files[name], usedforsecurity=False).hexdigest() != md5:
            raise DataFileError(
                sentence(
                    "{name} of {file} is damaged: its checksum is not the published one.", name=name, file=place.name
                )
            )
        loaded[name] = _plain(files.pop(name), name)
    arrays: Arrays = {}
    for part, listed in (("train", source.train_list), ("test", source.test_list)):
        rows = [loaded[name] for name, _ in listed]
        pixels = np.concatenate([_pixels(row["data"]) for row in rows])
        labels = [label for row in rows for label in row["labels" if "labels" in row else "fine_labels"]]
        arrays[f"{part}_images"] = np.ascontiguousarray(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        arrays[f"{part}_labels"] = np.array(labels, np.int64)
    return arrays, tuple(str(name) for name in loaded[source.meta["filename"]][source.meta["key"]])


def _pixels(found: object) -> NDArray[np.uint8]:
    if not isinstance(found, np.ndarray) or found.dtype != np.uint8 or found.ndim != 2 or found.shape[1] != 3072:
        raise DataFileError(sentence("A batch does not hold rows of 3,072 pixels."))
    return found


def _plain(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = PlainUnpickler(io.BytesIO(data), encoding="latin1").load()
    except Exception as error:
        raise DataFileError(sentence("{name} cannot be read: {error}", name=name, error=str(error))) from error
    if not isinstance(found, dict):
        raise DataFileError(sentence("{name} does not hold what CIFAR's files hold.", name=name))
    return found


def _from_folder(place: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    try:
        return {name: (place / name).read_bytes() for name in wanted}
    except FileNotFoundError as error:
        raise DataFileError(
            sentence("{name} is missing in {place}.", name=Path(error.filename).name, place=str(place))
        ) from error


def _from_archive(place: Path, folder: str, wanted: Iterable[str]) -> dict[str, bytes]:
    """Only the files that are wanted are read, none is unpacked to disk."""
    names = {f"{folder}/{name}": name for name in wanted}
    found = {}
    try:
        with tarfile.open(place, "r:gz") as archive:
            for member in archive:
                name = names.get(str(PurePosixPath(member.name)))
                file = archive.extractfile(member) if name and member.isreg() and member.size <= LARGEST_FILE else None
                if name and file is not None:
                    found[name] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataFileError(
            sentence("{name} is a damaged archive ({error}).", name=place.name, error=str(error))
        ) from error
    if missing := set(names.values()) - set(found):
        raise DataFileError(sentence("{name} is missing in {place}.", name=min(missing), place=place.name))
    return found


def read_fashion(source: type[Any], place: Path) -> tuple[Arrays, tuple[str, ...]]:
    """The arrays and class names in a folder of four IDX files, packed or not. Raises DataFileError."""
    arrays: Arrays = {}
    for part, name in (("train", "train"), ("test", "t10k")):
        images = _idx(place, f"{name}-images-idx3-ubyte", (28, 28))
        labels = _idx(place, f"{name}-labels-idx1-ubyte", ())
        if len(images) != len(labels) or labels.max(initial=0) >= len(source.classes):
            raise DataFileError(
                sentence(
                    "The {part} images of {place} do not belong to its labels.", part=sentence(part), place=str(place)
                )
            )
        arrays[f"{part}_images"] = images[..., None]
        arrays[f"{part}_labels"] = labels.astype(np.int64)
    return arrays, tuple(source.classes)


def _idx(place: Path, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """An IDX file of bytes: two zeros, 8, the number of axes, their lengths in four bytes each, the values."""
    try:
        packed = place / f"{name}.gz"
        data = gzip.decompress(packed.read_bytes()) if packed.exists() else (place / name).read_bytes()
    except (OSError, EOFError) as error:
        raise DataFileError(sentence("{name} cannot be read ({error}).", name=name, error=str(error))) from error
    axes = 1 + len(shape)
    lengths = tuple(np.frombuffer(data[4 : 4 + 4 * axes], ">u4").tolist())
    if data[:4] != bytes((0, 0, 8, axes)) or lengths[1:] != shape or len(data) - 4 - 4 * axes != np.prod(lengths):
        raise DataFileError(sentence("{name} is damaged: its length is not what it says.", name=name))
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(lengths)


PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {
        "fashion_mnist": Published(datasets.FashionMNIST, read_fashion),
        "cifar10": Published(datasets.CIFAR10, read_cifar),
        "cifar100": Published(datasets.CIFAR100, read_cifar),
    }
)
"""By the names of `explorer.datasets.catalogue`."""
