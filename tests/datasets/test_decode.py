"""One picture at a time: turned, cut, coloured, and refused where it is too large."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.archive import UnreadableError
from explorer.datasets.decode import MOST_PIXELS, read_picture


def test_the_middle_is_cut_out_and_the_camera_s_turn_is_undone() -> None:
    image = Image.new("RGB", (30, 10), "red")
    image.paste("blue", (10, 0, 20, 10))
    file = io.BytesIO()
    image.save(file, "PNG")
    assert (read_picture(file.getvalue(), 10).pixels == (0, 0, 255)).all()

    half = Image.new("RGB", (16, 16), "red")
    half.paste("blue", (8, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees: what is stored at the left belongs at the top
    file = io.BytesIO()
    half.save(file, "JPEG", exif=exif, quality=100, subsampling=0)
    pixels = read_picture(file.getvalue(), 16).pixels
    assert (pixels[:6, :, 0] > 200).all()
    assert (pixels[10:, :, 2] > 200).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_usual_kind_of_pixels_is_read(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((10, 10), 102 * 256, np.uint16))
    else:  # 102 is in the palette that P gets
        image = Image.new("RGB", (10, 10), (102, 102, 102)).convert(mode, dither=0)
    file = io.BytesIO()
    image.save(file, "JPEG" if mode == "CMYK" else "PNG")
    found = read_picture(file.getvalue(), 10)
    assert found.grey == (mode in ("1", "L", "LA", "I;16"))
    assert np.abs(found.pixels.astype(int) - (0 if mode == "1" else 102)).max() <= 2


def test_what_is_transparent_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(file, "PNG")
    assert (read_picture(file.getvalue(), 10).pixels == 255).all()


def test_a_picture_of_too_many_pixels_is_not_decoded() -> None:
    file = io.BytesIO()
    Image.new("1", (8000, 8000)).save(file, "PNG")
    assert len(file.getvalue()) < 20_000
    with pytest.raises(UnreadableError, match=f"{MOST_PIXELS:,} pixels"):
        read_picture(file.getvalue(), 32)
