"""The oldest form of files that torch.save has written, before PyTorch 0.2: a tar file.

Its member `storages` has each storage behind a small pickle of its own, then which storages are parts of others;
`tensors` says which part of which storage each tensor is; `pickle` is what was saved, with a number for each tensor.
"""

import struct
import tarfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import CUT, DAMAGED, TOO_MUCH, RefusedError
from explorer.engine.files.inert import Name
from explorer.engine.files.pickles import Reader
from explorer.engine.files.rebuild import Described, Storage, pickle_reader, storage_type
from explorer.engine.files.torch_forms import described_contents, storage_place
from explorer.engine.files.values import MOST_DIMENSIONS, item_bytes

MEMBERS = ("storages", "tensors", "pickle")
LONGEST_PICKLE = 4096
"""Bytes of a pickle beside a storage or a tensor: a key, a device and a class."""


@dataclass
class Tables:
    """What is known of the storages and the tensors of a tar file, by their numbers as text."""

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The bytes of the file in which each storage begins and ends."""
    storages: dict[str, Storage] = field(default_factory=dict)
    tensors: dict[str, Described] = field(default_factory=dict)

    def answer(self, identity: object) -> Described | Storage | Name:
        """What an id in the pickle stands for. Raises RefusedError."""
        if isinstance(identity, tuple) and identity and isinstance(identity[0], Name):
            return identity[0]
        if not isinstance(identity, str | int):
            raise RefusedError(DAMAGED)
        found = self.tensors.get(str(identity)) or self.storages.get(str(identity))
        if found is None:
            raise RefusedError(DAMAGED)
        return found


def read_tar(path: Path, limits: Limits) -> Contents:
    """The tensors of a tar file that torch wrote. Raises RefusedError, KeyError for another tar file."""
    with tarfile.open(path, "r:") as archive, path.open("rb") as file:
        members = [archive.getmember(name) for name in MEMBERS]
        ends = [member.offset_data + member.size for member in members]
        if max(ends) > path.stat().st_size:
            raise RefusedError(CUT)
        tables = Tables()
        file.seek(members[0].offset_data)
        _read_storages(file, ends[0], limits, tables)
        file.seek(members[1].offset_data)
        _read_tensors(file, limits, tables)
        file.seek(members[2].offset_data)
        content = _value(file, members[2].size, limits.structure, pickle_reader(tables.answer))
    return described_contents(path, content, tables.places)


def _value(file: BinaryIO, most: int, limit: int = LONGEST_PICKLE, reader: Reader | None = None) -> object:
    """The value of the pickle at the file's position, which is left behind it."""
    if most > limit and reader is not None:
        raise RefusedError(TOO_MUCH)
    start = file.tell()
    piece = BytesIO(file.read(min(most, limit)))
    value = (reader or pickle_reader(_no_ids)).read(piece)
    file.seek(start + piece.tell())
    return value


def _no_ids(_: object) -> object:
    raise RefusedError(DAMAGED)


def _count(file: BinaryIO, limits: Limits) -> int:
    count = _value(file, LONGEST_PICKLE)
    if not isinstance(count, int) or not count >= 0:
        raise RefusedError(DAMAGED)
    if count > limits.tensors:
        raise RefusedError(TOO_MUCH)
    return count


def _read_storages(file: BinaryIO, end: int, limits: Limits, tables: Tables) -> None:
    for _ in range(_count(file, limits)):
        entry = _value(file, LONGEST_PICKLE)
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise RefusedError(DAMAGED)
        key, dtype = str(entry[0]), storage_type(entry[2])
        tables.storages[key] = Storage(key, dtype)
        tables.places[key] = storage_place(file, item_bytes(dtype), end)
        file.seek(tables.places[key][1])
    parts = _value(file, end - file.tell(), limits.structure, pickle_reader(_no_ids))
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, tuple) or len(part) != 4:
            raise RefusedError(DAMAGED)
        key, root, first = str(part[0]), tables.storages[str(part[1])], part[2]
        if not isinstance(first, int) or first < 0:
            raise RefusedError(DAMAGED)
        tables.storages[key] = Storage(root.key, root.dtype, root.first + first)


def _read_tensors(file: BinaryIO, limits: Limits, tables: Tables) -> None:
    for _ in range(_count(file, limits)):
        entry = _value(file, LONGEST_PICKLE)
        if not isinstance(entry, tuple) or len(entry) != 3:
            raise RefusedError(DAMAGED)
        (dimensions,) = _numbers(file, "<i4x")
        if not 0 <= dimensions <= MOST_DIMENSIONS:
            raise RefusedError(DAMAGED)
        shape, strides = _numbers(file, f"<{dimensions}q"), _numbers(file, f"<{dimensions}q")
        (offset,) = _numbers(file, "<q")
        storage = tables.storages[str(entry[1])]
        tables.tensors[str(entry[0])] = Described(storage, offset, shape, strides, storage.dtype)


def _numbers(file: IO[bytes], form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
