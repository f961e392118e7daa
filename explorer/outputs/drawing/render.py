"""From a graph to a picture file, through Graphviz's `dot` program where it is installed."""

import shutil
import subprocess

from explorer.model import Graph
from explorer.outputs.drawing.dot import dot_source
from explorer.outputs.drawing.errors import DrawingError
from explorer.outputs.palette import LIGHT, Palette

FORMATS = ("dot", "svg", "png", "pdf")
SECONDS = 60
"""How long `dot` may take."""


def draw(graph: Graph, level: str = "block", file_format: str = "svg", theme: Palette = LIGHT) -> bytes:
    """The picture of `graph` at `level` (`stage`, `block` or `op`) as a file: `dot`, `svg`, `png` or `pdf`.

    Raises DrawingError for an unknown level or format, a network too large for the level, and, but for `dot`, where
    Graphviz is not installed.
    """
    return render(dot_source(graph, level, theme), file_format)


def render(source: str, file_format: str) -> bytes:
    """The picture of a DOT text. Raises DrawingError; see `draw`."""
    if file_format not in FORMATS:
        raise DrawingError(f"format: {file_format[:40]!r} is not one of {', '.join(FORMATS)}.")
    if file_format == "dot":
        return source.encode()
    program = shutil.which("dot")
    if program is None:
        raise DrawingError(
            f"format: a {file_format} needs Graphviz's `dot` program (apt install graphviz, brew install graphviz, "
            "winget install graphviz); --format dot works without it."
        )
    command = [program, f"-T{file_format}", *(["-Gdpi=144"] if file_format == "png" else [])]
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired as error:
        raise DrawingError(f"level: dot took more than {SECONDS} seconds; draw a coarser level.") from error
    except subprocess.CalledProcessError as error:
        raise DrawingError(f"format: dot refused the picture ({error.stderr.decode()[:200].strip()}).") from error
    return done.stdout
