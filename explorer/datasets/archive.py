"""A user's own files, a folder or a ZIP archive, as a bounded list of members that can be read one at a time.

Nothing is unpacked to disk: a member of an archive is read into memory and checked there. An archive with a path that
leads out of it is refused as a whole all the same, since it was made to do harm.
"""

import contextlib
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath, PurePosixPath

from explorer.datasets.bounds import MIB, PAGE, Bounds
from explorer.datasets.names import decoded_name, disk_names, name_encoding
from explorer.datasets.picture_files import has_no_ending, has_picture_ending
from explorer.jobs.errors import text_of
from explorer.jobs.file_kind import HEAD_BYTES, file_kind
from explorer.language import N_, Sentence, Text, as_sentence, joined, sentence

LARGEST_FILE = 32 * MIB
"""Bytes of one picture, unpacked."""
LARGEST_UPLOAD_MB = 100
MOST_INFLATED = 100
"""Times its packed size that a member of more than a mebibyte may have: pictures are packed already, and a bomb is a
thousand times larger than it looks."""
HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")
SAID_UTF8 = 0x800
"""The flag of a ZIP's member whose name is UTF-8."""
ZIP_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
IS_LINK, NOT_ORDINARY = N_("is a link"), N_("is not an ordinary file")
"""What follows the name of a file that is left out, as does `DAMAGED_MEMBER`."""
DAMAGED_MEMBER = N_("is damaged in the archive")
LEADS_OUT = N_("The archive is refused: the path {path!r} leads out of it.")
NO_ARCHIVE = N_("{name} is neither a folder nor a ZIP archive")


class OwnDataError(ValueError):
    """A user's files cannot be used; the text is a sentence for the user."""


class UnreadableError(ValueError):
    """One file cannot be used; the text says why and follows the file's name."""


@dataclass(frozen=True)
class Member:
    """One file: its path below the source in readable text, and a way to its first bytes."""

    path: PurePosixPath
    read_first: Callable[[int], bytes]
    """Raises UnreadableError."""

    def read(self) -> bytes:
        """All bytes, or one more than the largest picture may have. Raises UnreadableError."""
        return self.read_first(LARGEST_FILE + 1)


