"""What a file is by its first bytes, in words: for a file of another kind than the one that was asked for."""

from collections.abc import Sequence

from explorer.language import N_

HEAD_BYTES = 512
BEGINNINGS: Sequence[tuple[bytes, str]] = (
    (
        b"version https://git-lfs.github.com/spec/",
        N_("a pointer of Git LFS, not the file itself (`git lfs pull` fetches it)"),
    ),
    (b"\x89HDF\r\n\x1a\n", N_("an HDF5 file, as Keras writes its weights")),
    (b"\x93NUMPY", N_("a NumPy array")),
    (b"Rar!\x1a\x07", N_("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7z archive")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ\x00", N_("an xz archive")),
    (b"GGUF", N_("a GGUF file of a language model")),
    (b"%PDF-", N_("a PDF document")),
    (b"\x89PNG\r\n\x1a\n", N_("a PNG picture")),
    (b"\xff\xd8\xff", N_("a JPEG picture")),
    (b"SQLite format 3\x00", N_("an SQLite database")),
)
"""From each format's own description; all of https://www.garykessler.net/library/file_sigs.html."""
WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<?xml")
TAR_MARK, TAR_PLACE = b"ustar", 257


def file_kind(head: bytes) -> str:
    """What a file is by its first HEAD_BYTES bytes: a noun with its article, to be translated; empty if not known."""
    if not head:
        return N_("an empty file")
    for beginning, kind in BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[TAR_PLACE : TAR_PLACE + len(TAR_MARK)] == TAR_MARK:
        return N_("a tar archive")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(WEB_PAGE):
        return N_("a web page, not the file that it offers (a download answered with the page)")
    return ""
