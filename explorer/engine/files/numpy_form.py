"""NumPy's `.npz`: an archive with one array to a member. Arrays of Python objects, which are pickles, are left out."""

import math
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import DAMAGED, RefusedError
from explorer.engine.files.values import DTYPES, MOST_DIMENSIONS
from explorer.identify.records import StoredTensor

FORM = "NumPy"
ENDING = ".npy"
READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_npz(path: Path, _limits: Limits, archive: zipfile.ZipFile) -> Contents:
    """The arrays of an archive of NumPy's, in its order. Raises RefusedError."""
    listed, places, skipped = [], [], []
    for place, member in enumerate(archive.infolist()):
        name = member.filename.removesuffix(ENDING)
        with archive.open(member) as file:
            shape, dtype = _header(file)
            start = file.tell()
        if str(dtype) not in DTYPES:
            skipped.append(f"{name[:80]} ({'Python objects' if dtype.hasobject else str(dtype)[:40]})")
        elif len(shape) > MOST_DIMENSIONS or math.prod(shape) * dtype.itemsize != member.file_size - start:
            raise RefusedError(DAMAGED)
        else:
            listed.append(StoredTensor((name,), shape, str(dtype)))
            places.append(place)
    return Contents(FORM, tuple(listed), partial(_load, path, places), tuple(skipped[:200]))


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the array that begins here; the type in this machine's byte order."""
    reader = READERS.get(np.lib.format.read_magic(file))
    if reader is None:
        raise RefusedError(DAMAGED)
    shape, _, dtype = reader(file)
    return tuple(int(size) for size in shape), dtype.newbyteorder("=")


def _load(path: Path, members: Sequence[int], places: Sequence[int]) -> list[Tensor]:
    with zipfile.ZipFile(path) as archive:
        found = archive.infolist()
        return [_tensor(archive, found[members[place]]) for place in places]


def _tensor(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Tensor:
    with archive.open(member) as file:
        array = np.lib.format.read_array(file, allow_pickle=False)
    return torch.from_numpy(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")).reshape(array.shape))
