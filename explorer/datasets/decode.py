"""One picture file as a small square of pixels, by Pillow; only ever in a process with bounded memory and time."""

import importlib.util
import io
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from explorer.datasets.archive import UnreadableError
from explorer.datasets.picture_files import begins_as_picture, is_heif
from explorer.jobs.file_kind import HEAD_BYTES, file_kind
from explorer.language import N_, Text, sentence

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "PPM", "TIFF")
"""Decoders that are tried, whatever the file is called; no others."""
HEIF_READER = "pillow_heif"
"""A package that is not required; where it is installed, HEIC is read by it."""
MOST_PIXELS = 50_000_000
"""Pixels of one picture before it is made smaller; a good camera takes 24 million."""
GREY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F"})
WIDE_MODES = ("I", "F")
"""Grey in whole numbers of 16 or 32 bits, or in fractions."""
UNREADABLE = N_("is not a readable picture")
"""What follows the name of a file that no decoder reads."""
NO_HEIF_READER = sentence(
    "is a HEIC picture, and no reader for it is here; save it as JPEG, or install the package {package}",
    package=HEIF_READER,
)

TIFF_BEGINNINGS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Picture(NamedTuple):
    """Pixels `(side, side, 3)` of uint8, whether the file had no colours, and whether its values had another range."""

    pixels: NDArray[np.uint8]
    grey: bool
    own_range: bool = False


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height as the file's header says, before any turning. Raises UnreadableError."""
    with _opened(data) as picture:
        return picture.size


def read_picture(data: bytes, side: int) -> Picture:
    """The picture turned as its camera says, its shorter side made `side` pixels, and cut square around its middle.

    Transparent parts become white, and grey values of more than eight bits fill the range from their least to their
    largest. Raises UnreadableError.
    """
    try:
        with _opened(data) as picture:
            grey = picture.mode in GREY_MODES
            wide = picture.mode.startswith(WIDE_MODES)
            picture.draft(picture.mode, (2 * side, 2 * side))  # a JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            square = ImageOps.fit(_in_colour(upright), (side, side), Image.Resampling.BICUBIC)
            return Picture(np.asarray(square, np.uint8), grey, wide)
    except UnreadableError:
        raise
    except MemoryError:
        raise UnreadableError(N_("needs more memory than a picture may take")) from None
    except Exception as error:  # decoders raise many kinds of errors for damaged data
        raise UnreadableError(sentence("is damaged ({error})", error=_words(error))) from error


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            formats = (*FORMATS, "HEIF") if is_heif(data) and _register_heif() else FORMATS
            return Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableError(sentence("has more than {most:,} pixels", most=MOST_PIXELS)) from None
    except Exception as error:  # decoders raise many kinds of errors for damaged data
        raise UnreadableError(_why_unreadable(data)) from error


def _register_heif() -> bool:
    """Makes Pillow read HEIC, if the package for it is installed; returns whether it is."""
    if importlib.util.find_spec(HEIF_READER) is None:
        return False
    importlib.import_module(HEIF_READER).register_heif_opener()
    return True


def _why_unreadable(data: bytes) -> Text:
    if is_heif(data):
        return NO_HEIF_READER
    if data.startswith(TIFF_BEGINNINGS):
        return N_("is a TIFF picture of a kind that cannot be read; save it as PNG")
    kind = "" if begins_as_picture(data) else file_kind(data[:HEAD_BYTES])
    return sentence("is not a readable picture but {kind}", kind=sentence(kind)) if kind else UNREADABLE


def _in_colour(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(WIDE_MODES):
        return Image.fromarray(_in_own_range(np.asarray(picture, np.float64))).convert("RGB")
    if picture.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _in_own_range(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey values scaled from their own range to 0 to 255: of 16 bits a camera often uses 10 or 12 only.

    A picture of one value keeps the upper eight of its 16 bits.
    """
    values = np.nan_to_num(values)
    low, high = values.min(), values.max()
    if high == low:
        return np.clip(values // 256, 0, 255).astype(np.uint8)
    scaled: NDArray[np.uint8] = np.rint((values - low) * (255 / (high - low))).astype(np.uint8)
    return scaled


def _words(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:80] if lines else type(error).__name__
