"""Which files are taken for pictures: by the ending of the name, or, for a name without one, by the first bytes."""

from pathlib import PurePosixPath

ENDINGS = frozenset(
    {
        *(".png", ".apng", ".webp", ".bmp", ".dib", ".gif", ".ppm", ".pgm", ".pbm", ".pnm", ".tif", ".tiff"),
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".heic", ".heif", ".hif", ".avif"),
    }
)
BEGINNINGS = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*"),
    *(b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"),
)
HEAD_BYTES = 32
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""ISO/IEC 23008-12, section 10: after `ftyp`."""


def has_picture_ending(path: PurePosixPath) -> bool:
    """Whether the name ends as a picture's does."""
    return path.suffix.lower() in ENDINGS


def has_no_ending(path: PurePosixPath) -> bool:
    """Whether the name says nothing of the kind; a number behind a dot is no ending (`scan.0001`)."""
    return path.suffix in ("", ".") or path.suffix[1:].isdigit()


def begins_as_picture(head: bytes) -> bool:
    """Whether a file that begins with these HEAD_BYTES bytes is a picture of a known kind."""
    return head.startswith(BEGINNINGS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or is_heif(head)


def is_heif(head: bytes) -> bool:
    """Whether this is a HEIC or HEIF picture, as telephones take them."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS
