"""One picture file as a small square of pixels, by Pillow; only ever in a process with bounded memory and time."""

import io
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from explorer.datasets.archive import UnreadableError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "PPM")
"""Decoders that are tried, whatever the file is called; no others."""
ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".ppm", ".pgm", ".pnm"})
MOST_PIXELS = 50_000_000
"""Pixels of one picture before it is made smaller; a good camera takes 24 million."""
GREY_MODES = frozenset({"1", "L", "LA", "I", "I;16", "I;16B", "I;16L"})
UNREADABLE = "is not a readable picture"
"""What follows the name of a file that no decoder reads."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Picture(NamedTuple):
    """Pixels `(side, side, 3)` of uint8, and whether the file had no colours."""

    pixels: NDArray[np.uint8]
    grey: bool


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height as the file's header says, before any turning. Raises UnreadableError."""
    with _opened(data) as picture:
        return picture.size


def read_picture(data: bytes, side: int) -> Picture:
    """The picture turned as its camera says, its shorter side made `side` pixels, and cut square around its middle.

    Transparent parts become white. Raises UnreadableError.
    """
    try:
        with _opened(data) as picture:
            grey = picture.mode in GREY_MODES
            picture.draft(picture.mode, (2 * side, 2 * side))  # a JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            square = ImageOps.fit(_in_colour(upright), (side, side), Image.Resampling.BICUBIC)
            return Picture(np.asarray(square, np.uint8), grey)
    except UnreadableError:
        raise
    except MemoryError:
        raise UnreadableError("needs more memory than a picture may take") from None
    except Exception as error:  # decoders raise many kinds of errors for damaged data
        raise UnreadableError(f"is damaged ({_words(error)})") from error


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableError(f"has more than {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # decoders raise many kinds of errors for damaged data
        raise UnreadableError(UNREADABLE) from error
    return picture


def _in_colour(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel: the upper eight
        return Image.fromarray((np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if picture.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _words(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:80] if lines else type(error).__name__
