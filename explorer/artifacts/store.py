"""Files by name at an address, through fsspec: a folder that machines share, `s3://bucket/prefix`, and the like.

A name is a small record of a digest and a size; the content lies beside it under its own SHA-256. Content is there
before the name speaks of it, so a reader finds a whole file or none.
"""

import hashlib
import json
import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from explorer.jobs.errors import StoreError
from explorer.language import N_, Text, as_sentence, sentence

LOG = logging.getLogger("explorer.artifacts")
NAME = re.compile(r"[a-z]+/[A-Za-z0-9_-]{1,100}")
OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "abfs", "az", "memory"}
"""Protocols that show an object once it is whole; elsewhere a file is written under another name, then moved."""
REASONS: tuple[tuple[type[BaseException] | str, Text], ...] = (
    (PermissionError, N_("permission denied")),
    (FileNotFoundError, N_("there is no such folder or bucket")),
    (ImportError, N_("a package for this protocol is missing: pip install -r requirements-cluster.txt")),
    (ValueError, N_("this is no address that fsspec knows")),
    ("NoCredentialsError", N_("no credentials were found")),
    ("ConnectionError", N_("the server does not answer")),
)
"""What a reader is told of an error, by its type or its type's name: its own text may hold a key."""


@dataclass(frozen=True)
class Version:
    """The content that a name has now."""

    digest: str
    size: int


@dataclass(frozen=True)
class ArtifactStore:
    """The files at `address`. Every method raises StoreError, in one sentence without secrets, where it is not reached.

    The address is a folder, or whatever fsspec knows; keys belong into the environment, not into it.
    """

    address: str

    @property
    def place(self) -> str:
        """The address without a user's name and password."""
        parts = urlsplit(self.address)
        if not parts.netloc:
            return parts._replace(query="", fragment="").geturl()
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def check(self) -> None:
        """Writes, reads and removes a few bytes."""
        with self._reached("written") as (files, root):
            path, content = f"{root}/check-{uuid.uuid4().hex}", b"Residual Explorer"
            _write(files, path, content)
            found = files.cat_file(path)
            files.rm_file(path)
            if found != content:
                raise OSError("other bytes came back")

    def put(self, name: str, file: Path) -> None:
        """Keeps the content of a file under a name, in place of what was there. Raises OSError for the file itself."""
        new, old = _version_of(file), self.version(name)
        if new == old:
            return
        with self._reached("written") as (files, root):
            folder = f"{root}/contents/{name}"
            _write(files, f"{folder}/{new.digest}", file)
            _write(files, f"{root}/{_record(name)}", json.dumps(vars(new)).encode())
            if old is not None and files.exists(f"{folder}/{old.digest}"):
                files.rm_file(f"{folder}/{old.digest}")

    def get(self, name: str, file: Path) -> bool:
        """Brings the content to a file, whole or not at all; an equal file stays. Returns whether it is there now.

        Damaged content is fetched once more, then counts as missing; a file that was there stays in that case.
        """
        for _ in range(2):  # between the name and the content, another version may have come
            version = self.version(name)
            if version is None:
                return False
            if file.is_file() and _version_of(file) == version:
                return True
            if self._fetch(name, version, file):
                return True
        LOG.warning("%s is missing or damaged in the artifacts at %s.", name, self.place)
        return False

    def version(self, name: str) -> Version | None:
        """The content that a name has now; None where it has none."""
        record = _record(name)
        with self._reached("read") as (files, root):
            try:
                return Version(**json.loads(files.cat_file(f"{root}/{record}")))
            except (FileNotFoundError, ValueError, TypeError):  # a record that cannot be read is none
                return None

    def names(self, kind: str) -> set[str]:
        """The names that begin with `kind/`, without it."""
        with self._reached("read") as (files, root):
            try:
                found = files.ls(f"{root}/names/{kind}", detail=False)
            except FileNotFoundError:
                return set()
        return {Path(path).stem for path in found if path.endswith(".json")}

    def delete(self, name: str) -> None:
        """Removes a name and all contents that it has had."""
        record = _record(name)
        with self._reached("written") as (files, root):
            for path in (f"{root}/{record}", f"{root}/contents/{name}"):
                try:
                    files.rm(path, recursive=True)
                except FileNotFoundError:
                    continue

    def _fetch(self, name: str, version: Version, file: Path) -> bool:
        """Whether the content came, and is what its digest says."""
        part = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
        with self._reached("read") as (files, root):
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                files.get_file(f"{root}/contents/{name}/{version.digest}", str(part))
                whole = _version_of(part) == version
                if whole:
                    part.replace(file)
            except FileNotFoundError:
                return False
            finally:
                part.unlink(missing_ok=True)
        return whole

    @contextmanager
    def _reached(self, what: str) -> Iterator[tuple[Any, str]]:
        """fsspec's file system, and the root in it."""
        try:
            yield _file_system(self.address)
        except Exception as error:  # noqa: BLE001  (each protocol has its own types, and their texts may hold keys)
            template = CANNOT[what]
            raise StoreError(sentence(template, place=self.place, reason=as_sentence(_reason(error)))) from None


CANNOT = {
    "written": N_("Artifacts cannot be written to {place}: {reason}."),
    "read": N_("Artifacts cannot be read from {place}: {reason}."),
}


def _reason(error: BaseException) -> Text:
    lineage = {each.__name__ for each in type(error).__mro__}
    for kind, reason in REASONS:
        if kind in lineage if isinstance(kind, str) else isinstance(error, kind):
            return reason
    if isinstance(error, OSError) and error.errno and error.strerror:
        return error.strerror
    return type(error).__name__


@lru_cache(maxsize=8)
def _file_system(address: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs  # imported only where an address is set

    files, root = url_to_fs(address, use_listings_cache=False)
    return files, root.rstrip("/")


def _write(files: Any, path: str, content: Path | bytes) -> None:
    """Writes a file or bytes so that `path` is whole or is not there."""
    protocols = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
    moved = not protocols & OBJECT_STORES
    first = f"{path}.{uuid.uuid4().hex}.part" if moved else path
    if protocols.isdisjoint({"s3", "s3a"}):  # where folders are none, making one asks for the right to make buckets
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
    try:
        if isinstance(content, Path):
            files.put_file(str(content), first)
        else:
            files.pipe_file(first, content)
        if moved:
            files.mv(first, path)
    except BaseException:
        if moved and files.exists(first):
            files.rm_file(first)
        raise


def _record(name: str) -> str:
    """Where the record of a name lies. Raises ValueError for what is no name: it could lead elsewhere."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no artifact's name")
    return f"names/{name}.json"


def _version_of(file: Path) -> Version:
    facts = file.stat()
    return Version(_digest(file, facts.st_mtime_ns, facts.st_size), facts.st_size)


@lru_cache(maxsize=64)
def _digest(file: Path, _changed: int, _size: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
