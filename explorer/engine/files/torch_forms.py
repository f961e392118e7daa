"""The two forms of files that `torch.save` writes: an archive, and before PyTorch 1.6 a sequence of pickles."""

import struct
import zipfile
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

from explorer.engine.files.contents import Contents, Limits
from explorer.engine.files.errors import CUT, DAMAGED, OTHER_ARCHIVE, PROGRAM, TOO_MUCH, RefusedError
from explorer.engine.files.inert import Name
from explorer.engine.files.nesting import nested
from explorer.engine.files.rebuild import Storage, pickle_reader, storage_of
from explorer.engine.files.values import item_bytes, read_values
from explorer.engine.files.windows import member_place
from explorer.identify.records import StoredTensor
from explorer.language import N_

FORM = "PyTorch"
CODE_DIRECTORY = "code/"
"""What a TorchScript archive holds besides tensors."""
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
OTHER_BYTE_ORDER = N_("was written on a machine of the other byte order (big-endian), which is not read")

Storages = Mapping[str, tuple[int, int]]
"""The bytes of the file in which each storage begins and ends, by key."""


def read_archive(path: Path, limits: Limits, archive: zipfile.ZipFile) -> Contents:
    """The archive form, since PyTorch 1.6: `data.pkl`, and each storage as a member. Raises RefusedError."""
    members = {member.filename.partition("/")[2]: member for member in archive.infolist()}
    if any(name.startswith(CODE_DIRECTORY) for name in members):
        raise RefusedError(PROGRAM)
    if any(member.compress_type != zipfile.ZIP_STORED for member in members.values()):
        raise RefusedError(OTHER_ARCHIVE)
    if "byteorder" in members and archive.read(members["byteorder"])[:16] == b"big":
        raise RefusedError(OTHER_BYTE_ORDER)
    structure = members["data.pkl"]
    if structure.file_size > limits.structure:
        raise RefusedError(TOO_MUCH)
    content = pickle_reader(storage_of).read(BytesIO(archive.read(structure)))
    with path.open("rb") as file:
        stored = {
            name.removeprefix("data/"): member_place(file, member)
            for name, member in members.items()
            if name.startswith("data/")
        }
    return described_contents(path, content, stored)


def read_pickles(path: Path, limits: Limits) -> Contents:
    """The form before PyTorch 1.6: a number, a version, facts on the machine, the content, keys, and the storages.

    Raises RefusedError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        structure = BytesIO(file.read(limits.structure))
        dtypes: dict[str, str] = {}

        def persistent(identity: object) -> Storage | Name:
            storage = storage_of(identity)
            if isinstance(storage, Storage):
                dtypes.setdefault(storage.key, storage.dtype)
            return storage

        read = [pickle_reader(persistent).read(structure) for _ in range(5)]
        if read[:2] != [MAGIC, VERSION] or not isinstance(read[2], dict) or not isinstance(read[4], list):
            raise RefusedError(DAMAGED)
        if read[2].get("little_endian") is False:
            raise RefusedError(OTHER_BYTE_ORDER)
        file.seek(structure.tell())
        stored = {}
        for key in read[4]:
            stored[str(key)] = place = storage_place(file, item_bytes(dtypes[str(key)]), size)
            file.seek(place[1])
    return described_contents(path, read[3], stored)


def storage_place(file: IO[bytes], item: int, end: int) -> tuple[int, int]:
    """Where the bytes of a storage lie that begins, with the number of its elements, at the file's position."""
    (elements,) = struct.unpack("<q", file.read(8))
    start = file.tell()
    if not 0 <= elements * item <= end - start:
        raise RefusedError(CUT)
    return start, start + elements * item


def described_contents(path: Path, content: object, storages: Storages) -> Contents:
    """The tensors that a pickle describes, in the storages of a file. Raises RefusedError."""
    walked = nested(content)
    found = [(names, each) for names, each in walked.tensors if not each.lacks]
    values = [each.place(storages) for _, each in found]
    listed = tuple(StoredTensor(names, each.shape, each.dtype) for (names, _), each in zip(found, values, strict=True))
    return Contents(FORM, listed, partial(read_values, path, values), walked.skipped)