@dataclass
class Source:
    """What a folder or an archive holds, in the order of the paths; `skipped` are names, and why they are left out."""

    bounds: Bounds = PAGE
    members: list[Member] = field(default_factory=list)
    folders: set[PurePosixPath] = field(default_factory=set)
    skipped: list[tuple[str, Text]] = field(default_factory=list)
    pictures: int = 0
    size: int = 0

    def add(self, member: Member, size: int) -> None:
        """Adds a file of `size` bytes; pictures are counted. Raises OwnDataError where there are too many."""
        if has_picture_ending(member.path) or has_no_ending(member.path):
            self.pictures, self.size = self.pictures + 1, self.size + size
        if self.pictures > self.bounds.pictures:
            told = sentence(
                "There are more than {most:,} pictures; {owner} takes no more.",
                most=self.bounds.pictures,
                owner=sentence(self.bounds.owner),
            )
            raise OwnDataError(self._with_way_out(told))
        if self.size > self.bounds.picture_files:
            told = sentence(
                "Unpacked, the pictures take more than {most:,} MiB, which is refused: a bomb, or too much.",
                most=self.bounds.picture_files // MIB,
            )
            raise OwnDataError(self._with_way_out(told))
        if size > LARGEST_FILE:
            self.skipped.append((str(member.path), sentence("is larger than {most} MiB", most=LARGEST_FILE // MIB)))
        else:
            self.members.append(member)

    def bound_entries(self, count: int) -> None:
        """Raises OwnDataError where there are too many names, of whatever files."""
        if count > self.bounds.entries:
            told = sentence(
                "There are more than {most:,} files; {owner} lists no more.",
                most=self.bounds.entries,
                owner=sentence(self.bounds.owner),
            )
            raise OwnDataError(told)

    def _with_way_out(self, told: Sentence) -> Sentence:
        return joined(" ", told, TERMINAL) if self.bounds is PAGE else told


TERMINAL = N_("In a terminal `python -m explorer train --dataset PATH` takes what the machine can hold.")


@contextlib.contextmanager
def open_source(path: Path, bounds: Bounds = PAGE) -> Iterator[Source]:
    """The files of a folder or a ZIP archive. Raises OwnDataError for one that cannot or must not be read."""
    try:
        if path.is_dir():
            yield _folder(path, Source(bounds))
        elif not zipfile.is_zipfile(path):
            raise OwnDataError(_no_archive(path))
        else:
            with zipfile.ZipFile(path) as archive:
                yield _archive(archive, path.name, Source(bounds))
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise OwnDataError(
            sentence("{name} is a damaged ZIP archive ({error}).", name=path.name, error=str(error))
        ) from error
    except UnreadableError as error:
        raise OwnDataError(sentence("{name} {reason}.", name=path.name, reason=as_sentence(text_of(error)))) from error
    except OSError as error:
        raise OwnDataError(
            sentence("{name} cannot be read ({error}).", name=path.name, error=str(error.strerror or error))
        ) from error


def _no_archive(path: Path) -> Sentence:
    """Why a file that is no ZIP archive cannot be used."""
    head = _read_file(path, HEAD_BYTES) if path.is_file() else b""
    if head.startswith(ZIP_BEGINNINGS):
        return sentence(
            "{name} is a ZIP archive that is cut short: the list of its files, which stands at its end, is missing."
            " Download or copy it again.",
            name=path.name,
        )
    kind = file_kind(head) if path.is_file() else ""
    if kind:
        return sentence("{name} is neither a folder nor a ZIP archive but {kind}.", name=path.name, kind=sentence(kind))
    return sentence("{what}.", what=sentence(NO_ARCHIVE, name=path.name))


def _archive(archive: zipfile.ZipFile, name: str, found: Source) -> Source:
    infos = archive.infolist()
    found.bound_entries(len(infos))
    files = [info for info in infos if not info.is_dir()]
    if files and all(info.flag_bits & 1 for info in files):
        told = sentence(
            "{name} is encrypted with a password. Unpack it and take the folder, or pack it without one.", name=name
        )
        raise OwnDataError(told)
    encoding = name_encoding((_raw_name(info) for info in infos if not info.flag_bits & SAID_UTF8), "cp437")
    for path, info in sorted(((_path_in(info, encoding), info) for info in infos), key=lambda pair: pair[0]):
        if _is_hidden(path):
            continue
        if info.is_dir():
            found.folders.add(path)
        elif stat.S_ISLNK(info.external_attr >> 16):
            found.skipped.append((str(path), IS_LINK))
        elif info.flag_bits & 1:
            found.skipped.append((str(path), N_("is encrypted")))
        elif info.file_size > MIB and info.file_size > MOST_INFLATED * info.compress_size:
            told = sentence(
                "The archive is refused: {path} unpacks to {times:,.0f} times its size, and no picture does (at most"
                " {most} times).",
                path=str(path),
                times=info.file_size / max(info.compress_size, 1),
                most=MOST_INFLATED,
            )
            raise OwnDataError(told)
        else:
            found.add(Member(path, partial(_read_member, archive, info)), info.file_size)
    return found


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes. `zipfile` reads a name without the flag of UTF-8 as code page 437, which loses nothing."""
    return info.orig_filename.split("\0")[0].encode("cp437", errors="replace")


def _path_in(info: zipfile.ZipInfo, encoding: str) -> PurePosixPath:
    """A member's path in readable text. Raises OwnDataError for one that leads out of the archive."""
    # What zipfile makes of the bytes is checked as well as their text: some are a slash in one reading only.
    name = str(checked_path(info.filename))
    if info.flag_bits & SAID_UTF8:
        return checked_path(unicodedata.normalize("NFC", name))
    return checked_path(decoded_name(_raw_name(info), encoding))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, count: int) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(count)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        told = sentence("{what} ({error})", what=sentence(DAMAGED_MEMBER), error=str(error) or type(error).__name__)
        raise UnreadableError(told) from error


def checked_path(name: str) -> PurePosixPath:
    """A name in an archive as a path below it. Raises OwnDataError for one that leads anywhere else."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = path.parts[0].endswith(":") if path.parts else False
    if path.is_absolute() or drive or ".." in path.parts or "\0" in name or not path.parts:
        raise OwnDataError(sentence(LEADS_OUT, path=name))
    return path


def _folder(root: Path, found: Source) -> Source:
    places: list[tuple[Path, bool]] = []
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root)
        for name in list(folders):
            if (Path(folder) / name).is_symlink():
                folders.remove(name)
                names.append(name)
            else:
                places.append((below / name, True))
        places += [(below / name, False) for name in names]
        found.bound_entries(len(places))
    readable = disk_names(os.fspath(place) for place, _ in places)
    for place, is_folder in sorted(places):
        path = PurePosixPath(PurePath(readable(os.fspath(place))).as_posix())
        if _is_hidden(path):
            continue
        if is_folder:
            found.folders.add(path)
        else:
            _add_file(root / place, path, found)
    found.members.sort(key=lambda member: member.path)
    return found


def _add_file(file: Path, path: PurePosixPath, found: Source) -> None:
    """Adds one file of a folder if it is allowed."""
    facts = file.lstat()
    if stat.S_ISREG(facts.st_mode):
        found.add(Member(path, partial(_read_file, file)), facts.st_size)
    else:
        found.skipped.append((str(path), IS_LINK if stat.S_ISLNK(facts.st_mode) else NOT_ORDINARY))


def _read_file(file: Path, count: int) -> bytes:
    try:
        # A link that has replaced the file since it was checked is not followed.
        with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as opened:
            return opened.read(count)
    except OSError as error:
        raise UnreadableError(sentence("cannot be read ({error})", error=str(error.strerror))) from error


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part in HIDDEN for part in path.parts)
