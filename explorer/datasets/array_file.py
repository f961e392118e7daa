"""A data set on disk: one file of plain arrays and a few facts, as safetensors, so it cannot carry code.

The layout (https://github.com/huggingface/safetensors#format): eight bytes of length, a JSON header, the arrays. It is
read without the package, which would copy the arrays: here all processes share one view of the file. `array_writer`
writes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.artifacts.shared import bring
from explorer.jobs.paths import data_directory
from explorer.language import N_, sentence

DTYPES: Mapping[str, type[np.generic]] = {"I64": np.int64, "U8": np.uint8}
"""What such a file may hold, by its name in safetensors."""
SUFFIX = ".safetensors"
LONGEST_HEADER = 4 * 2**20
ARRAYS = ("train_labels", "test_labels", "train_images", "test_images", "sheet")
"""Images `(n, height, width, channels)` of uint8, labels `(n,)` of int64; the sheet is one picture of samples."""


FOREIGN = N_("{name} is no data set of this program: {missing} is missing.")


class DataFileError(ValueError):
    """A file is not a data set of this program; the text says why."""


def datasets_directory() -> Path:
    """The folder for data sets, in the folder for runs. Raises StoreError where it cannot be written."""
    folder = data_directory() / "datasets"
    folder.mkdir(exist_ok=True)
    return folder


def dataset_path(name: str) -> Path:
    """The file of the data set called `name`, whether it is there or not."""
    return datasets_directory() / f"{name}{SUFFIX}"


def local_dataset(name: str) -> Path:
    """The file of a data set, fetched from the other machines where it is theirs. It need not be there.

    Raises StoreError where it cannot be looked for.
    """
    path = dataset_path(name)
    if not path.is_file():
        bring("datasets", name, path)
    return path


def read_facts(path: Path) -> dict[str, Any]:
    """The facts that were written with a data set. Raises DataFileError, FileNotFoundError where there is none."""
    facts: dict[str, Any] = json.loads(_header(path)[0]["__metadata__"]["facts"])
    return facts


def open_dataset(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays as read-only views of the file, shared by all processes that read it. Raises as `read_facts` does."""
    header, start = _header(path)
    size = path.stat().st_size
    found = {}
    for name in ARRAYS:
        entry = header[name]
        (begin, end), shape, dtype = entry["data_offsets"], tuple(entry["shape"]), np.dtype(DTYPES[entry["dtype"]])
        if not 0 <= begin <= end <= size - start or int(np.prod(shape)) * dtype.itemsize != end - begin:
            raise DataFileError(sentence("{name} is cut short or damaged.", name=path.name))
        found[name] = np.memmap(path, dtype, "r", start + begin, shape) if end > begin else np.zeros(shape, dtype)
    return found


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, and the position in bytes at which the arrays begin."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= LONGEST_HEADER else b""
    header: dict[str, Any] = {}
    try:
        header = json.loads(text)
        missing = [name for name in (*ARRAYS, "__metadata__") if name not in header]
    except (ValueError, TypeError):
        missing = [N_("its header")]
    if missing:
        raise DataFileError(sentence(FOREIGN, name=path.name, missing=sentence(missing[0])))
    return header, 8 + length
