"""A chart's SVG, drawn by plotly.js in a visitor's browser, as PDF.

No plotly writes PDF by itself (plotly.js#6729), and its own way, Kaleido, starts a Chrome on the server; Cairo, which
turns our drawings into PDF already, does so with the browser's SVG too, text and lines staying text and lines. What
comes from a browser may come from anybody: it is looked through before it is converted, and only what a chart is made
of passes.
"""

import re
import struct
from base64 import b64decode
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError, fromstring

from explorer.outputs.drawing.errors import DrawingError
from explorer.outputs.drawing.picture_files import render_svg

LONGEST = 8_000_000
"""Characters; a surface carries its picture along."""
MOST_PARTS = 100_000
LARGEST = 20_000
"""Pixels of a side."""
PARTS = {
    *("svg", "g", "defs", "clipPath", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"),
    *("tspan", "title", "desc", "image", "linearGradient", "radialGradient", "stop", "style"),
}
"""The elements of a chart. Missing are those that fetch, run, or repeat others (`use`, `pattern`)."""
PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")
PNG_HEADER = struct.Struct(">8s4x4sII")
MOST_PIXELS = 32_000_000
"""Of a surface's picture; a short PNG can hold a wide one."""
LINK = re.compile(r"(\{[^}]*\})?href")
OUTSIDE = re.compile(r"url\((?!\s*[\"']?#)|@import", re.IGNORECASE)


def chart_pdf(svg: str) -> bytes:
    """The chart as PDF. Raises DrawingError where it is no chart's SVG, or Cairo is not installed."""
    _check(svg)
    # The cells of a heat map are single pixels: CairoSVG knows only this older word for keeping them sharp.
    sharp = svg.replace("image-rendering: pixelated", "image-rendering: optimizeSpeed")
    try:
        return render_svg(sharp, "pdf")
    except DrawingError:
        raise
    except Exception as error:  # CairoSVG meets a broken path with whatever error its reading ends in
        raise DrawingError("chart", "its picture cannot be turned into a PDF; take the SVG.") from error


@lru_cache(maxsize=1)
def can_convert() -> bool:
    """Whether an SVG can be turned into other files on this machine."""
    try:
        render_svg('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', "png")
    except DrawingError:
        return False
    return True


def _check(svg: str) -> None:
    if len(svg) > LONGEST:
        raise DrawingError("chart", f"its picture of {len(svg):,} characters is too large for a PDF; take the SVG.")
    parts = list(_read(svg).iter())
    if len(parts) > MOST_PARTS:
        raise DrawingError("chart", f"its {len(parts):,} parts are too many for a PDF; take the SVG.")
    for part in parts:
        _check_part(part)
    for side in ("width", "height"):
        if not _within(parts[0].get(side, "")):
            raise DrawingError("chart", f"its {side} is not a number of pixels up to {LARGEST:,}.")


def _read(svg: str) -> Element:
    # Without a declaration there are no entities, through which a short text becomes a long one.
    try:
        if "<!" in svg:
            raise DrawingError("chart", "what the browser sent is no SVG picture of a chart.")
        return fromstring(svg)  # noqa: S314 (see above)
    except (ParseError, ValueError) as error:
        raise DrawingError("chart", "what the browser sent is no SVG picture of a chart.") from error


def _check_part(part: Element) -> None:
    name = str(part.tag).rpartition("}")[2]
    if name not in PARTS:
        raise DrawingError("chart", f"a chart has no part {name[:40]!r}.")
    texts = [part.text or "", *part.attrib.values()] if name == "style" else list(part.attrib.values())
    links = [value for key, value in part.attrib.items() if LINK.fullmatch(key)]
    if any(OUTSIDE.search(text) for text in texts) or not all(map(_is_picture, links)):
        raise DrawingError("chart", "a chart holds no address of anything else.")


def _is_picture(link: str) -> bool:
    """Whether an address is a PNG of bearable size, by its own first bytes."""
    found = PICTURE.fullmatch(link)
    head = b64decode(found[1][:32]) if found and len(found[1]) >= 32 else b""
    if len(head) < PNG_HEADER.size:
        return False
    signature, part, width, height = PNG_HEADER.unpack_from(head)
    return (signature, part) == (b"\x89PNG\r\n\x1a\n", b"IHDR") and width * height <= MOST_PIXELS


def _within(pixels: str) -> bool:
    return pixels.removesuffix("px").isdigit() and 0 < int(pixels.removesuffix("px")[:9]) <= LARGEST
