"""What a browser sends as a chart becomes a PDF; what is no chart is refused before Cairo sees it."""

import re
import struct
import zlib
from base64 import b64encode

import pytest

from explorer.outputs.drawing import DrawingError
from explorer.outputs.drawing.svg_to_pdf import LONGEST, MOST_PARTS, chart_pdf

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="60">'


def png(width: int = 2, height: int = 2) -> str:
    """A grey picture as an address."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress((b"\0" + b"\x55" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return "data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + parts).decode()


def test_a_chart_becomes_a_pdf_whose_text_is_text() -> None:
    found = chart_pdf(
        f'{HEAD}<defs><clipPath id="c"><rect width="9" height="9"/></clipPath></defs>'
        f'<g clip-path="url(#c)" style="fill: url(\'#c\')"><image width="50" height="50" xlink:href="{png()}"'
        ' style="image-rendering: pixelated"/></g><text x="5" y="30">training loss</text></svg>'
    )
    assert found.startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", found, re.S)
    drawn = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    assert b" Tf" in drawn, "letters are set in a font, not painted"
    assert b" Do" in drawn, "the picture is in it"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        '<use href="#a"/>',
        '<pattern id="a"/>',
        '<image href="http://example.com/a.png"/>',
        '<image href="file:///etc/passwd"/>',
        '<image xlink:href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<image xlink:href="data:image/png;base64,PHN2Zy8+PHN2Zy8+PHN2Zy8+PHN2Zy8+PHN2Zy8+"/>',
        '<rect style="fill: url(http://example.com/a)"/>',
        "<rect fill=\"url( '//example.com/a')\"/>",
        "<style>@import 'http://example.com/a'</style>",
    ],
)
def test_what_is_no_part_of_a_chart_is_refused(inside: str) -> None:
    with pytest.raises(DrawingError) as caught:
        chart_pdf(f"{HEAD}{inside}</svg>")
    assert caught.value.field == "chart"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no SVG"),
        ("<svg", "no SVG"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD + "&a;</svg>", "no SVG"),
        ("<html/>", "'html'"),
        (HEAD.replace("90", "9e9") + "</svg>", "width"),
        (HEAD.replace("60", "60000") + "</svg>", "height"),
        (HEAD + " " * LONGEST + "</svg>", "too large"),
        (HEAD + "<g>" * 5000 + "</g>" * 5000 + "</svg>", "cannot be turned"),
        (HEAD + "<g/>" * MOST_PARTS + "</svg>", "too many"),
    ],
)
def test_what_is_no_chart_at_all_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(DrawingError) as caught:
        chart_pdf(text)
    assert words in caught.value.message


def test_a_short_picture_of_very_many_pixels_is_refused() -> None:
    with pytest.raises(DrawingError, match="chart"):
        chart_pdf(f'{HEAD}<image width="5" height="5" xlink:href="{png(30_000, 2_000)}"/></svg>')
