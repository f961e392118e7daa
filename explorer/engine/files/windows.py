"""A part of a file as a file of its own, for what lies uncompressed in an archive."""

import io
import struct
import zipfile
from typing import BinaryIO

LOCAL_HEADER = struct.Struct("<26xHH")
"""Of a zip file's member: the lengths of its name and of its extra field; its bytes follow those."""


class Window(io.RawIOBase):
    """`length` bytes of an open file from `start` on, to be read only."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self.start, self.length = start, length
        self._file, self._at = file, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It has places."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place within the window; returns it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fills the buffer as far as the window goes; returns the number of bytes."""
        count = max(0, min(len(buffer), self.length - self._at))
        self._file.seek(self.start + self._at)
        piece = self._file.read(count)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def member_place(file: BinaryIO, member: zipfile.ZipInfo) -> tuple[int, int]:
    """The bytes of the file in which a member that is not compressed begins and ends."""
    file.seek(member.header_offset)
    start = member.header_offset + LOCAL_HEADER.size + sum(LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size)))
    return start, start + member.file_size


def member_window(file: BinaryIO, member: zipfile.ZipInfo) -> Window:
    """A member that is not compressed, as a file."""
    start, end = member_place(file, member)
    return Window(file, start, end - start)
