"""From a graph to a picture file: Graphviz's `dot` program for the graphs, Cairo for the overview."""

import re
import subprocess
from functools import cache

from explorer.model import Graph
from explorer.outputs.drawing.dot import DrawingError, dot_source
from explorer.outputs.drawing.overview.picture import overview_svg
from explorer.outputs.palette import LIGHT, Palette

FORMATS = ("dot", "svg", "png", "pdf")
OVERVIEW = "overview"
SECONDS = 60
"""How long `dot` may take."""
PNG_WIDTH = 2000
"""Pixels of an overview as PNG: a slide's width."""
PNG_SCALE, WIDEST_PNG = 2, 16_000
"""Pixels per unit of a picture that is wider since its runs are opened, and where that ends."""
WIDTH_OF = re.compile(r'viewBox="\S+ \S+ ([\d.]+) ')


def draw(graph: Graph, level: str = "block", file_format: str = "svg", theme: Palette = LIGHT) -> bytes:
    """The picture of `graph` at `level` (`overview`, `stage`, `block` or `op`) as a file: `dot`, `svg`, `png` or `pdf`.

    Raises DrawingError for an unknown level or format, a network too large for the level, and where the program that
    writes the format is not installed.
    """
    if level == OVERVIEW:
        return render_svg(overview_svg(graph, theme), file_format)
    return render(dot_source(graph, level, theme), file_format)


def render_svg(svg: str, file_format: str) -> bytes:
    """An SVG picture of ours as `svg`, `png` or `pdf`. Raises DrawingError; see `draw`."""
    if file_format == "svg":
        return svg.encode()
    if file_format not in {"png", "pdf"}:
        raise DrawingError(
            "format", f"the overview is no Graphviz drawing; {file_format[:40]!r} is not svg, png or pdf."
        )
    try:
        import cairosvg
    except (ImportError, OSError) as error:
        raise DrawingError(
            "format", f"a {file_format} of the overview needs CairoSVG and the Cairo library; svg works without."
        ) from error
    convert = cairosvg.svg2png if file_format == "png" else cairosvg.svg2pdf
    picture: bytes = convert(bytestring=svg.encode(), output_width=_pixels(svg) if file_format == "png" else None)
    return picture


def _pixels(svg: str) -> int:
    """Width of the picture as PNG."""
    found = WIDTH_OF.search(svg)
    return min(max(PNG_WIDTH, round(PNG_SCALE * float(found[1]))), WIDEST_PNG) if found else PNG_WIDTH


@cache
def converts_svg() -> bool:
    """Whether CairoSVG and the Cairo library are there, so that `render_svg` makes PNG and PDF too."""
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def render(source: str, file_format: str) -> bytes:
    """The picture of a DOT text. Raises DrawingError; see `draw`."""
    if file_format not in FORMATS:
        raise DrawingError("format", f"{file_format[:40]!r} is not one of {', '.join(FORMATS)}.")
    if file_format == "dot":
        return source.encode()
    import graphviz  # here, since most commands draw nothing
    from graphviz.backend import dot_command, execute

    command = dot_command.command("dot", file_format) + (["-Gdpi=144"] if file_format == "png" else [])
    try:
        done = execute.run_check(command, input=source.encode(), capture_output=True, timeout=SECONDS, quiet=True)
    except graphviz.ExecutableNotFound as error:
        raise DrawingError(
            "format",
            f"a {file_format} needs Graphviz's `dot` program (apt install graphviz, brew install graphviz, "
            "winget install graphviz); --format dot works without it.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise DrawingError("level", f"dot took more than {SECONDS} seconds; draw a coarser level.") from error
    except subprocess.CalledProcessError as error:
        raise DrawingError("format", f"dot refused the picture ({error.stderr.decode()[:200].strip()}).") from error
    picture: bytes = done.stdout
    return picture
