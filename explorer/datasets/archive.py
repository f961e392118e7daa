"""A user's own files, a folder or a ZIP archive, as a bounded list of members that can be read one at a time.

Nothing is unpacked to disk: a member of an archive is read into memory and checked there. An archive with a path that
leads out of it is refused as a whole all the same, since it was made to do harm.
"""

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

MIB = 2**20
MOST_FILES = 60_000
LARGEST_FILE = 32 * MIB
"""Bytes of one picture, unpacked."""
MOST_UNPACKED = 2048 * MIB
LARGEST_UPLOAD_MB = 100
MOST_INFLATED = 100
"""Times its packed size that a member of more than a mebibyte may have: pictures are packed already, and a bomb is a
thousand times larger than it looks."""
HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")


class OwnDataError(ValueError):
    """A user's files cannot be used; the text is a sentence for the user."""


class UnreadableError(ValueError):
    """One file cannot be used; the text says why and follows the file's name."""


@dataclass(frozen=True)
class Member:
    """One file: its path below the source, and a way to its bytes. `read` raises UnreadableError."""

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass
class Source:
    """What a folder or an archive holds, in the order of the paths; `skipped` are names, and why they are left out."""

    members: list[Member] = field(default_factory=list)
    folders: set[PurePosixPath] = field(default_factory=set)
    skipped: list[tuple[str, str]] = field(default_factory=list)


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The files of a folder or a ZIP archive. Raises OwnDataError for one that cannot or must not be read."""
    try:
        if path.is_dir():
            yield _folder(path)
        elif not zipfile.is_zipfile(path):
            raise OwnDataError(f"{path.name} is neither a folder nor a ZIP archive.")
        else:
            with zipfile.ZipFile(path) as archive:
                yield _archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise OwnDataError(f"{path.name} is a damaged ZIP archive ({error}).") from error
    except OSError as error:
        raise OwnDataError(f"{path.name} cannot be read ({error.strerror or error}).") from error


def _archive(archive: zipfile.ZipFile) -> Source:
    found = Source()
    infos = sorted(archive.infolist(), key=lambda info: info.filename)
    _bound(len(infos), sum(info.file_size for info in infos))
    for info in infos:
        path = checked_path(info.filename)
        if _is_hidden(path):
            continue
        if info.is_dir():
            found.folders.add(path)
        elif stat.S_ISLNK(info.external_attr >> 16):
            found.skipped.append((str(path), "is a link"))
        elif info.flag_bits & 1:
            found.skipped.append((str(path), "is encrypted"))
        elif info.file_size > MIB and info.file_size > MOST_INFLATED * info.compress_size:
            raise OwnDataError(
                f"The archive is refused: {path} unpacks to {info.file_size / max(info.compress_size, 1):,.0f} times"
                f" its size, and no picture does (at most {MOST_INFLATED} times)."
            )
        elif info.file_size > LARGEST_FILE:
            found.skipped.append((str(path), f"is larger than {LARGEST_FILE // MIB} MiB"))
        else:
            found.members.append(Member(path, partial(_read_member, archive, info)))
    return found


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError(f"is damaged in the archive ({str(error) or type(error).__name__})") from error


def checked_path(name: str) -> PurePosixPath:
    """A name in an archive as a path below it. Raises OwnDataError for one that leads anywhere else."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = path.parts[0].endswith(":") if path.parts else False
    if path.is_absolute() or drive or ".." in path.parts or "\0" in name or not path.parts:
        raise OwnDataError(f"The archive is refused: the path {name!r} leads out of it.")
    return path


def _folder(root: Path) -> Source:
    found, total, count = Source(), 0, 0
    for place, folders, names in os.walk(root):
        folders.sort()
        below = PurePosixPath(Path(place).relative_to(root).as_posix())
        for name in list(folders):
            if (Path(place) / name).is_symlink():
                folders.remove(name)
                found.skipped.append((str(below / name), "is a link"))
            elif not _is_hidden(below / name):
                found.folders.add(below / name)
        for name in sorted(names):
            size = _look(Path(place) / name, below / name, found)
            total, count = total + size, count + 1
            _bound(count, total)
    found.members.sort(key=lambda member: member.path)
    return found


def _look(file: Path, path: PurePosixPath, found: Source) -> int:
    """Adds one file of a folder if it is allowed. Returns its size in bytes, 0 for a file that is left out."""
    facts = file.lstat()
    if _is_hidden(path):
        return 0
    if not stat.S_ISREG(facts.st_mode):
        found.skipped.append((str(path), "is a link" if stat.S_ISLNK(facts.st_mode) else "is not an ordinary file"))
    elif facts.st_size > LARGEST_FILE:
        found.skipped.append((str(path), f"is larger than {LARGEST_FILE // MIB} MiB"))
    else:
        found.members.append(Member(path, partial(_read_file, file)))
        return facts.st_size
    return 0


def _read_file(file: Path) -> bytes:
    try:
        # A link that has replaced the file since it was checked is not followed.
        with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from error


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part in HIDDEN for part in path.parts)


def _bound(count: int, size: int) -> None:
    if count > MOST_FILES:
        raise OwnDataError(f"There are more than {MOST_FILES:,} files; this page takes no more.")
    if size > MOST_UNPACKED:
        raise OwnDataError(
            f"Unpacked, the files take more than {MOST_UNPACKED // MIB:,} MiB, which is refused: a bomb, or too much."
        )
